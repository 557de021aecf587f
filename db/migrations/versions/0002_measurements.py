"""Measurements of the user's own, with which forecasts of their machines are calibrated."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_measurement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("own_measurement")
