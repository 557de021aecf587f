"""What runs where, on the cells that were read in public code."""

import pytest

from dsdesk.llm.precision import Engine
from dsdesk.sizing.precisions import parse_precision
from dsdesk.sizing.support import Level, runs
from tests.sizing.forecast_fakes import card


@pytest.mark.parametrize(
    ("compute", "precision", "engine", "level"),
    [
        ("sm_86", "fp8", Engine.VLLM, Level.WEIGHTS_ONLY),
        ("sm_89", "fp8", Engine.VLLM, Level.NATIVE),
        ("sm_90", "nvfp4", Engine.VLLM, Level.WEIGHTS_ONLY),
        ("sm_120", "nvfp4", Engine.VLLM, Level.NATIVE),
        ("sm_75", "bf16", Engine.VLLM, Level.NO),
        ("sm_75", "mxfp4", Engine.VLLM, Level.NO),
        ("sm_61", "awq", Engine.VLLM, Level.NO),
        ("gfx942", "fp8", Engine.VLLM, Level.NATIVE),
        ("gfx950", "mxfp4", Engine.VLLM, Level.NATIVE),
        ("gfx1100", "fp8", Engine.VLLM, Level.UNKNOWN),
        ("gfx942", "fp8", Engine.TENSORRT_LLM, Level.NO),
        ("sm_86", "q4_k_m", Engine.LLAMA_CPP, Level.WEIGHTS_ONLY),
        ("sm_86", "q4_k_m", Engine.VLLM, Level.NO),
        ("sm_89", "fp8", Engine.LLAMA_CPP, Level.NO),
    ],
)
def test_the_matrix(compute, precision, engine, level):
    answer = runs(card(compute_id=compute), parse_precision(precision), engine)
    assert answer.level is level
    assert answer.because.in_english()


def test_cells_without_a_file_are_marked():
    assert not runs(card(compute_id="sm_90"), parse_precision("bf16"), Engine.VLLM).verified
    assert runs(card(compute_id="sm_90"), parse_precision("fp8"), Engine.VLLM).verified
