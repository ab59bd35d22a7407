"""The last connection check of each platform, and who of the visitors looks after the LMS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonValue, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.add_column("visit", sa.Column("administrator", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "connection_check",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("begun_by", sa.String(length=20), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.Column("identity_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("steps", JsonValue, nullable=False),
        sa.Column("test_container", sa.Text(), nullable=True),
        sa.Column("test_column", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_connection_check_platform_id_platform")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_connection_check_placement_id_placement")
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_connection_check_identity_id_identity")
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_connection_check")),
    )


def downgrade() -> None:
    """Lead back to the former revision."""
    op.drop_table("connection_check")
    with op.batch_alter_table("visit") as batch:
        batch.drop_column("administrator")
