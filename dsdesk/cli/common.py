"""Arguments that several commands share, and how they become values."""

import argparse
from pathlib import Path

from dsdesk.base.errors import CatalogError, InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.cli.parser import wrong_argument
from dsdesk.hardware.parts import Accelerator, Platform
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine, Precision, PrecisionFamily
from dsdesk.measured.measurement import Told
from dsdesk.project.project import ParallelChoice, Speculation
from dsdesk.sizing.names_device import counted, device_name, devices_in_all, find_device, no_forecast
from dsdesk.sizing.speculation import USUAL_ACCEPTANCE, violation


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="JSON on stdout")


def add_model(parser: argparse.ArgumentParser) -> None:
    """--model, --precision, --kv-precision, --engine."""
    parser.add_argument("--model", help="library id, or path of a config.json, folder, .gguf or index")
    parser.add_argument("--precision", help="weight precision, such as fp8 or q4_k_m")
    parser.add_argument("--kv-precision", default="f16", help="KV cache precision (default f16)")
    parser.add_argument("--engine", choices=[engine.value for engine in Engine], help="inference engine")


def add_drafts(parser: argparse.ArgumentParser) -> None:
    """--draft-tokens, --acceptance."""
    parser.add_argument("--draft-tokens", type=positive, help="tokens drafted before each pass (MTP); default none")
    parser.add_argument(
        "--acceptance",
        type=float,
        default=USUAL_ACCEPTANCE,
        help="share of drafts that are accepted, an assumption (default 0.85: DeepSeek-V3, arXiv 2412.19437)",
    )


def speculation_of(arguments: argparse.Namespace) -> Speculation | None:
    """The drafts that were asked for.

    Raises:
        InputError: their number or their share is out of range.
    """
    if arguments.draft_tokens is None:
        return None
    asked = Speculation(draft_tokens=arguments.draft_tokens, acceptance=arguments.acceptance)
    wrong = violation(asked)
    if wrong is not None:
        raise InputError(wrong)
    return asked


def add_told(parser: argparse.ArgumentParser) -> None:
    """What a benchmark's file does not say: --gpu, --count, --model, --precision, --engine, --parallelism."""
    parser.add_argument("--gpu", help="accelerator, where the file does not name it")
    parser.add_argument("--count", type=positive, help="how many of it")
    parser.add_argument("--model", help="model, where the file does not name it")
    parser.add_argument("--precision", help="precision of the weights")
    parser.add_argument("--engine", help="engine, where the file does not name it")
    parser.add_argument("--parallelism", help="such as tp2")


def told_of(arguments: argparse.Namespace) -> Told:
    """What the user says of a file of measurements."""
    names = ("engine", "model", "precision", "gpu", "parallelism")
    said = {name: getattr(arguments, name, None) or "" for name in names}
    return Told(gpu_count=arguments.count, **said)


def add_parallel(parser: argparse.ArgumentParser) -> None:
    """--tp, --pp, --ep, --dp."""
    for name, meaning in (("tp", "tensor"), ("pp", "pipeline"), ("ep", "expert"), ("dp", "data")):
        parser.add_argument(f"--{name}", type=positive, help=f"{meaning} parallel size")


def engine_for(chosen: str | None, precision: Precision) -> Engine:
    """The engine that was named, else the usual one for such weights."""
    if chosen:
        return Engine(chosen)
    return Engine.LLAMA_CPP if precision.family is PrecisionFamily.GGUF else Engine.VLLM


def positive(text: str) -> int:
    """A whole number above zero.

    Raises:
        argparse.ArgumentTypeError: it is not.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 0 < number < 10**12:
        raise wrong_argument(Message(N_("{text} is not a whole number above zero"), text=repr(text)))
    return number


def parallel_choice(arguments: argparse.Namespace) -> ParallelChoice:
    """The parallel sizes that were given."""
    return ParallelChoice(tp=arguments.tp, pp=arguments.pp, ep=arguments.ep, dp=arguments.dp)


def find_model(text: str, catalog: Catalog) -> Llm:
    """The model that `text` names: a library id, its last element, or a path.

    Raises:
        FileError: the path cannot be read as a model.
        CatalogError: there is no such model.
    """
    from dsdesk.llm.reader import read_model

    found = catalog.llm(text)
    if found is not None:
        return found
    path = Path(text)
    if path.exists() or path.suffix in {".json", ".gguf", ".safetensors"}:
        return read_model(path)
    raise CatalogError(
        Message(
            N_("There is no model {name} in the library, nor a file of that name. List them: dsdesk models."), name=text
        )
    )


def find_accelerators(text: str, count: int | None, catalog: Catalog) -> tuple[Accelerator, int]:
    """The accelerator that `text` names, and how many there are: "4x H100" is four, two "DGX H100" are sixteen.

    Raises:
        InputError: `count` is another than that of the name, or such a machine is not forecast.
        CatalogError: there is none of that name, or several.
    """
    refused = no_forecast(text)
    if refused is not None:
        raise InputError(Message(N_("{name}: {because}."), name=text, because=refused))
    named, plain = counted(text)
    pieces = devices_in_all(named, count)
    if isinstance(pieces, Unknown):
        raise InputError(Message(N_("{name}: {because}."), name=text, because=pieces.because))
    device, each = _accelerator(plain, catalog)
    return device, pieces * each


def _accelerator(text: str, catalog: Catalog) -> tuple[Accelerator, int]:
    """The accelerator, and how many a piece of it holds: a "DGX H100" holds eight."""
    part = catalog.find_part(text, PartKind.ACCELERATOR)
    if isinstance(part, Accelerator):
        return part, 1
    platform = catalog.find_part(text, PartKind.PLATFORM)
    if isinstance(platform, Platform) and platform.gpu_included and len(platform.gpu_ids) == 1:
        included = catalog.part(platform.gpu_ids[0])
        if isinstance(included, Accelerator):
            return included, platform.gpu_included
    accelerators = [one for one in catalog.parts(PartKind.ACCELERATOR) if isinstance(one, Accelerator)]
    if device_name(text).memory_gb and (ruled := find_device(text, accelerators)) is not None:
        return ruled, 1
    words = set(text.lower().split())
    several = [one.name for one in accelerators if words and words <= {*one.name.lower().split()}]
    if several:
        names = ", ".join(several[:8])
        raise CatalogError(Message(N_("{name} may be any of {names}. Name one of them."), name=text, names=names))
    raise CatalogError(
        Message(
            N_("No single accelerator is called {name}. List them: dsdesk parts --kind accelerator."),
            name=text,
        )
    )


def required(arguments: argparse.Namespace, *names: str) -> None:
    """Complain about the first of `names` that was not given.

    Raises:
        InputError: one is missing.
    """
    for name in names:
        if getattr(arguments, name) is None:
            raise InputError(Message(N_("--{name} is missing. See --help."), name=name.replace("_", "-")))
