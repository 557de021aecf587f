"""What can be wrong with a returned file itself, as kinds that a project can keep and as words."""

from dataclasses import dataclass
from enum import StrEnum

from dsdesk.base.message import N_, Message


class DoubtKind(StrEnum):
    """Every doubt about a file."""

    MACROS = "macros"
    FORMULA = "formula"
    ALTERED = "altered"
    CONTINUED = "continued"
    SIGNED = "signed"
    ESTIMATE = "estimate"


_WORDS: dict[DoubtKind, str] = {
    DoubtKind.MACROS: N_("It holds macros; they were not looked at."),
    DoubtKind.FORMULA: N_("{detail} holds a formula instead of a value."),
    DoubtKind.ALTERED: N_("It was altered after it was signed: signature {detail} no longer matches the file."),
    DoubtKind.CONTINUED: N_("Something was written into it after signature {detail}; the part that was signed "
                            "is unchanged."),
    DoubtKind.SIGNED: N_("Signature {detail} matches the file; who signed was not checked. Open it in a viewer "
                         "that knows your authorities."),
    DoubtKind.ESTIMATE: N_("It is an estimate of our own, not an offer."),
}  # fmt: skip

# A signature that matches is news, not a reason to set the offer aside.
HARMLESS = frozenset({DoubtKind.SIGNED})


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt. `detail` is the cell or the field that it is about."""

    kind: DoubtKind
    detail: str = ""

    def message(self) -> Message:
        """In words."""
        return Message(_WORDS[self.kind], detail=self.detail)


def doubts_of(kept: tuple[tuple[str, str], ...]) -> tuple[Doubt, ...]:
    """Doubts as a project keeps them; a kind that this dsdesk does not know is left out."""
    known = {kind.value for kind in DoubtKind}
    return tuple(Doubt(DoubtKind(kind), detail) for kind, detail in kept if kind in known)
