"""How the runs of a public benchmark suite were set up where their rows do not say it: its own launch scripts.

InferenceX (SemiAnalysis) keeps a script for each engine and chip. Some of them let the server wait for company before
it reads a prompt, or keep the cache in eight bits. Neither is an engine's default, so a forecast for a purchase knows
nothing of it; a row of that suite is read with it, and its waits do not pass for the engine's.

Source: github.com/SemiAnalysisAI/InferenceX, benchmarks/*.sh and benchmarks/single_node/fixed_seq_len/*.sh (read
2026-11-25): 70b_fp4_b200_trt_slurm.sh, 70b_fp8_h200_trt_slurm.sh (batch_wait_timeout_iters 20 for 1,024 tokens in and
out below TP 8), dsr1_fp8_b200_trt.sh (40 there from 64 to 255 requests), dsr1_fp4_b200.sh, dsr1_fp8_b200.sh and
qwen3.5_fp8_b200.sh (scheduler-recv-interval 10, and 30 from 16 requests; kv-cache-dtype fp8_e4m3),
70b_fp4_b200_docker.sh, 70b_fp8_h200_slurm.sh, gptoss_fp4_b200.sh, minimaxm2.5_fp8_b200.sh (kv-cache-dtype fp8),
gptoss_fp4_h200.sh, minimaxm2.5_fp8_h200.sh, dsr1_fp8_h200.sh (cache as the model is).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.results import ParallelPlan

_SUITE = re.compile(r"\bwip=|\bworkflow_run_id=|\bgap-analysis\b")
_NEW = "blackwell-dc"
_SHORT = "1024"  # tokens
_CROWD = 16  # requests from which the scheduler looks for new ones less often
_RARELY, _OFTEN = 30.0, 10.0  # steps
_COMPANY, _MUCH_COMPANY = 20.0, 40.0  # steps
_TP_ALONE = 8
_MUCH = (64, 256)  # requests


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What the scripts of a suite set.

    Attributes:
        held: decode steps that a request waits at most before the server looks at it.
        small_cache: whether the cache is kept in eight bits.
    """

    held: float = 0.0
    small_cache: bool = False


_PLAIN = SuiteRun()


def find_suite_run(row: Mapping[str, str], engine: Engine, chip: str, llm: Llm, plan: ParallelPlan) -> SuiteRun:
    """The settings of a row of the suite; of any other row those of its engine.

    Args:
        row: with its notes, lengths and requests at once.
        engine: of the row.
        chip: generation of the device.
        llm: the model.
        plan: of the devices that decode.
    """
    notes = row["notes"]
    if not _SUITE.search(notes):
        return _PLAIN
    new, dense = chip == _NEW, llm.architecture.experts is None
    small = engine is Engine.TENSORRT_LLM or new or (engine is Engine.VLLM and dense)
    if "mode=disagg" in notes:
        return SuiteRun(0.0, small)
    users = int(row["concurrency_or_batch"]) if row["concurrency_or_batch"].isdigit() else 1
    if engine is Engine.SGLANG and new:
        return SuiteRun(_RARELY if users >= _CROWD else _OFTEN, small)
    if engine is not Engine.TENSORRT_LLM or (row["isl"], row["osl"]) != (_SHORT, _SHORT):
        return SuiteRun(0.0, small)
    if dense:
        return SuiteRun(_COMPANY if plan.tp < _TP_ALONE else 0.0, small)
    latent = any(group.kv_lora_rank for group in llm.architecture.attention)
    wide = latent and new and row["precision"].startswith("fp8") and _MUCH[0] <= users < _MUCH[1]
    return SuiteRun(_MUCH_COMPANY if wide else 0.0, small)
