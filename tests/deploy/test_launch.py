import shlex
import shutil
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from dsdesk.base.translate import Language, render
from dsdesk.deploy import LaunchPlan, launch_plan
from dsdesk.deploy.network import window_delay_s
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.llm.precision import Engine
from dsdesk.project.project import ModelChoice, Project
from tests.claims.factory import evaluated, factory_catalog


def changed(key: str, **changes: Any) -> Evaluation:
    project = evaluated(key).project
    workload = replace(project.configuration.workload, **changes.pop("workload", {}))
    configuration = replace(project.configuration, workload=workload, **changes)
    return evaluate(project.with_configuration(configuration), factory_catalog())


def options(text: str) -> dict[str, str]:
    """The flags of a command with their values."""
    words = shlex.split(text.replace("\\\n", " "))
    found = {}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("-") and not word.lstrip("-").isdigit():
            found[word] = "" if following.startswith("--") else following
    return found


def start(plan: LaunchPlan) -> dict[str, str]:
    assert plan.empty is None, plan.empty
    return options(plan.commands[-1].text)


def test_vllm_gets_the_plan_and_stays_offline():
    evaluation = evaluated("scheme-1")
    plan = launch_plan(evaluation)
    flags = start(plan)

    assert flags["--tensor-parallel-size"] == str(evaluation.plan.tp)
    assert flags["--max-model-len"] == "8192"
    assert flags["--max-num-seqs"] == "1"
    assert flags["--dtype"] == "float16"
    assert flags["--host"] == "127.0.0.1"
    assert "HF_HUB_OFFLINE=1" in dict(plan.files)["environment"]
    assert "--quantization" not in flags


def test_a_16_bit_checkpoint_is_served_in_fp8_by_conversion():
    for engine in (Engine.VLLM, Engine.SGLANG):
        flags = start(launch_plan(changed("scheme-2", engine=engine)))
        assert flags["--quantization"] == "fp8"
        assert "--dtype" not in flags
        assert flags["--kv-cache-dtype"] in {"fp8", "fp8_e4m3"}
        assert flags["--host"] == "0.0.0.0"


def test_a_native_fp8_checkpoint_is_left_alone():
    evaluation = changed("scheme-2", engine=Engine.SGLANG, model=ModelChoice(llm_id="deepseek-ai/DeepSeek-V3"))

    assert "--quantization" not in start(launch_plan(evaluation))


def test_llama_cpp_shares_its_context_among_slots():
    evaluation = changed("scheme-1", engine=Engine.LLAMA_CPP, precision="q8_0", workload={"sequences": 4})
    flags = start(launch_plan(evaluation))

    assert flags["-c"] == str(4 * 8192)
    assert flags["-np"] == "4"
    assert flags["-ngl"] == "all"
    assert flags["-ts"].count("1") == evaluation.plan.devices
    assert flags["-m"].endswith("DeepSeek-R1-Distill-Qwen-7B-Q8_0.gguf")
    assert "-ctk" not in flags


def test_llama_cpp_keeps_layers_in_host_memory_when_told_to():
    evaluation = changed("scheme-1", engine=Engine.LLAMA_CPP, precision="q8_0", offload_layers=8, kv_precision="q8_0")
    flags = start(launch_plan(evaluation))

    assert flags["-ngl"] == str(28 + 1 - 8)  # the model has 28 layers, and the output counts as one
    assert flags["-ctk"] == flags["-ctv"] == "q8_0"


def test_several_nodes_make_a_ray_cluster_for_vllm():
    plan = launch_plan(evaluated("scheme-3"))

    head, worker, _status, serve = plan.commands
    assert "ray start --head" in head.text
    assert "ray start --address" in worker.text
    assert options(serve.text)["--distributed-executor-backend"] == "ray"
    assert {"run-head.sh", "run-worker.sh", "llm-head.service", "llm-worker.service", "90-tcp-window.conf"} <= {
        name for name, _ in plan.files
    }


def test_several_nodes_start_the_same_sglang_with_their_ranks():
    plan = launch_plan(changed("scheme-3", engine=Engine.SGLANG))
    ranks = [options(command.text)["--node-rank"] for command in plan.commands]

    assert ranks == [str(rank) for rank in range(len(ranks))]
    assert len(ranks) > 1
    assert {options(command.text)["--nnodes"] for command in plan.commands} == {str(len(ranks))}
    assert '"$HEAD_IP:20000"' in plan.commands[0].text


def test_one_machine_has_no_network_file():
    assert "90-tcp-window.conf" not in dict(launch_plan(evaluated("scheme-1")).files)


def test_expected_topology_of_cards_without_nvlink_is_pcie():
    notes = [render(note, Language.ENGLISH) for note in launch_plan(evaluated("scheme-1")).notes]

    assert any("GPU0\tX\tPHB" in note for note in notes)
    assert not any("NV18" in note for note in notes)


def test_an_engine_that_cannot_run_the_precision_says_so():
    plan = launch_plan(changed("scheme-1", precision="q4_k_m"))

    assert plan.commands == ()
    assert plan.empty is not None
    assert "vllm does not run" in render(plan.empty, Language.ENGLISH)


def test_without_a_model_there_is_no_plan():
    plan = launch_plan(evaluate(Project(), factory_catalog()))

    assert plan.empty is not None
    assert plan.files == ()


@pytest.mark.parametrize("engine", [Engine.LLAMA_CPP, Engine.VLLM, Engine.SGLANG, Engine.TENSORRT_LLM])
def test_every_plan_names_version_source_and_brings_notes_in_both_languages(engine):
    precision = "q8_0" if engine is Engine.LLAMA_CPP else "bf16"
    plan = launch_plan(changed("scheme-2", engine=engine, precision=precision))

    assert plan.empty is None
    assert plan.version
    assert plan.source
    files = dict(plan.files)
    assert "llm.service" in files
    assert files["run.sh"].startswith("#!/bin/sh\n")
    assert files["NOTES.zh_CN.txt"] != files["NOTES.en.txt"]


def test_the_users_own_files_are_started_where_they_lie():
    own = ModelChoice(llm_id="deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", path="/data/my model/weights.gguf")
    evaluation = changed("scheme-1", engine=Engine.LLAMA_CPP, precision="q8_0", model=own)
    assert start(launch_plan(evaluation))["-m"] == "/data/my model/weights.gguf"

    own = replace(own, path="/data/mine/config.json")
    words = shlex.split(launch_plan(changed("scheme-1", model=own)).commands[-1].text.replace("\\\n", " "))
    assert words[2] == "/data/mine"


@pytest.mark.skipif(shutil.which("sh") is None, reason="no POSIX shell here")
@pytest.mark.parametrize("engine", [Engine.LLAMA_CPP, Engine.VLLM, Engine.SGLANG])
@pytest.mark.parametrize("key", ["scheme-1", "scheme-3"])
def test_scripts_are_what_a_shell_understands(engine, key, tmp_path):
    precision = "q8_0" if engine is Engine.LLAMA_CPP else "bf16"
    scripts = [
        text
        for name, text in launch_plan(changed(key, engine=engine, precision=precision)).files
        if name.endswith(".sh")
    ]

    assert scripts
    for text in scripts:
        script = tmp_path / "run.sh"
        script.write_text(text, encoding="utf-8")
        assert subprocess.run(["sh", "-n", str(script)], check=False, capture_output=True).returncode == 0


def test_window_of_16_mib_at_400_gbit_s():
    assert window_delay_s(400e9) == pytest.approx(335.5e-6, rel=1e-3)


def test_llama_cpp_keeps_experts_of_a_mixture_in_host_memory():
    model = ModelChoice(llm_id="deepseek-ai/DeepSeek-V3")
    many = changed(
        "scheme-1", engine=Engine.LLAMA_CPP, precision="q4_k_m", offload_layers=50, kv_precision="q8_0", model=model
    )
    flags = start(launch_plan(many))
    assert flags["-ngl"] == "all"
    assert "--n-cpu-moe" not in flags
    named = flags["-ot"].split("(", 1)[1].split(")", 1)[0].split("|")
    assert len(named) == 50
    assert min(int(one) for one in named) == 3  # layers 0 to 2 are dense

    machines = many.configuration.machines
    lines = tuple(replace(line, quantity=1) if "4090" in line.part_id else line for line in machines[0].lines)
    single = changed(
        "scheme-1",
        engine=Engine.LLAMA_CPP,
        precision="q4_k_m",
        offload_layers=50,
        kv_precision="q8_0",
        model=model,
        machines=(replace(machines[0], lines=lines), *machines[1:]),
    )
    assert single.plan.devices == 1
    assert start(launch_plan(single))["--n-cpu-moe"] == "53"

    # 58 layers have experts; of 61 layers and the output, 42 are left where 20 layers leave as a whole.
    mixed = changed("scheme-1", engine=Engine.LLAMA_CPP, precision="q4_k_m", offload_layers=78, model=model)
    assert start(launch_plan(mixed))["-ngl"] == "42"
