"""Which checkpoint a server engine needs: the published one, the same quantised while loading, or another."""

from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.deploy.deployment import Deployment
from dsdesk.llm.precision import PrecisionFamily
from dsdesk.sizing.precisions import PRECISIONS

_WIDE = {PrecisionFamily.FLOAT32, PrecisionFamily.FLOAT16, PrecisionFamily.BFLOAT16}
_DTYPES = {PrecisionFamily.FLOAT16: "float16", PrecisionFamily.BFLOAT16: "bfloat16", PrecisionFamily.FLOAT32: "float32"}


def _native(deployment: Deployment) -> PrecisionFamily | None:
    native = PRECISIONS.get(deployment.llm.native_precision)
    return None if native is None else native.family


def dtype(deployment: Deployment) -> str | None:
    """Value of --dtype for unquantised weights, None where the checkpoint decides."""
    return _DTYPES.get(deployment.precision.family)


def online_quantisation(deployment: Deployment) -> str | None:
    """FP8 where a 16-bit checkpoint is to be served in FP8: both vLLM and SGLang convert it while loading."""
    wanted = deployment.precision.family
    return "fp8" if wanted is PrecisionFamily.FP8 and _native(deployment) in _WIDE else None


def checkpoint_notes(deployment: Deployment) -> Iterator[Message]:
    """What has to lie in the model's folder."""
    wanted, native = deployment.precision.family, _native(deployment)
    yield Message(
        "Copy the checkpoint (config, tokenizer, safetensors) into {folder}; no download is tried.",
        folder=deployment.folder,
    )
    if online_quantisation(deployment):
        yield Message("The 16-bit checkpoint is converted to FP8 while it is loaded.")
    elif wanted in _WIDE and native is not None and native not in _WIDE:
        yield Message(
            "The published weights are {native}; a converted {wanted} checkpoint has to be made first.",
            native=PRECISIONS[deployment.llm.native_precision].name,
            wanted=deployment.precision.name,
        )
    elif wanted not in _WIDE and wanted is not native:
        yield Message(
            "This needs a checkpoint that is quantised to {wanted}; the engine reads the method from its config.",
            wanted=deployment.precision.name,
        )
