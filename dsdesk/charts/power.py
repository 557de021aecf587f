"""Where the watts go."""

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.evaluate import Evaluation

KIND_NAMES = {
    "accelerator": Message(N_("accelerators")),
    "cpu": Message(N_("processors")),
    "board": Message(N_("main board")),
    "memory": Message(N_("memory modules")),
    "drive": Message(N_("drives")),
    "cooler": Message(N_("coolers")),
    "fan": Message(N_("fans")),
    "platform": Message(N_("platform")),
    "nic": Message(N_("network adapters")),
}


def power_by_kind(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Sustained draw by kind of part, one series a kind of node."""
    key, title = "power_by_kind", Message("Power by kind of part")
    y = Axis(label=Message("draw of one node at full load"), unit="W")
    budgets = [(node.machine.name, node.power) for node in evaluation.build.machines if node.power.by_kind]
    kinds = tuple(dict.fromkeys(kind for _, power in budgets for kind, _ in power.by_kind))
    if not kinds:
        return ChartSpec(key=key, title=title, x=Axis(label=Message("parts")), y=y, empty=_EMPTY)
    places = tuple(float(index) for index in range(len(kinds)))
    series = tuple(
        Series(
            label=Message("{name}", name=name),
            x=places,
            y=tuple(dict(power.by_kind).get(kind, 0.0) for kind in kinds),
            style="bars",
        )
        for name, power in budgets
    )
    missing = [power.sustained_w.because for _, power in budgets if isinstance(power.sustained_w, Unknown)]
    note = Message("Not everything is in it: {reason}.", reason=missing[0]) if missing else None
    x = Axis(label=Message("parts"), categories=tuple(KIND_NAMES.get(kind, kind) for kind in kinds))
    return ChartSpec(key=key, title=title, x=x, y=y, series=series, note=note)


_EMPTY = Message("No part of the machine has a published draw.")
