"""installer/ is no package: its modules are found as installer/dev.py finds them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "installer"))
