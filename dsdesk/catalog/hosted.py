"""db/apis.toml: dated prices of hosted APIs."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.hardware.prices import HostedApi


def read_apis(path: Path) -> tuple[HostedApi, ...]:
    """The hosted APIs in `path`, newest price first; none when there is no such file.

    Raises:
        CatalogError: the file is damaged.
    """
    if not path.exists():
        return ()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["api"]
        apis = [_api(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise CatalogError(Message("{file} cannot be read: {error}", file=path.name, error=str(error))) from error
    return tuple(sorted(apis, key=lambda api: api.on, reverse=True))


def _api(row: dict[str, Any]) -> HostedApi:
    return HostedApi(
        id=row["id"],
        name=row["name"],
        llms=tuple(row["llms"]),
        input_per_mtok=Money(Decimal(row["input_per_mtok"]), row["currency"]),
        output_per_mtok=Money(Decimal(row["output_per_mtok"]), row["currency"]),
        on=row["on"],
        source=row["source"],
    )
