"""The actions of `dsdesk catalog` that bring other people's files into the user's layer, and take them back."""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.cli.command import OK, Session

if TYPE_CHECKING:
    from dsdesk.catalog.importers.columns import Columns
    from dsdesk.catalog.importers.imported import Imported
    from dsdesk.catalog.importers.preview import PartNews, Preview, PriceNews

Add = Callable[[str, Callable[[Session], int], str], argparse.ArgumentParser]
_FEW = 40  # changes and problems that are told one by one; --all tells every one


def add_import_actions(add: Add) -> None:
    """Declare them through `add(name, action, meaning)`."""
    verb = add("import", _import, "parts and prices of a file into your own layer")
    verb.add_argument("format", help="prices, buildcores, devicetypes or backup")
    verb.add_argument("path", type=Path, help="file or folder")
    verb.add_argument("--look", action="store_true", help="tell what would change and keep nothing")
    verb.add_argument("--all", action="store_true", help="tell every change and every row that was left out")
    verb.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help="of a price list: where its name, mpn, price, currency, quantity, date or condition stands, "
        "as heading, letter or number; remembered for lists with the same headings (repeatable)",
    )
    verb.add_argument("--currency", default="CNY", help="of prices that name none (default CNY)")
    verb = add("imports", _imports, "the imports so far, newest first")
    verb = add("undo", _undo, "take an import back")
    verb.add_argument("number", type=int, nargs="?", help="as `imports` tells it (default: the newest)")
    verb = add("restore", _restore, "put a backup back into your own layer")
    verb.add_argument("path", type=Path, help="file that `backup` wrote")


def _import(session: Session) -> int:
    from dsdesk.catalog.importers.formats import read_as
    from dsdesk.catalog.importers.preview import preview

    arguments = session.arguments
    tell = _progress()
    if arguments.format == "prices":
        found = _price_list(session, tell)
    elif arguments.column:
        raise InputError(Message(N_("--column is for price lists.")))
    else:
        found = read_as(arguments.format, arguments.path, session.store, date.today(), tell)
    news = preview(found, session.store)
    kept = None if arguments.look or news.is_empty else news.keep(session.store, tell).id
    _tell(session, news, kept)
    return OK


def _price_list(session: Session, tell: Callable[[float], None]) -> "Imported":
    from dsdesk.catalog.importers.columns import ColumnsError, corrected, remember
    from dsdesk.catalog.importers.pricelists import read_price_list

    arguments = session.arguments

    def read(columns: "Columns | None") -> "Imported":
        path, currency = arguments.path, arguments.currency.upper()
        return read_price_list(path, session.store, day=date.today(), currency=currency, columns=columns, tell=tell)

    told = dict(_told(arguments.column))
    if not told:
        return read(None)
    try:
        found = read(None)
        columns = corrected(found.columns, told) if found.columns is not None else None
    except ColumnsError as error:
        columns = corrected(error.columns, told)
    found = read(columns)
    if columns is not None and not arguments.look:
        remember(columns)
    return found


def _told(pairs: Iterable[str]) -> Iterable[tuple[str, str]]:
    for pair in pairs:
        role, equals, column = pair.partition("=")
        if not equals:
            raise InputError(Message(N_("{text} is not ROLE=COLUMN, such as price=D."), text=repr(pair)))
        yield role.strip(), column.strip()


def _progress() -> Callable[[float], None]:
    """Tells the share that is done on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda _share: None

    def tell(share: float) -> None:
        sys.stderr.write("\r      \r" if share >= 1 else f"\r{share:4.0%}")
        sys.stderr.flush()

    return tell


def _restore(session: Session) -> int:
    from dsdesk.catalog.importers.backup import read_backup
    from dsdesk.catalog.importers.preview import preview

    news = preview(read_backup(session.arguments.path), session.store)
    _tell(session, news, None if news.is_empty else news.keep(session.store).id)
    return OK


def _tell(session: Session, news: "Preview", kept: int | None) -> None:
    found = news.found
    added = sum(one.before is None for one in news.parts)
    if session.arguments.json:
        counted = {"parts": len(found.parts), "prices": len(found.prices), "models": len(found.models)}
        changes = {"parts_added": added, "parts_changed": len(news.parts) - added, "prices_added": len(news.prices)}
        same = {"parts_same": news.same_parts, "prices_same": news.same_prices}
        columns = dict(found.columns.told()) if found.columns is not None else None
        session.give({**counted, **changes, **same, "columns": columns, "import": kept, "problems": found.problems})
        return
    if found.columns is not None:
        told = ", ".join(f"{role} = {heading}" for role, heading in found.columns.told())
        session.say(Message(N_("Columns: {columns}"), columns=told))
    session.say(
        Message(
            N_("{new} new parts, {changed} changed, {same} as they are; {prices} new prices, {known} known already; "
               "{models} models; {problems} rows left out."),
            new=added, changed=len(news.parts) - added, same=news.same_parts, prices=len(news.prices),
            known=news.same_prices, models=len(found.models), problems=len(found.problems),
        )
    )  # fmt: skip
    _list(session, [*map(_part_line, news.parts), *map(_price_line, news.prices)])
    _list(session, [f"{one.where}: {session.text(one.message)}" for one in found.problems])
    if kept is not None:
        session.say(Message(N_("Kept as import {number}. Take it back: dsdesk catalog undo {number}"), number=kept))


def _list(session: Session, lines: list[str]) -> None:
    shown = lines if getattr(session.arguments, "all", True) else lines[:_FEW]
    for line in shown:
        session.say(line)
    if len(shown) < len(lines):
        session.say(Message(N_("… and {count} more; --all tells them."), count=len(lines) - len(shown)))


def _part_line(news: "PartNews") -> str:
    if news.before is None:
        return f"+ {news.part.kind.value} {news.part.full_name}"
    return f"~ {news.part.kind.value} {news.part.full_name}: {', '.join(news.fields)}"


def _price_line(news: "PriceNews") -> str:
    before = f" ({news.before.money.text()})" if news.before is not None else ""
    quantity = f" ×{news.price.min_quantity}" if news.price.min_quantity > 1 else ""
    return f"+ {news.part.full_name}{quantity}: {news.price.money.text()}{before}"


def _imports(session: Session) -> int:
    batches = session.store.imports()
    if session.arguments.json:
        session.give(batches)
        return OK
    if not batches:
        session.say(Message(N_("Nothing was imported yet.")))
    for batch in batches:
        session.say(
            Message(
                N_("{number}: {day}, {what}, {source}: {parts} parts, {prices} prices"),
                number=batch.id, day=batch.made_on, what=batch.what, source=batch.source, parts=batch.parts,
                prices=batch.prices,
            )
        )  # fmt: skip
    return OK


def _undo(session: Session) -> int:
    number = session.arguments.number
    if number is None:
        batches = session.store.imports()
        if not batches:
            raise InputError(Message(N_("Nothing was imported yet.")))
        number = batches[0].id
    session.store.undo_import(number)
    session.say(Message(N_("Import {number} was taken back."), number=number))
    return OK
