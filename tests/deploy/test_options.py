"""Every flag that a plan uses is an option of the engine version that it names.

The lists in options/ are the option names of those packages, taken from their argument parsers.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from dsdesk.deploy import launch_plan
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Speculation
from dsdesk.sizing.results import ParallelPlan
from tests.deploy.test_launch import changed, options

FILES = {
    Engine.VLLM: "vllm-0.33.0.txt",
    Engine.SGLANG: "sglang-0.5.23.txt",
    Engine.TENSORRT_LLM: "tensorrt-llm-0.18.2.txt",
    Engine.LLAMA_CPP: "llama.cpp-llama_cpp_python-0.3.36.txt",
}


def known(engine: Engine) -> set[str]:
    return set((Path(__file__).parent / "options" / FILES[engine]).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("engine", list(FILES))
@pytest.mark.parametrize("scheme", ["scheme-1", "scheme-2", "scheme-3"])
@pytest.mark.parametrize("kv_precision", ["f16", "fp8"])
def test_flags_are_options_of_the_engine(engine, scheme, kv_precision):
    precision = "q8_0" if engine is Engine.LLAMA_CPP else "fp8"
    plan = launch_plan(changed(scheme, engine=engine, precision=precision, kv_precision=kv_precision))

    if plan.empty is not None:
        assert (engine, scheme) == (Engine.TENSORRT_LLM, "scheme-3")  # AMD
        return
    servers = [command.text for command in plan.commands if not command.text.startswith("ray ")]
    used = set().union(*(options(text) for text in servers)) - {"-m"}  # python3 -m
    assert servers
    assert used <= known(engine), used - known(engine)
    assert plan.version.split()[0].lower().startswith(engine.value.split(".", maxsplit=1)[0])


def test_an_expert_parallel_plan_uses_options_that_exist():
    evaluation = changed("scheme-3", engine=Engine.SGLANG)
    spread = replace(evaluation, plan=ParallelPlan(tp=1, pp=1, ep=16, dp=16))
    for engine in (Engine.SGLANG, Engine.VLLM):
        project = spread.project
        chosen = project.with_configuration(replace(project.configuration, engine=engine))
        plan = launch_plan(replace(spread, project=chosen))
        flags = options(plan.commands[-1].text)
        assert set(flags) - {"-m"} <= known(engine)
    assert "--enable-expert-parallel" in flags


@pytest.mark.parametrize(
    ("engine", "flag", "value"),
    [
        (Engine.VLLM, "--speculative-config", '{"method":"mtp","num_speculative_tokens":2}'),
        (Engine.SGLANG, "--speculative-num-draft-tokens", "3"),
    ],
)
def test_drafts_use_options_that_exist(engine, flag, value):
    evaluation = changed("scheme-3", engine=engine, speculation=Speculation(draft_tokens=2, acceptance=0.8))
    assert isinstance(evaluation.llm, Llm)
    shape = replace(evaluation.llm.architecture, mtp_layers=1)
    text = launch_plan(replace(evaluation, llm=replace(evaluation.llm, architecture=shape))).commands[-1].text
    assert options(text)[flag] == value
    assert set(options(text)) - {"-m"} <= known(engine)
    plain = launch_plan(changed("scheme-3", engine=engine)).commands[-1].text
    assert flag not in options(plain)
