"""The user's own parts, prices and language models, and the imports that brought them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _price_columns() -> list[sa.Column]:
    return [
        sa.Column("amount", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("seller", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("includes_tax", sa.Integer, nullable=False),
        sa.Column("min_quantity", sa.Integer, nullable=False),
    ]


def _batch(*, primary_key: bool = False) -> sa.Column:
    reference = sa.ForeignKey("batch.id", ondelete="CASCADE")
    return sa.Column("batch_id", sa.Integer, reference, primary_key=primary_key, nullable=not primary_key)


def _of_part(**more: object) -> sa.Column:
    return sa.Column("part_id", sa.Text, sa.ForeignKey("own_part.id", ondelete="CASCADE"), primary_key=True, **more)


def upgrade() -> None:
    strict = {"sqlite_strict": True}
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("made_on", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        **strict,
    )
    op.create_table(
        "own_part",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False, index=True),
        sa.Column("shelf", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        _batch(),
        **strict,
    )
    op.create_table(
        "own_text",
        _of_part(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        **strict,
    )
    op.create_table(
        "own_name",
        sa.Column("key", sa.Text, primary_key=True),
        _of_part(index=True),
        sa.Column("level", sa.Integer, nullable=False),
        **strict,
    )
    op.create_table(
        "own_price",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("part_id", sa.Text, nullable=False, index=True),
        *_price_columns(),
        _batch(),
        **strict,
    )
    op.create_table(
        "own_llm",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("config", sa.Text, nullable=False),
        **strict,
    )
    op.create_table(
        "replaced",
        _batch(primary_key=True),
        sa.Column("part_id", sa.Text, primary_key=True),
        sa.Column("row", sa.Text, nullable=False),
        **strict,
    )
    op.create_index("ix_own_part_batch_id", "own_part", ["batch_id"])
    op.create_index("ix_own_price_batch_id", "own_price", ["batch_id"])


def downgrade() -> None:
    for table in ("replaced", "own_llm", "own_price", "own_name", "own_text", "own_part", "batch"):
        op.drop_table(table)
