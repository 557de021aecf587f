"""The tables, as SQLModel classes in two databases.

The *factory* database is derived from db/ and can be made again at any time: one immutable file for one content of db/,
never changed after it was built. The *own* database holds what the user typed or imported; Alembic brings it forward
(db/migrations), and nothing that happens to the factory catalogue touches it.

The fields that only one kind of part has lie as JSON in `facts`, in base units and keyed by the names of the frozen
dataclasses in `dsdesk.hardware.parts`: a new field or kind needs no new column, and a part leaves this room as a frozen
value anyway. What is searched, filtered or joined stands in columns of its own.

Importing this module costs about half a second (SQLAlchemy and SQLModel). Writing goes through it; reading goes by
sqlite3 of the standard library (`dsdesk.catalog.reading`), so that a command line that only looks something up does not
pay for it.
"""

from typing import ClassVar

from sqlalchemy import MetaData
from sqlalchemy.ext.compiler import compiles
from sqlmodel import AutoString, Field, SQLModel

STRICT = {"sqlite_strict": True}


@compiles(AutoString, "sqlite")
def _as_text(*_: object, **__: object) -> str:
    """STRICT tables know TEXT, not VARCHAR."""
    return "TEXT"


class FactoryTable(SQLModel):
    """Tables of the factory database."""

    metadata: ClassVar[MetaData] = MetaData()


class OwnTable(SQLModel):
    """Tables of the user's own database."""

    metadata: ClassVar[MetaData] = MetaData()


class PartColumns(SQLModel):
    """A part; `facts` holds the fields of its dataclass as JSON, `position` its place in the list."""

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    shelf: str
    position: int
    facts: str


class PriceColumns(SQLModel):
    """A price point; `amount` is a decimal as text, since money is never a float."""

    amount: str
    currency: str
    condition: str
    seller: str
    day: str = ""
    source: str
    includes_tax: int = 0
    min_quantity: int = 1


class PartRow(PartColumns, FactoryTable, table=True):
    """A factory part."""

    __tablename__ = "part"
    __table_args__ = STRICT


class TextRow(FactoryTable, table=True):
    """What a search looks through, apart from `part` so that a scan reads little."""

    __tablename__ = "part_text"
    __table_args__ = STRICT
    position: int = Field(primary_key=True)
    part_id: str = Field(foreign_key="part.id", ondelete="CASCADE")
    kind: str
    text: str


class NameRow(FactoryTable, table=True):
    """A name in the form that `dsdesk.catalog.names` gives it; `level` says how much was left out of it."""

    __tablename__ = "part_name"
    __table_args__ = STRICT | {"sqlite_with_rowid": False}
    key: str = Field(primary_key=True)
    part_id: str = Field(primary_key=True, foreign_key="part.id", ondelete="CASCADE")
    level: int


class PriceRow(PriceColumns, FactoryTable, table=True):
    """A factory price."""

    __tablename__ = "price"
    __table_args__ = STRICT
    id: int | None = Field(default=None, primary_key=True)
    part_id: str = Field(index=True, foreign_key="part.id", ondelete="CASCADE")


class RateRow(FactoryTable, table=True):
    """A dated exchange rate."""

    __tablename__ = "rate"
    __table_args__ = STRICT
    base: str = Field(primary_key=True)
    quote: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    rate: str
    source: str


class MetaRow(FactoryTable, table=True):
    """What the database was built from."""

    __tablename__ = "meta"
    __table_args__ = STRICT
    key: str = Field(primary_key=True)
    value: str


class BatchRow(OwnTable, table=True):
    """One import, which can be taken back as a whole."""

    __tablename__ = "batch"
    __table_args__ = STRICT
    id: int | None = Field(default=None, primary_key=True)
    made_on: str
    what: str
    source: str


class OwnPartRow(PartColumns, OwnTable, table=True):
    """A part of the user's own; `batch_id` is the import that brought it, None when it was typed."""

    __tablename__ = "own_part"
    __table_args__ = STRICT
    batch_id: int | None = Field(default=None, index=True, foreign_key="batch.id", ondelete="CASCADE")


class OwnTextRow(OwnTable, table=True):
    """As `TextRow`."""

    __tablename__ = "own_text"
    __table_args__ = STRICT
    part_id: str = Field(primary_key=True, foreign_key="own_part.id", ondelete="CASCADE")
    kind: str
    position: int
    text: str


class OwnNameRow(OwnTable, table=True):
    """As `NameRow`."""

    __tablename__ = "own_name"
    __table_args__ = STRICT
    key: str = Field(primary_key=True)
    part_id: str = Field(primary_key=True, index=True, foreign_key="own_part.id", ondelete="CASCADE")
    level: int


class OwnPriceRow(PriceColumns, OwnTable, table=True):
    """A price of the user's own, for a part of either database (so no foreign key)."""

    __tablename__ = "own_price"
    __table_args__ = STRICT
    id: int | None = Field(default=None, primary_key=True)
    part_id: str = Field(index=True)
    batch_id: int | None = Field(default=None, index=True, foreign_key="batch.id", ondelete="CASCADE")


class OwnLlmRow(OwnTable, table=True):
    """A language model of the user's own, kept as its config.json."""

    __tablename__ = "own_llm"
    __table_args__ = STRICT
    id: str = Field(primary_key=True)
    name: str
    config: str


class OwnMeasurementRow(OwnTable, table=True):
    """A measurement of the user's own; `facts` holds the fields of `measured.measurement.Measurement` as JSON."""

    __tablename__ = "own_measurement"
    __table_args__ = STRICT
    id: int | None = Field(default=None, primary_key=True)
    facts: str
    used: int


class ReplacedRow(OwnTable, table=True):
    """An own part as it was before an import changed it, for taking the import back."""

    __tablename__ = "replaced"
    __table_args__ = STRICT
    batch_id: int = Field(primary_key=True, foreign_key="batch.id", ondelete="CASCADE")
    part_id: str = Field(primary_key=True)
    row: str
