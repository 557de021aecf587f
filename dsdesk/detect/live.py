"""What the accelerators do from second to second: the lines of the child, and a run that is recorded from them."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass

from dsdesk.detect.nvml import address, child_command

QUIET_S = 10.0
"""After so long without a line the child hangs: a driver does not answer."""
_MOST_SAMPLES = 86_400  # a day of seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSample:
    """One accelerator at one moment; None = not reported.

    Attributes:
        address: on the PCI bus, as sysfs writes it.
        utilisation: fraction of the last second in which it worked.
        temperature_c: of the chip.
        power_w: drawn.
        memory_used_bytes: taken by programs and driver.
    """

    address: str
    utilisation: float | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    memory_used_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """All accelerators at one moment; `time_s` counts from the start of the child."""

    time_s: float
    cards: tuple[CardSample, ...] = ()
    host_available_bytes: int | None = None

    @property
    def power_w(self) -> float | None:
        """What all of them draw together; None if one does not tell."""
        drawn = [card.power_w for card in self.cards]
        known = [watts for watts in drawn if watts is not None]
        return sum(known) if known and len(known) == len(drawn) else None


def live_command() -> list[str]:
    """How the child is started that tells every second."""
    return [*child_command(), "live"]


def sample_of(line: str) -> Sample | None:
    """The sample in one line of the child; None for a line that is none, such as a warning of a library."""
    try:
        raw = json.loads(line)
        cards = tuple(
            CardSample(
                address=address(card["bus"]),
                utilisation=card["utilisation"],
                temperature_c=card["temperature_c"],
                power_w=card["power_w"],
                memory_used_bytes=card["memory_used"],
            )
            for card in raw["gpus"]
        )
        return Sample(time_s=float(raw["time_s"]), cards=cards, host_available_bytes=raw["host_available"])
    except (ValueError, KeyError, TypeError):
        return None


class Recording:
    """A run, sample by sample.

    Attributes:
        samples: in order; times count from the first.
    """

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def add(self, sample: Sample) -> None:
        """Keep one more; a day is the longest run."""
        if len(self.samples) < _MOST_SAMPLES:
            self.samples.append(sample)

    @property
    def times_s(self) -> tuple[float, ...]:
        """Seconds since the first sample."""
        first = self.samples[0].time_s if self.samples else 0.0
        return tuple(sample.time_s - first for sample in self.samples)

    def power_w(self, at: str | None = None) -> tuple[float | None, ...]:
        """Watts of the card at an address, or of all together, for each sample."""
        if at is None:
            return tuple(sample.power_w for sample in self.samples)
        return tuple(
            next((card.power_w for card in sample.cards if card.address == at), None) for sample in self.samples
        )

    def loaded_power_w(self) -> float | None:
        """Mean watts of all cards together while they worked: where at least one was busy more than half of a second.

        None without such a moment, or where a card does not tell its power.
        """
        drawn = [
            sample.power_w
            for sample in self.samples
            if any((card.utilisation or 0.0) > 0.5 for card in sample.cards)  # noqa: PLR2004 - more than half
        ]
        known = [watts for watts in drawn if watts is not None]
        return sum(known) / len(known) if known else None

    def csv(self) -> str:
        """One row a card and moment; cells that nobody reported are empty."""
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(
            ("time_s", "card", "utilisation", "temperature_c", "power_w", "memory_used_bytes", "host_available_bytes")
        )
        for time_s, sample in zip(self.times_s, self.samples, strict=True):
            for card in sample.cards:
                table.writerow(_cells(time_s, card, sample.host_available_bytes))
        return out.getvalue()


def _cells(time_s: float, card: CardSample, available: int | None) -> Iterable[object]:
    yield f"{time_s:.3f}"
    yield card.address
    for value in (card.utilisation, card.temperature_c, card.power_w, card.memory_used_bytes, available):
        yield "" if value is None else value
