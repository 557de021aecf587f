"""Where the memory lies: what every accelerator holds, what the host holds, what stays on the drive."""

from typing import TYPE_CHECKING

from dsdesk.base.units import best_bytes
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.memory import alike
from dsdesk.sizing.offload import split_offload
from dsdesk.sizing.results import DeviceMemory, MemoryNeed
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.text import NamedText
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_MOST_KINDS = 4  # devices that hold different amounts; a long pipeline shows its fullest ones


class PlacesCard(Card):
    """Accelerators that hold the same as one line, then the host's memory and the drive."""

    def __init__(self) -> None:
        super().__init__(_("Where it lies"))
        self._devices = [NamedText() for _place in range(_MOST_KINDS)]
        self._host, self._drive = NamedText(_("Host memory")), NamedText(_("Drive"))
        for place in (*self._devices, self._host, self._drive):
            self.body.addLayout(place)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show it where there is more than one place."""
        need = evaluation.need
        if not isinstance(need, MemoryNeed) or evaluation.accelerator is None:
            self.hide()
            return
        self.setVisible(len(need.devices) > 1 or bool(need.host_bytes))
        kinds = alike(need.devices)[:_MOST_KINDS]
        for number, place in enumerate(self._devices):
            found = kinds[number] if number < len(kinds) else None
            place.show_words(_held(found[0]) if found else "", _numbers(found) if found else "")
        self._host.show_words(_in_host(evaluation, need))
        drive = evaluation.reach.drive_bytes if evaluation.reach else 0
        self._drive.show_words(_on_drive(drive) if drive else "")


def _numbers(same: tuple[DeviceMemory, ...]) -> str:
    """Which accelerators, counted from one."""
    if len(same) == 1:
        return _("Accelerator {number}", number=same[0].device + 1)
    if same[-1].device - same[0].device == len(same) - 1:
        return _("Accelerators {first} to {last}, each", first=same[0].device + 1, last=same[-1].device + 1)
    return _("{count} accelerators, each", count=len(same))


def _held(one: DeviceMemory) -> str:
    total, weights = best_bytes(one.total_bytes), best_bytes(one.weights_bytes)
    if one.optimiser_bytes:
        return _("{total}, of it {weights} of weights", total=total, weights=weights)
    cache = best_bytes(one.kv_cache_bytes)
    return _("{total}, of it {weights} of weights and {cache} of cache", total=total, weights=weights, cache=cache)


def _in_host(evaluation: "Evaluation", need: MemoryNeed) -> str:
    if not need.host_bytes:
        return ""
    drive = evaluation.reach.drive_bytes if evaluation.reach else 0
    size: object = best_bytes(need.host_bytes)
    if drive:
        size = _("{held} of {size}", held=best_bytes(need.host_bytes - drive), size=size)
    llm, engine = evaluation.llm, evaluation.configuration.engine
    experts, layers = split_offload(llm, engine, evaluation.offload_layers) if isinstance(llm, Llm) else (0, 0)
    if experts and layers:
        return _(
            "{size}: {layers} layers with their cache, the routed experts of all others and the token embedding",
            size=size,
            layers=layers,
        )
    if experts:
        return _("{size}: the routed experts of {layers} layers and the token embedding", size=size, layers=experts)
    if layers:
        return _("{size}: {layers} layers with their cache and the token embedding", size=size, layers=layers)
    return _("{size}: the token embedding, which is only looked up", size=size)


def _on_drive(size: int) -> str:
    return _(
        "{size} more than the host's memory holds: tokens that need them wait for the drive",
        size=best_bytes(size),
    )
