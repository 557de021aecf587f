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
    FILLED_IN = "filled_in"
    SIGNED = "signed"
    TRUSTED = "trusted"
    STRANGER = "stranger"
    EXPIRED = "expired"
    FORGED = "forged"
    ESTIMATE = "estimate"
    CHANGED = "changed"
    CHARGE = "charge"


_WORDS: dict[DoubtKind, str] = {
    DoubtKind.MACROS: N_("It holds macros; they were not looked at."),
    DoubtKind.FORMULA: N_("{detail} holds a formula instead of a value."),
    DoubtKind.ALTERED: N_("It was altered after it was signed: signature {detail} no longer matches the file."),
    DoubtKind.CONTINUED: N_("Something else than fields was added after signature {detail}: its pages may show what "
                            "was not signed."),
    DoubtKind.FILLED_IN: N_("After signature {detail} only fields were filled in or signed; the pages are unchanged."),
    DoubtKind.SIGNED: N_("Signature {detail} matches the file; who signed could not be read. Open it in a viewer "
                         "that knows your authorities."),
    DoubtKind.TRUSTED: N_("Signed by {detail}, whom a certificate that you trust vouches for."),
    DoubtKind.STRANGER: N_("Signed by somebody who is called {detail}; no certificate that you trust vouches for it."),
    DoubtKind.EXPIRED: N_("Signed by {detail} when the certificate was not valid yet or not any more."),
    DoubtKind.FORGED: N_("A signature in the name of {detail} was not made with the key of that certificate."),
    DoubtKind.ESTIMATE: N_("It is an estimate of our own, not an offer."),
    DoubtKind.CHANGED: N_("After the offer was signed these fields were changed: {detail}."),
    DoubtKind.CHARGE: N_("It has an allowance or a charge of {detail} that is in none of the prices."),
}  # fmt: skip

# A signature that matches is news, not a reason to set the offer aside; and a form is there to be filled in.
HARMLESS = frozenset({DoubtKind.SIGNED, DoubtKind.TRUSTED, DoubtKind.STRANGER, DoubtKind.FILLED_IN})


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
