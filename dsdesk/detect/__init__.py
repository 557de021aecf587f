"""What this machine has: the only room that asks it. `captures` reads what another machine wrote down."""

from dsdesk.detect.snapshot import Snapshot
from dsdesk.detect.this_machine import detect

__all__ = ["Snapshot", "detect"]
