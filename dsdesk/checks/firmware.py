"""Firmware: boards that are older than the processor and know it only from a later BIOS on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsdesk.base.message import N_, Message
from dsdesk.checks.finding import Finding, Severity
from dsdesk.checks.fixes import advice, swap
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.checks.suits import chipset_takes, size_of
from dsdesk.hardware.parts import Board, Cpu


@dataclass(frozen=True, slots=True)
class Newer:
    """A family of processors that came after a family of chipsets.

    Attributes:
        socket: of both.
        chipset: pattern of the older chipsets.
        processor: pattern of the newer processors' names.
        source: who says so.
        assumption: general knowledge rather than a document that was read.
    """

    socket: str
    chipset: re.Pattern[str]
    processor: re.Pattern[str]
    source: str
    assumption: bool = False

    def concerns(self, board: Board, cpu: Cpu) -> bool:
        """Whether the board may come with a BIOS that does not know the processor."""
        same = board.socket == self.socket == cpu.socket
        return same and bool(self.chipset.search(board.chipset)) and bool(self.processor.search(cpu.name))


_NEWER = (
    Newer(
        "AM5",
        re.compile(r"\b[ABX]6\d\dE?\b"),
        re.compile(r"Ryzen \d 9\d{3}"),
        "forum.level1techs.com, flashing the BIOS for Ryzen 9000 (2024)",
    ),
    Newer(
        "LGA1700",
        re.compile(r"\b[ZBHQW]6\d\d\b"),
        re.compile(r"Core i\d-1[34]\d{3}"),
        "itworldcanada.com: makers update the BIOS of 600-series boards for the 13th generation (2022)",
    ),
    Newer(
        "LGA1700",
        re.compile(r"\b[ZBHQW]7\d\d\b"),
        re.compile(r"Core i\d-14\d{3}"),
        "tomshardware.com: firmware of 700-series boards for the following processors (2023)",
    ),
    Newer(
        "sTR5",
        re.compile(r"TRX50|WRX90"),
        re.compile(r"Threadripper (PRO )?9\d{3}"),
        "Assumption: TRX50 and WRX90 came out with the Threadripper 7000",
        assumption=True,
    ),
)


@machine_check("fit.E023")
def chipset_takes_the_processor(node: Node) -> Iterator[Finding]:
    """The chipset of the board takes this line of processors.

    Reason: a socket may be shared by two lines of processors of which a chipset serves one; the other does not start.
    Remedy: a processor of that line, or a board with the other chipset.
    Source: blog.ocworks.com/archives/52175237: WRX90 is for Threadripper PRO alone, TRX50 takes both lines.
    """
    if node.board is None:
        return
    line, board = node.board
    for cpu_line, cpu in node.all(Cpu):
        if cpu.socket == board.socket and not chipset_takes(board, cpu):
            text = N_("{cpu} does not run on {board}: its chipset {chipset} takes Threadripper PRO alone")
            yield Finding(
                severity=Severity.ERROR,
                message=Message(text, cpu=cpu.full_name, board=board.full_name, chipset=board.chipset),
                subject=(cpu_line.no, line.no),
                fixes=swap(node, "fit.E023", cpu_line, Cpu, lambda one: chipset_takes(board, one), size_of)
                or advice(Message(N_("Take a Threadripper PRO, or a board with TRX50"))),
            )


@machine_check("fit.N008")
def board_knows_the_processor(node: Node) -> Iterator[Finding]:
    """The board's BIOS knows the processor as it is delivered.

    Reason: a board that lay in store since before the processor came out does not start with it.
    Remedy: have the supplier update the BIOS, or use a board that can do so without a processor.
    Source: makers' BIOS updates for processors newer than the chipset, as named with each finding.
    """
    if node.board is None:
        return
    line, board = node.board
    for cpu_line, cpu in node.all(Cpu):
        rule = next((rule for rule in _NEWER if rule.concerns(board, cpu)), None)
        if rule is not None:
            text = N_("{cpu} works on {board} ({chipset}) from the BIOS version that the maker lists for it")
            yield Finding(
                severity=Severity.NOTE,
                message=Message(text, cpu=cpu.full_name, board=board.full_name, chipset=board.chipset),
                subject=(cpu_line.no, line.no),
                fixes=advice(Message(N_("Ask the supplier to deliver the board with that BIOS"))),
                source=rule.source,
                assumption=rule.assumption,
            )
