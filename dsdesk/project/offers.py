"""What suppliers returned and what was awarded, as the project keeps it: the words of the files, not their files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedOffer:
    """A returned file, read once and kept, so that a comparison opens without it.

    Attributes:
        source: name of the file.
        sha256: of its bytes; also what an award names it by.
        received_on: ISO date on which it was read.
        mark: (name, value) of number, revision, checksum and currency that it carries.
        entries: (cell, what stands in it), such as ("L3.unit_price", "14,800.00").
        doubts: (kind, detail) of what was wrong with the file itself; kinds are those of `dsdesk.quote.doubts`.
    """

    source: str
    sha256: str
    received_on: str = ""
    mark: tuple[tuple[str, str], ...] = ()
    entries: tuple[tuple[str, str], ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """A line or service that goes to an offer.

    Attributes:
        key: "L3" or "S1".
        offer: sha256 of the offer.
        reason: why, in the user's words.
    """

    key: str
    offer: str
    reason: str = ""
