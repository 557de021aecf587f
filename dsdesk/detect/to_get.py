"""Which file or checkpoint a row of the advice needs."""

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.detect.advice import Run
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine, PrecisionFamily
from dsdesk.sizing.precisions import PRECISIONS

_WIDE = {PrecisionFamily.FLOAT32, PrecisionFamily.FLOAT16, PrecisionFamily.BFLOAT16}


def to_get(run: Run, llm: Llm) -> Message:
    """What has to be fetched on a machine with a network: a GGUF, a conversion, the published or another checkpoint."""
    wanted, native = PRECISIONS[run.precision], PRECISIONS.get(llm.native_precision)
    size = None if run.weights_bytes is None else Quantity(run.weights_bytes, Unit.GB)
    if run.engine is Engine.LLAMA_CPP:
        text = N_("A GGUF file of {model} at {precision}, {size}.")
    elif run.engine is Engine.MLX:
        text = N_("An MLX conversion of {model} at {precision}, {size}.")
    elif run.precision == llm.native_precision:
        text = N_("The published checkpoint of {model}, {size}.")
    elif wanted.family is PrecisionFamily.FP8 and native is not None and native.family in _WIDE:
        text = N_("The published checkpoint of {model}; the engine makes {precision} of it while it loads, {size}.")
    else:
        text = N_("A checkpoint of {model} that is quantised to {precision}, {size}.")
    return Message(text, model=llm.id, precision=wanted.name, size=size)
