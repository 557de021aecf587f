"""`dsdesk detect --record`: what the accelerators do, second by second, into a table."""

import subprocess
import threading
import time
from pathlib import Path

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.cli.command import ANSWER_IS_NO, OK, Session
from dsdesk.detect.live import QUIET_S, Recording, Sample, live_command, sample_of


def record(session: Session, path: Path, seconds: float, command: list[str] | None = None) -> int:
    """Write a CSV of so many seconds, and say what was drawn under load.

    Args:
        session: for words.
        path: of the CSV.
        seconds: how long; interrupting it (Ctrl+C) ends it earlier and keeps what there is.
        command: of the child that tells; None = the usual one.

    Raises:
        FileError: the file cannot be written.
    """
    recording = _listen(session, seconds, command or live_command())
    try:
        path.write_text(recording.csv(), encoding="utf-8")
    except OSError as error:
        text = N_("{path} cannot be written: {reason}.")
        raise FileError(Message(text, path=str(path), reason=reason_of(error))) from error
    watts = recording.loaded_power_w()
    if not any(sample.cards for sample in recording.samples):
        session.warn(Message(N_("No accelerator tells what it does; the table is empty.")))
        return ANSWER_IS_NO
    if watts is not None:
        text = N_("Under load all accelerators together drew {watts} on average.")
        session.say(Message(text, watts=Quantity(watts, Unit.WATT)))
    return OK


def _listen(session: Session, seconds: float, command: list[str]) -> Recording:
    recording = Recording()
    end = time.monotonic() + seconds
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, encoding="utf-8")
    assert child.stdout is not None
    watch = threading.Timer(seconds + QUIET_S, child.kill)  # a driver that hangs ends no line
    watch.daemon = True
    watch.start()
    try:
        while time.monotonic() < end and (line := child.stdout.readline()):
            sample = sample_of(line)
            if sample is not None:
                recording.add(sample)
                session.say(_told(recording.times_s[-1], sample))
    except KeyboardInterrupt:
        pass
    finally:
        watch.cancel()
        child.kill()
        child.wait()
        child.stdout.close()
    return recording


def _told(time_s: float, sample: Sample) -> str:
    cells = [f"{time_s:6.0f} s"]
    for card in sample.cards:
        share = "-" if card.utilisation is None else f"{card.utilisation:.0%}"
        watts = "-" if card.power_w is None else f"{card.power_w:.0f} W"
        heat = "-" if card.temperature_c is None else f"{card.temperature_c:.0f} °C"
        cells.append(f"{card.address} {share:>4} {watts:>6} {heat:>6}")
    return "  ".join(cells)
