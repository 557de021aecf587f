"""Cards of what a machine has: an accelerator each, the host, the links, the drives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout

from dsdesk.base.units import Quantity, Unit, best_bytes
from dsdesk.detect.snapshot import Disk, Gpu, Habitat, Link, PciPlace, Snapshot
from dsdesk.ui.figures import DASH
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import Choice
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import caption, paragraph
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog

_MOST_NAMED = 4
_ROW, _HEADER, _MOST_ROWS = 4 * SPACE, 5 * SPACE, 8


def facts(rows: Sequence[tuple[str, str]], columns: int) -> QGridLayout:
    """Names above values, `columns` beside one another; what nobody reported is a dash."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(3 * SPACE)
    grid.setVerticalSpacing(SPACE + SPACE // 2)
    for position, (name, value) in enumerate(rows):
        row, column = divmod(position, columns)
        shown = paragraph(value or DASH)
        shown.setAccessibleName(name)
        cell = QVBoxLayout()
        cell.setSpacing(0)
        cell.addWidget(caption(name))
        cell.addWidget(shown)
        cell.addStretch(1)
        grid.addLayout(cell, row, column)
    for column in range(columns):
        grid.setColumnStretch(column, 1)
    return grid


def size_text(size: int | None) -> str:
    """Bytes in the unit that reads best; a dash where nobody reported them."""
    return DASH if size is None else best_bytes(size).text()


def watts(value: float | None) -> str:
    """Watts; a dash where nobody reported them."""
    return DASH if value is None else Quantity(value, Unit.WATT).text()


def link_text(place: PciPlace) -> str:
    """The link now, and what both ends could do."""
    if place.width_now is None and place.width_max is None:
        return DASH
    now, most = _link(place.gen_now, place.width_now), _link(place.gen_max, place.width_max)
    told = _("{now}, at most {most}", now=now, most=most)
    if place.gen_host_max and place.gen_max and place.gen_host_max < place.gen_max:
        told += "; " + _("the slot gives {slot}", slot=_link(place.gen_host_max, None))
    return told


def _link(generation: int | None, width: int | None) -> str:
    words = f"PCIe {generation}.0" if generation is not None else "PCIe"
    return f"{words} ×{width}" if width is not None else words


def _parts_text(gpu: Gpu) -> str:
    """The parts of a partitioned card, such as "3g.40gb (39.5 GiB)"."""
    return ", ".join(
        " ".join(one for one in (part.name, part.memory_bytes and f"({size_text(part.memory_bytes)})") if one) or DASH
        for part in gpu.slices
    )


def _occupants_text(gpu: Gpu) -> str:
    return ", ".join(f"{one.program or '?'} {size_text(one.memory_bytes)}" for one in gpu.occupants[:_MOST_NAMED])


def _power(gpu: Gpu) -> str:
    if gpu.power_min_w is None or gpu.power_max_w is None:
        return watts(gpu.power_limit_w)
    span = _("{least} to {most}", least=watts(gpu.power_min_w), most=watts(gpu.power_max_w))
    return f"{watts(gpu.power_limit_w)} ({span})"


def _yes_no(value: bool | None) -> str:
    return DASH if value is None else (_("on") if value else _("off"))


def groups(gpus: Sequence[Gpu]) -> list[list[int]]:
    """Positions of accelerators that are alike in all that lasts, together; eight equal cards are one to look at."""
    found: dict[Gpu, list[int]] = {}
    for position, gpu in enumerate(gpus):
        found.setdefault(_lasting(gpu), []).append(position)
    return list(found.values())


def _lasting(gpu: Gpu) -> Gpu:
    """`gpu` without its place and without what changes from moment to moment."""
    place = replace(gpu.pci, address="", gen_now=None)
    return replace(
        gpu, pci=place, index=None, numa_node=None, temperature_c=None, utilisation=None, power_w=None,
        memory_free_bytes=None, memory_reserved_bytes=None, occupants=(), sources=(), origins=(),
    )  # fmt: skip


class GpuCard(Card):
    """Accelerators that are alike, shown by the first of them.

    Signals:
        chosen: the catalogue id that the user says it is.
        missing: the user wants to enter it as an own part.
    """

    chosen = Signal(str)
    missing = Signal()

    def __init__(self, positions: Sequence[int], gpus: Sequence[Gpu], catalog: "Catalog | None") -> None:
        gpu = gpus[positions[0]]
        super().__init__(f"{_numbers(positions)} · {gpu.label}")
        addresses = ", ".join(gpus[at].pci.address for at in positions if gpus[at].pci.address)
        temperature = None if gpu.temperature_c is None else Quantity(gpu.temperature_c, Unit.CELSIUS).text()
        rows: tuple[tuple[str, str], ...] = (
            (_("Memory, measured"), size_text(gpu.memory_bytes)),
            (_("Memory free"), size_text(gpu.memory_free_bytes)),
            (_("Link to the host"), link_text(gpu.pci)),
            (_("Driver"), gpu.driver),
            (_("Power limit"), _power(gpu)),
            (_("Power drawn now"), watts(gpu.power_w)),
            (_("Temperature"), temperature or DASH),
            (_("Error correction"), _yes_no(gpu.ecc)),
            (_("Partitioned (MIG)"), _yes_no(gpu.mig)),
            (_("Computes as"), gpu.compute_id),
            (_("PCI address"), addresses),
            (_("PCI id"), gpu.pci_id),
        )
        if gpu.slices:
            rows += ((_("Parts"), _parts_text(gpu)),)
        if gpu.occupants:
            rows += ((_("Memory used by"), _occupants_text(gpu)),)
        self.body.addLayout(facts(rows, 4))
        self._add_link_verdict(gpu.pci)
        self._add_match(gpu, catalog)

    def _add_link_verdict(self, place: PciPlace) -> None:
        """A card that sits in too narrow a slot; the generation drops at idle and proves nothing."""
        if place.width_now is not None and place.width_max is not None and place.width_now < place.width_max:
            words = _("Only {now} of {most} lanes: another slot, or a card beside it, takes the rest",
                      now=place.width_now, most=place.width_max)  # fmt: skip
            self.body.addWidget(Badge("warning", words, status_colour("warning")))

    def _add_match(self, gpu: Gpu, catalog: "Catalog | None") -> None:
        key = gpu.part_id or (gpu.candidates[0] if gpu.certainty in {"modified", "virtual"} and gpu.candidates else "")
        part = catalog.part(key) if catalog and key else None
        if part is not None:
            drawing, words = _certainty(gpu.certainty, part.full_name)
            self.body.addWidget(Badge(drawing, words, status_colour(drawing)))
        candidates = [(one, _name(one, catalog)) for one in gpu.candidates]
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        if part is None:
            words = _("May be one of several parts") if candidates else _("Not in the catalogue: it is left out")
            row.addWidget(Badge("unchecked", words, status_colour("unchecked")))
        if candidates:
            choice = Choice([("", _("It is…")), *candidates])
            choice.show_key("")
            choice.setAccessibleName(_("Which part it is"))
            choice.activated.connect(lambda _at: self.chosen.emit(choice.key()) if choice.key() else None)
            row.addWidget(choice)
        elif part is None:
            enter = QPushButton(_("Enter it as your own part…"))
            enter.clicked.connect(lambda _checked=False: self.missing.emit())
            row.addWidget(enter)
        row.addStretch(1)
        self.body.addLayout(row)


def _numbers(positions: Sequence[int]) -> str:
    """Such as "0–7" or "1, 3"."""
    first, last = positions[0], positions[-1]
    if len(positions) > 1 and last - first + 1 == len(positions):
        return f"{first}–{last}"
    return ", ".join(map(str, positions))


def _name(part_id: str, catalog: "Catalog | None") -> str:
    part = catalog.part(part_id) if catalog else None
    return part.full_name if part else part_id


def _certainty(certainty: str, name: str) -> tuple[str, str]:
    return {
        "id": ("good", _("{part}, by its PCI id", part=name)),
        "name": ("good", _("{part}, by its name", part=name)),
        "memory": ("warning", _("{part}, by the memory measured: its name says another", part=name)),
        "virtual": ("good", _("a share of {part}", part=name)),
        "modified": ("warning", _("{part} with another memory: a modified card", part=name)),
        "user": ("good", _("{part}, as you say", part=name)),
    }.get(certainty, ("good", name))


def with_part(snapshot: Snapshot, positions: Sequence[int], part_id: str) -> Snapshot:
    """`snapshot` with accelerators that the user named."""
    gpus = list(snapshot.gpus)
    for position in positions:
        gpus[position] = replace(gpus[position], part_id=part_id, certainty="user", candidates=())
    return replace(snapshot, gpus=tuple(gpus))


def habitat_word(habitat: Habitat) -> str:
    """What kind of machine it is, in words."""
    return {
        Habitat.METAL: _("a machine of its own"),
        Habitat.VIRTUAL: _("a virtual machine"),
        Habitat.CONTAINER: _("a container"),
        Habitat.WSL: _("Windows Subsystem for Linux"),
        Habitat.UNKNOWN: _("not known"),
    }[habitat]


def host_card(snapshot: Snapshot, catalog: "Catalog | None") -> Card:
    """Processor, memory, system."""
    host, cpu, memory = snapshot.host, snapshot.cpu, snapshot.memory
    card = Card(_("Host"))
    modules = ", ".join(f"{size_text(size)} {kind}".strip() for size, _rate, kind in memory.modules)
    count = " · ".join(
        one
        for one in (
            _("{count} sockets", count=cpu.sockets) if cpu.sockets and cpu.sockets > 1 else "",
            _("{count} cores", count=cpu.cores) if cpu.cores else "",
            _("{count} threads", count=cpu.threads) if cpu.threads else "",
        )
        if one
    )
    known = tuple(
        part.full_name
        for key in (host.part_id, cpu.part_id, memory.part_id)
        if catalog and key and (part := catalog.part(key))
    )
    rows = (
        (_("Machine"), " ".join(one for one in (host.maker, host.product) if one)),
        (_("Board"), host.board),
        (_("It is"), habitat_word(host.habitat)),
        (_("System"), host.os),
        (_("Processor"), cpu.name),
        (_("In the catalogue as"), " · ".join(known)),
        (_("Cores"), count),
        (_("Kernel"), host.kernel),
        (_("Host memory"), size_text(memory.total_bytes)),
        (_("Memory free"), size_text(memory.available_bytes)),
        (_("Modules"), modules),
        (_("NVIDIA driver"), " · ".join(one for one in (host.nvidia_driver, host.cuda and f"CUDA {host.cuda}") if one)),
    )
    card.body.addLayout(facts(rows, 4))
    return card


@dataclass(frozen=True, slots=True)
class LinkRow:
    """How one accelerator reaches each of the others."""

    name: str
    kinds: tuple[str, ...]


def link_rows(count: int, links: tuple[Link, ...]) -> tuple[LinkRow, ...]:
    """The matrix as `nvidia-smi topo -m` prints it."""
    found = {(link.a, link.b): link.kind for link in links} | {(link.b, link.a): link.kind for link in links}
    return tuple(
        LinkRow(f"GPU{a}", tuple("X" if a == b else found.get((a, b), DASH) for b in range(count)))
        for a in range(count)
    )


def links_card(snapshot: Snapshot) -> Card:
    """The matrix of links."""
    count = len(snapshot.gpus)
    card = Card(_("Links between accelerators"))

    def column(position: int) -> Column[LinkRow]:
        return Column(title=f"GPU{position}", text=lambda row: row.kinds[position])

    table: Table[LinkRow] = Table(
        _("Links between accelerators"),
        (Column(title="", text=lambda row: row.name), *(column(position) for position in range(count))),
    )
    table.show_rows(link_rows(count, snapshot.links))
    table.setFixedHeight(_HEADER + _ROW * min(count, _MOST_ROWS) + SPACE)
    card.body.addWidget(table)
    card.body.addWidget(caption(_("NV = NVLink, PIX and PXB = PCIe switches, PHB and NODE = through the processor, "
                                  "SYS = between processors")))  # fmt: skip
    return card


def disks_card(disks: tuple[Disk, ...]) -> Card:
    """The drives."""
    card = Card(_("Drives"))
    table: Table[Disk] = Table(
        _("Drives"),
        (
            Column(title=_("Drive"), text=lambda disk: disk.name),
            Column(title=_("Drive model"), text=lambda disk: disk.model or DASH, stretches=True),
            Column(title=_("Capacity [GB]"), is_number=True, sort=lambda disk: disk.capacity_bytes,
                   text=lambda disk: f"{Quantity(disk.capacity_bytes, Unit.GB).shown():,.0f}"
                   if disk.capacity_bytes is not None else DASH),
            Column(title=_("Kind"), text=_disk_kind),
            Column(title=_("Bus"), text=lambda disk: disk.transport or DASH),
            Column(title=_("Link"), text=lambda disk: link_text(disk.pci) if disk.pci else DASH),
        ),
    )  # fmt: skip
    table.show_rows(disks)
    table.setFixedHeight(_HEADER + _ROW * min(max(len(disks), 1), _MOST_ROWS) + SPACE)
    card.body.addWidget(table)
    return card


def _disk_kind(disk: Disk) -> str:
    if disk.rotational is None:
        return DASH
    return _("hard disk") if disk.rotational else _("solid state")
