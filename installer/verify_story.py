"""The whole story by commands, as the packaged program is asked to tell it, and the files that it is told with."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import package_freeze
from console import ROOT

# What `nvidia-smi -L` writes on the machine of somebody else.
_CARDS = "GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-01234567-89ab-cdef-0123-456789abcdef)\n"
# What llama-bench writes; the speed is nobody's and only has to be read.
_BENCH = [
    {
        "build_number": 6400, "gpu_info": "NVIDIA GeForce RTX 4090", "backends": "CUDA",
        "model_filename": "DeepSeek-R1-Distill-Qwen-14B-Q4_K_M.gguf", "model_type": "qwen2 14B Q4_K - Medium",
        "model_size": 8_982_000_000, "n_ubatch": 512, "type_k": "f16", "n_gpu_layers": -1, "split_mode": "layer",
        "flash_attn": 1, "n_prompt": 0, "n_gen": 128, "n_depth": 0, "test_time": "2026-03-01T10:00:00Z",
        "avg_ts": 80.0, "stddev_ts": 0.5,
    }
]  # fmt: skip
_PRICES = "name,price,currency\nRTX 4090,1999,USD\n"
# Run with the packed libraries, as a supplier would with a spreadsheet: every line gets a price.
_FILL = """
import sys
from openpyxl import load_workbook
from dsdesk.quote.xlsx import FIRST_ROW, LETTER
book = load_workbook(sys.argv[1])
sheet = book.worksheets[0]
for row in range(FIRST_ROW, sheet.max_row + 1):
    key = sheet[f"A{row}"].value
    if isinstance(key, str) and key[:1] == "L" and key[1:].isdigit():
        sheet[f"{LETTER['unit_price']}{row}"] = 100
book.save(sys.argv[2])
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the story.

    Attributes:
        line: what follows `dsdesk`; {home} is the user's folder.
        before: makes what the command reads, given the user's folder as seen from outside.
        shown: fails where its output or its files are not what they must be.
    """

    line: str
    before: Callable[[Path], None] | None = None
    shown: Callable[[str, Path], None] | None = None

    @property
    def name(self) -> str:
        """The command without its arguments."""
        words = self.line.split(" ")
        return " ".join(words[:2]) if words[0] == "catalog" or words[1] in {"--from", "--measured"} else words[0]


def prepare(home: Path) -> None:
    """Put what the user brings into the home folder."""
    shutil.copy(ROOT / "db/templates/scheme-1.dsdesk", home / "mine.dsdesk")
    (home / "prices.csv").write_text(_PRICES, encoding="utf-8")
    (home / "other-machine.txt").write_text(f"$ nvidia-smi -L\n{_CARDS}", encoding="utf-8")
    (home / "bench.json").write_text(json.dumps(_BENCH), encoding="utf-8")


def _answer(home: Path) -> None:
    fill = [str(package_freeze.python()), "-c", _FILL, str(home / "rfq.xlsx"), str(home / "offer.xlsx")]
    subprocess.run(fill, check=True, env=package_freeze.build_environment())
    (home / "offer.xlsx").chmod(0o644)


def _proven(told: str, home: Path) -> None:
    assert json.loads(told)["proven_optimal"], "the builder proved nothing"
    assert (home / "built.dsdesk").exists(), "the builder wrote no project"


def _other_machine(told: str, _home: Path) -> None:
    assert "4090" in told, "the captured card was not recognised"


def _measured(told: str, _home: Path) -> None:
    assert "80" in told, "the measurement is not shown"


def _compared(told: str, home: Path) -> None:
    assert len(json.loads(told)["offers"]) == 1, "the offer was not read"
    assert (home / "memo.pdf").read_bytes().startswith(b"%PDF"), "no memo"


def _quoted(_told: str, home: Path) -> None:
    assert (home / "rfq.pdf").read_bytes().startswith(b"%PDF"), "no PDF"


def _backed_up(_told: str, home: Path) -> None:
    held = json.loads((home / "backup.json").read_text(encoding="utf-8"))
    assert held["prices"], "the price was not kept"
    assert held["measurements"], "the measurement was not kept"


STORY = (
    Step("models --json"),
    Step("parts 显卡 --json"),
    Step("memory --model DeepSeek-V3 --precision fp8 --context 131072 --json"),
    Step("forecast --model DeepSeek-R1-Distill-Qwen-32B --precision q4_k_m --gpu 4090 --count 2 --json"),
    Step("forecast --measured {home}/bench.json --keep --json", shown=_measured),
    Step(
        "build --model DeepSeek-R1-Distill-Qwen-14B --precision q4_k_m --budget 20000 -o {home}/built.dsdesk --json",
        shown=_proven,
    ),
    Step("detect --json"),
    Step("advise --from {home}/other-machine.txt --json", shown=_other_machine),
    Step("check {home}/mine.dsdesk --json"),
    Step("evaluate {home}/mine.dsdesk"),
    Step("quote {home}/mine.dsdesk -o {home}/rfq.pdf --xlsx {home}/rfq.xlsx --lang both --blank", shown=_quoted),
    Step(
        "offers {home}/mine.dsdesk {home}/offer.xlsx --lowest --memo {home}/memo.pdf --json",
        before=_answer,
        shown=_compared,
    ),
    Step("deploy {home}/mine.dsdesk -o {home}/launch"),
    Step("catalog import prices {home}/prices.csv"),
    Step("catalog backup {home}/backup.json", shown=_backed_up),
    Step("catalog restore {home}/backup.json"),
    Step("catalog export {home}/everything.xlsx"),
    Step("catalog info"),
)
