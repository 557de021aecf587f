"""Results of benchmarks in the shapes of their tools, with values of our own, and a catalogue to compare them with."""

import json
from typing import Any

from dsdesk.build.catalog import Catalog
from tests.fakes.catalog import FakeCatalog, gpu
from tests.sizing.forecast_fakes import llm

MODEL = "maker/Test-Model-8B"
BENCH: dict[str, Any] = {
    "build_number": 6400, "gpu_info": "NVIDIA gpu-24", "backends": "CUDA", "model_size": 4_920_000_000,
    "model_filename": "/models/Test-Model-8B-Q4_K_M-00001-of-00002.gguf", "model_type": "llama 8B Q4_K - Medium",
    "n_ubatch": 512, "type_k": "f16", "n_gpu_layers": -1, "n_cpu_moe": 0, "split_mode": "layer", "flash_attn": 1,
    "tensor_buft_overrides": "none", "n_prompt": 0, "n_gen": 128, "n_depth": 0, "test_time": "2026-03-01T10:00:00Z",
    "avg_ts": 120.0, "stddev_ts": 0.5,
}  # fmt: skip
TABLE = """ggml_cuda_init: found 1 CUDA devices:
  Device 0: NVIDIA gpu-24, compute capability 8.9, VMM: yes
| model                    |     size |  params | backend | ngl | fa |          test |             t/s |
| ------------------------ | -------: | ------: | ------- | --: | -: | ------------: | --------------: |
| test model 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA    |  99 |  0 |         pp512 | 4340.20 ± 23.45 |
| test model 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA    |  99 |  0 | tg128 @ d4096 |   110.60 ± 0.59 |
| test model 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA    |  99 |  0 | pp64+tg16     |   210.60 ± 0.59 |
| test model 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA    |

build: 1234567 (6400)
"""
VLLM: dict[str, Any] = {
    "date": "20260314-101500", "backend": "vllm", "model_id": MODEL, "num_prompts": 160, "request_rate": "inf",
    "max_concurrency": 16, "completed": 160, "total_input_tokens": 163_840, "total_output_tokens": 40_960,
    "request_throughput": 3.0, "output_throughput": 700.0, "mean_ttft_ms": 300.0, "mean_tpot_ms": 20.0,
}  # fmt: skip
SGLANG: dict[str, Any] = {
    "backend": "sglang", "request_rate": float("inf"), "max_concurrency": 8, "sharegpt_output_len": None,
    "random_range_ratio": 1.0, "completed": 80, "total_input_tokens": 81_920, "total_output_tokens": 20_480,
    "output_throughput": 500.0, "mean_ttft_ms": 90.0, "mean_tpot_ms": 15.0, "accept_length": None,
}  # fmt: skip
SUMMARY = f"""Namespace(backend='vllm', host='localhost', model='{MODEL}', max_concurrency=32, request_rate=inf, seed=0)
Starting initial single prompt test run...
============ Serving Benchmark Result ============
Successful requests:                     320
Benchmark duration (s):                  150.87
Total input tokens:                      655360
Total generated tokens:                  65536
Output token throughput (tok/s):         434.40
---------------Time to First Token----------------
Mean TTFT (ms):                          379.56
-----Time per Output Token (excl. 1st token)------
Mean TPOT (ms):                          40.14
==================================================
"""
OLLAMA = """$ ollama run --verbose test-model:8b
>>> hi
Hello

total duration:       1.279118717s
prompt eval count:    321 token(s)
prompt eval duration: 231.416ms
prompt eval rate:     3390.75 tokens/s
eval count:           225 token(s)
eval rate:            113.98 tokens/s
"""


def bench(*changes: dict[str, Any]) -> str:
    """JSON of llama-bench with a record for each set of changes."""
    return json.dumps([{**BENCH, **change} for change in changes or ({},)])


def catalog() -> Catalog:
    """One card and one model."""
    return FakeCatalog([gpu()], [llm(MODEL)])
