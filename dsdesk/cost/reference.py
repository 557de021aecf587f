"""Dated prices of hosted APIs that come with the program."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from dsdesk.base import assets
from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.base.money import Money


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


def _unreadable(file: str, exc: Exception) -> CatalogError:
    text = Message("{file} of the catalogue cannot be read: {reason}. Reinstall dsdesk.", file=file, reason=str(exc))
    return CatalogError(text)


def _api_rows() -> list[dict[str, Any]]:
    name = "apis.toml"
    try:
        with assets.factory_db(name).open("rb") as file:
            rows: list[dict[str, Any]] = tomllib.load(file)["api"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as exc:
        raise _unreadable(name, exc) from exc
    return rows


@lru_cache
def hosted_apis() -> tuple[HostedApi, ...]:
    """Hosted APIs with a price that somebody published, newest first."""
    apis = (
        HostedApi(
            id=row["id"],
            name=row["name"],
            llms=tuple(row["llms"]),
            input_per_mtok=Money(Decimal(row["input_per_mtok"]), row["currency"]),
            output_per_mtok=Money(Decimal(row["output_per_mtok"]), row["currency"]),
            on=row["on"],
            source=row["source"],
        )
        for row in _api_rows()
    )
    return tuple(sorted(apis, key=lambda api: api.on, reverse=True))


def api_for(llm_id: str) -> HostedApi | None:
    """The newest API price for a model, None where none is known."""
    return next((api for api in hosted_apis() if llm_id in api.llms), None)
