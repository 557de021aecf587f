"""The contract of the command line: keys, exit statuses, one sentence for bad input."""

import json
from pathlib import Path

import pytest

from dsdesk.cli.main import main
from dsdesk.project.file import save
from dsdesk.project.project import FORMAT_VERSION, Configuration, Line, Machine, ModelChoice, Project
from dsdesk.project.templates import SCHEMES


def answer(result):
    status, out, err = result
    assert err == ""
    return status, json.loads(out)


def test_models_have_the_keys_of_the_contract(dsdesk):
    status, rows = answer(dsdesk("models", "--json"))
    assert status == 0
    assert {"id", "name", "family", "parameters", "active_parameters", "context", "native_precision", "licence"} <= set(
        rows[0]
    )
    v3 = next(row for row in rows if row["id"] == "deepseek-ai/DeepSeek-V3")
    # Hugging Face counts the FP32 block scales among the elements: 684,531,386,000; the tensors are 684,489,845,504.
    assert v3["parameters"] == 684_531_386_000
    assert v3["parameters_computed"] == 684_489_845_504
    assert all(row["sources"] for row in rows)


def test_parts_are_found_in_chinese(dsdesk):
    status, rows = answer(dsdesk("parts", "显卡 4090", "--json"))
    assert status == 0
    assert "nvidia-rtx-4090" in {row["id"] for row in rows}
    assert all(row["sources"] for row in rows)


def test_a_search_that_finds_nothing_says_so(dsdesk):
    status, out, err = dsdesk("parts", "no-such-part")
    assert (status, out) == (0, "")
    assert err == "No part of the catalogue has these words.\n"


def test_a_name_of_several_accelerators_names_them(dsdesk):
    status, out, err = dsdesk("forecast", "--model", "Qwen3-8B", "--precision", "fp8", "--gpu", "H100")
    assert (status, out) == (2, "")
    assert "H100 may be any of" in err
    assert "H100 PCIe 80GB" in err


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        (["4x NVIDIA H100 80GB HBM3"], ["NVIDIA H100 80GB HBM3", "--count", "4"]),
        (["2x RTX 4090", "--count", "2"], ["RTX 4090", "--count", "2"]),
        (["RTX4090"], ["RTX 4090"]),
        (["A100 80G"], ["nvidia-a100-sxm-80gb"]),
    ],
)
def test_a_device_is_found_with_its_count_as_people_write_it(dsdesk, asked, plain):
    common = ("forecast", "--model", "Qwen3-8B", "--precision", "bf16", "--json", "--gpu")
    assert answer(dsdesk(*common, *asked)) == answer(dsdesk(*common, *plain))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (["RTX 4090 + RTX 5090"], "different accelerators together are not forecast"),
        (["CPU only: Xeon 6980P"], "a machine without an accelerator is not forecast"),
        (["4x RTX 4090", "--count", "2"], "the name says 4 devices, the count says 2"),
    ],
)
def test_a_machine_that_is_not_forecast_says_why(dsdesk, asked, reason):
    status, out, err = dsdesk("forecast", "--model", "Qwen3-8B", "--precision", "bf16", "--gpu", *asked)
    assert (status, out) == (2, "")
    assert reason in err


def test_memory_of_a_plan_that_no_engine_runs_is_refused(dsdesk):
    status, out, err = dsdesk("memory", "--model", "DeepSeek-V3", "--precision", "fp8", "--tp", "3")
    assert (status, out) == (2, "")
    assert "128 attention heads do not divide by TP 3" in err


def test_memory_of_fine_tuning_and_of_experts_in_host_memory(dsdesk):
    arguments = ("--model", "Llama-3.1-8B-Instruct", "--finetune", "qlora", "--context", "2048", "--devices", "2")
    status, trained = answer(dsdesk("memory", *arguments, "--json"))
    assert status == 0
    assert trained["optimiser_bytes"] == 6 * trained["gradient_bytes"] > 0
    assert len(trained["devices"]) == 2

    arguments = ("--model", "DeepSeek-V3", "--precision", "q4_k_m", "--engine", "llama.cpp", "--offload-layers", "58")
    _, served = answer(dsdesk("memory", *arguments, "--json"))
    assert served["host_bytes"] > 30 * served["weights_bytes"]


def test_memory_tells_the_tokens_of_a_pool_and_why(dsdesk):
    # vLLM 0.31 on 79.25 GiB at a fraction of 0.92 prints "GPU KV cache size: 460,496 tokens".
    arguments = (
        "--model",
        "Llama-3.1-8B-Instruct",
        "--precision",
        "bf16",
        "--kv-precision",
        "bf16",
        "--engine",
        "vllm",
    )
    asked = (*arguments, "--device-memory", "79.25", "--fraction", "0.92")
    status, found = answer(dsdesk("memory", *asked, "--json"))
    assert status == 0
    assert found["cache_tokens"] == pytest.approx(460_496, rel=0.005)
    _, told, _ = dsdesk("memory", *asked, "--tp", "2", "--why")
    assert "KV cache: 32 layers x 8 x (128 + 128) x 2 B" in told
    assert "each of" in told
    for wrong in (("--device-memory", "nan"), ("--device-memory", "-1"), ("--fraction", "1.5")):
        status, _, refused = dsdesk("memory", *arguments, *wrong)
        assert status == 2
        assert "is not above 0" in refused


def test_memory_of_v3_is_the_published_one(dsdesk):
    arguments = ("--model", "DeepSeek-V3", "--precision", "fp8", "--context", "131072", "--json")
    status, found = answer(dsdesk("memory", *arguments))
    assert status == 0
    # DeepSeek-V3 keeps 61 layers of 512 + 64 latent elements a token; 8.58 GiB at 128K tokens in 16 bit.
    assert found["kv_cache_bytes_per_token"] == 61 * 576 * 2
    assert found["kv_cache_bytes"] == pytest.approx(8.58 * 2**30, rel=1e-3)
    parts = ("weights_bytes", "kv_cache_bytes", "activation_bytes", "runtime_bytes")
    assert found["total_bytes"] == sum(found[part] for part in parts)
    assert found["devices"][0]["total_bytes"] == found["total_bytes"]


@pytest.mark.parametrize(
    ("model", "precision", "gpu", "count", "status"),
    [
        ("DeepSeek-R1-Distill-Qwen-32B", "Q4_K_M", "RTX 3090", "2", 0),
        ("DeepSeek-V3", "fp8", "H200", "8", 0),
        ("DeepSeek-V4-Flash", "mxfp4", "RTX PRO 6000 Blackwell", "4", 0),
        ("DeepSeek-V4-Flash", "mxfp4", "DGX Spark", "1", 1),
    ],
)
def test_forecast_answers_with_an_interval(dsdesk, model, precision, gpu, count, status):
    arguments = ("--model", model, "--precision", precision, "--gpu", gpu, "--count", count, "--json")
    found_status, found = answer(dsdesk("forecast", *arguments))
    assert found_status == status
    assert found["fits"] is (status == 0)
    for name in ("prefill_tok_s", "decode_tok_s_per_user", "output_tok_s_total", "ttft_ms", "tpot_ms", "requests_s"):
        value = found[name]
        assert 0 < value["low80"] < value["estimate"] < value["high80"]


def test_forecast_counts_the_drafts_that_are_asked_for(dsdesk):
    asked = ("--model", "DeepSeek-V3", "--precision", "fp8", "--gpu", "H200", "--count", "8", "--json")
    _status, plain = answer(dsdesk("forecast", *asked))
    _status, drafting = answer(dsdesk("forecast", *asked, "--draft-tokens", "1", "--acceptance", "0.9"))
    gain = drafting["decode_tok_s_per_user"]["estimate"] / plain["decode_tok_s_per_user"]["estimate"]
    assert 1.0 < gain < 1.9
    assert "0.90" in drafting["why"]["parts"][0]["formula"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_schemes_evaluate_to_valid_json(dsdesk, scheme):
    status, found = answer(dsdesk("evaluate", scheme))
    assert status in {0, 1}
    assert found["llm"]["id"]
    assert found["forecast"]["decode_tok_s_per_user"]["estimate"] > 0
    assert found["findings"]


def test_check_fails_where_a_card_meets_no_slot(dsdesk, tmp_path):
    path = tmp_path / "wrong.dsdesk"
    line = Line(no=1, part_id="nvidia-h100-sxm5-80gb")
    save(Project(configurations=(Configuration(machines=(Machine(lines=(line,)),)),)), path)
    status, found = answer(dsdesk("check", str(path), "--json"))
    assert status == 1
    errors = [finding for finding in found["findings"] if finding["severity"] == "error"]
    assert {"code", "severity", "message", "subject", "values", "fixes", "source"} <= set(errors[0])


def test_project_names_a_part_that_is_gone(dsdesk, tmp_path):
    path = tmp_path / "gone.dsdesk"
    lines = (Line(no=1, part_id="nvidia-rtx-0000"),)
    model = ModelChoice(llm_id="nobody/none")
    save(Project(configurations=(Configuration(model=model, machines=(Machine(lines=lines),)),)), path)
    status, found = answer(dsdesk("evaluate", str(path)))
    assert status == 0
    assert "nobody/none" in found["llm"]["unknown"]
    assert any("nvidia-rtx-0000" in finding["message"] for finding in found["findings"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("memory", "--model", "nobody/none", "--precision", "fp8"), "nobody/none"),
        (("memory", "--model", "DeepSeek-V3", "--precision", "q9"), "q9"),
        (("memory", "--precision", "fp8"), "--model"),
        (("memory", "--model", "x/config.json", "--precision", "fp8"), "config.json"),
        (("forecast", "--model", "DeepSeek-V3", "--precision", "fp8", "--gpu", "RTX 9999"), "RTX 9999"),
        (("evaluate", "none.dsdesk"), "none.dsdesk"),
        (("forecast", "--concurrency", "0"), "concurrency"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(dsdesk, arguments, says):
    status, out, err = dsdesk(*arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "text", ["", "{", '{"format_version": 99}', f'{{"format_version": {FORMAT_VERSION}, "active": 7}}']
)
def test_damaged_project_is_one_sentence_and_stays(dsdesk, tmp_path, text):
    path = tmp_path / "damaged.dsdesk"
    path.write_text(text, encoding="utf-8")
    status, _out, err = dsdesk("check", str(path))
    assert status == 2
    assert err.count("\n") == 1
    assert path.read_text(encoding="utf-8") == text


def test_a_certificate_that_does_not_open_leaves_no_file(dsdesk, tmp_path, monkeypatch):
    monkeypatch.setenv("DSDESK_PASSPHRASE", "secret")
    (tmp_path / "mine.p12").write_bytes(b"nothing")
    status, _out, err = dsdesk("quote", "scheme-1", "-o", str(tmp_path / "q.pdf"), "--sign", str(tmp_path / "mine.p12"))
    assert status == 2
    assert ".p12" in err
    assert not (tmp_path / "q.pdf").exists()


def test_quote_never_overwrites_silently(dsdesk, tmp_path):
    path = tmp_path / "quote.pdf"
    path.write_text("mine", encoding="utf-8")
    status, _out, err = dsdesk("quote", "scheme-1", "-o", str(path))
    assert status == 2
    assert "--force" in err
    assert path.read_text(encoding="utf-8") == "mine"


def test_quote_does_not_write_both_documents_into_one_file(dsdesk, tmp_path):
    path = str(tmp_path / "quote.pdf")
    status, _out, err = dsdesk("quote", "scheme-1", "-o", path, "--xlsx", path)
    assert status == 2
    assert "same file" in err
    assert not Path(path).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["memory", "--bogus"], "dsdesk：无法识别的参数：--bogus。参见 dsdesk --help"),
        (["memory", "--context"], "dsdesk memory：参数 --context：需要一个值。参见 dsdesk memory --help"),
        (
            ["memory", "--context", "x"],
            "dsdesk memory：参数 --context：'x' 不是大于零的整数。参见 dsdesk memory --help",
        ),
    ],
)
def test_wrong_arguments_are_told_in_chinese_and_english_comes_back(catalog, capsys, monkeypatch, arguments, said):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(arguments) == 2
    assert capsys.readouterr().err == said + "\n"
    assert main(["--messages", "en", *arguments]) == 2
    assert capsys.readouterr().err.isascii()


def test_help_and_rows_are_headed_in_chinese(dsdesk):
    _, told, _ = dsdesk("--messages", "zh", "memory", "--help")
    assert told.startswith("用法：")
    assert "\n选项:" in told
    _, rows, _ = dsdesk("--messages", "zh", "memory", "--model", "Qwen3-8B", "--precision", "bf16")
    assert [row.split()[0] for row in rows.splitlines()][:2] == ["权重", "KV"]
    assert "host" not in rows
    _, kinds, _ = dsdesk("--messages", "zh", "catalog", "info")
    assert "\n加速卡：" in kinds
    assert "\naccelerator" not in kinds


def test_a_card_that_is_not_known_has_no_id_in_json(dsdesk, tmp_path):
    (tmp_path / "lspci.txt").write_text(
        "01:00.0 VGA compatible controller [0300]: NVIDIA Corporation Device [10de:ffff] (rev a1)\n"
    )
    status, found = answer(dsdesk("detect", "--from", str(tmp_path), "--json"))
    assert status == 0
    assert [gpu["part_id"] for gpu in found["gpus"]] == [None]
    assert found["cpu"]["name"] is found["cpu"]["part_id"] is None
