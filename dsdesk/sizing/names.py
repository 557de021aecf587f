"""Language models by the names that measurements, drivers and people write, matched by rule.

A name is taken apart into words, sizes ("8b", "a22b", "8x7b"), versions ("3.1", "v3", "k2") and soft tokens that do not
change the shape (a release date, "instruct", a quantisation). Words and sizes must agree; of several models the nearest
version wins, and a version is never taken over the border of a major one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dsdesk.llm.architecture import Llm

_SIZE = re.compile(r"(a?\d+(\.\d+)?[bm]|\d+x\d+(\.\d+)?b|\d+e)$")
_VERSION = re.compile(r"([a-z]?)(\d+(?:\.\d+)?)$")
_DATE = re.compile(r"(0[1-9]\d\d|1[0-2]\d\d|2[4-9]\d\d)$")
_QUANT = re.compile(
    r"(i?q\d\w*|bf16|f16|fp\d+|nvfp4|mxfp\d|int\d|uint\d|awq|gptq|w\d+a\d+|\d+bit|\d+k|ud|[kmsl]|x+[sl]|k)$"
)
_SOFT = frozenset(
    [
        "instruct",
        "chat",
        "it",
        "hf",
        "base",
        "meta",
        "thinking",
        "coder",
        "mlperf",
        "gguf",
        "preview",
        "exp",
        "edge",
        "terminus",
        "zero",
        "nvidia",
        "mini128",
        "unsloth",
        "prover",
        "speciale",
        "edition",
        "model",
        "variant",
        "nemotron_",
    ]
)
_BENCHMARK = frozenset({"99", "99.9"})


@dataclass(frozen=True, slots=True)
class ModelName:
    """A name taken apart."""

    words: frozenset[str]
    sizes: frozenset[str]
    versions: tuple[tuple[str, float], ...]
    soft: frozenset[str]


@lru_cache(maxsize=4096)
def model_name(text: str) -> ModelName:
    """Take `text` apart."""
    flat = re.sub(r"\(.*?\)", " ", text.rsplit("/", 1)[-1].lower())
    words, sizes, versions, soft = set(), set(), [], set()
    for token in _tokens(flat):
        version = _VERSION.fullmatch(token)
        if token in _SOFT or token in _BENCHMARK or _DATE.fullmatch(token) or _QUANT.fullmatch(token):
            soft.add(token)
        elif _SIZE.fullmatch(token):
            sizes.add(token)
        elif version:
            versions.append((version[1], float(version[2])))
        else:
            words.add(token)
    return ModelName(frozenset(words), frozenset(sizes), tuple(versions), frozenset(soft))


def _tokens(flat: str) -> list[str]:
    flat = re.sub(r"(?<=\d)_(?=\d)", ".", flat)  # internlm2_5
    flat = re.sub(r"\.(?=[a-z])", " ", flat)  # llama-2-7b.Q4_K_M
    out: list[str] = []
    for token in re.split(r"[^a-z0-9.+]+", flat):
        stem = token.strip(".")
        glued = re.fullmatch(r"([a-z]{3,})(\d+(?:\.\d+)?)", stem)
        out += [glued[1], glued[2]] if glued and not _QUANT.fullmatch(stem) else [stem]
    return [token for token in out if token]


def find_llm(text: str, llms: Iterable[Llm]) -> Llm | None:
    """The model that `text` names; None where words or sizes differ, or the version is of another generation."""
    wanted = model_name(text)
    exact = text.lower()
    best: tuple[tuple[float, ...], str, Llm] | None = None
    for llm in llms:
        if exact in (llm.id.lower(), llm.name.lower()):
            return llm
        rank = _rank(wanted, model_name(llm.id))
        if rank is not None and (best is None or (rank, llm.id) < best[:2]):
            best = (rank, llm.id, llm)
    return best[2] if best else None


def is_relative(text: str, llm: Llm) -> bool:
    """Whether `llm` is a close relative of what `text` names: another version, size or distillate, not the model."""
    if text.lower() in (llm.id.lower(), llm.name.lower()):
        return False
    rank = _rank(model_name(text), model_name(llm.id))
    return rank is None or any(rank[:3])


def _rank(wanted: ModelName, have: ModelName) -> tuple[float, ...] | None:
    apart = _versions_apart(wanted.versions, have.versions)
    if apart is None or not wanted.words:
        return None
    extra = have.words - wanted.words
    distilled = bool(wanted.sizes) and extra <= {"distill", "qwen", "llama"} and "distill" in extra
    if wanted.words - have.words or (extra and not distilled):
        return None
    if wanted.sizes and wanted.sizes - have.sizes:
        return None
    unsized = len(have.sizes - wanted.sizes)
    return (apart, float(distilled), float(unsized), float(len(wanted.soft ^ have.soft)))


def _versions_apart(one: tuple[tuple[str, float], ...], other: tuple[tuple[str, float], ...]) -> float | None:
    """Distance of two versions, 0 for the same; None when they cannot stand for one another."""
    if one == other:
        return 0.0
    first = [v for v in one if v[1] >= 1]
    second = [v for v in other if v[1] >= 1]
    if len(first) > len(second):
        return None
    apart = 0.0
    for wanted, have in zip(first, second, strict=False):
        if wanted[0] != have[0] or int(wanted[1]) != int(have[1]):
            return None
        apart += abs(wanted[1] - have[1])
    return apart + 0.01 * (len(second) - len(first)) + 0.001
