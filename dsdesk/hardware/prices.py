"""What a part costs, said by whom and when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsdesk.base.money import Money


class Condition(StrEnum):
    """Which market a price belongs to. Used-market prices are a list of their own (G5)."""

    NEW = "new"
    USED = "used"
    LIST = "list"
    LAUNCH = "launch"


class Seller(StrEnum):
    """Who asks the price."""

    MAKER = "maker"
    RETAIL = "retail"
    DISTRIBUTOR = "distributor"
    MARKETPLACE = "marketplace"
    USER = "user"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One dated price point.

    Attributes:
        part_id: catalogue id.
        money: unit price without tax unless `includes_tax`.
        condition: new, used, list or launch price.
        seller: kind of seller.
        on: day of the price; for launch prices the day of release.
        source: where it was read, or "user".
        includes_tax: whether VAT is in it.
        min_quantity: smallest order for it.
    """

    part_id: str
    money: Money
    condition: Condition
    seller: Seller
    on: date | None
    source: str
    includes_tax: bool = False
    min_quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedApi:
    """What a hosted API asked on a day.

    Attributes:
        id: stable name.
        name: as shown.
        llms: library ids of the models that it serves.
        input_per_mtok: a million prompt tokens that no cache answers.
        output_per_mtok: a million answer tokens.
        on: day of the price.
        source: where it was read.
    """

    id: str
    name: str
    llms: tuple[str, ...]
    input_per_mtok: Money
    output_per_mtok: Money
    on: date
    source: str
