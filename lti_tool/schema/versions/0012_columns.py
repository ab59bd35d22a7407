"""columns of our own, readings of columns, results of units"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table("line_item") as batch:
        batch.add_column(sa.Column("part", sa.String(length=255), nullable=False, server_default=""))
        batch.drop_constraint(batch.f("uq_line_item_deployment_id_resource_link_id"), type_="unique")
        batch.create_unique_constraint(
            batch.f("uq_line_item_deployment_id_resource_link_id_part"), ["deployment_id", "resource_link_id", "part"]
        )
    with op.batch_alter_table("line_item") as batch:
        batch.alter_column("part", server_default=None)
    with op.batch_alter_table("outgoing_score") as batch:
        batch.add_column(sa.Column("platform_read_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("placement") as batch:
        batch.add_column(sa.Column("unit_maximum", sa.Integer(), nullable=True))
        batch.create_check_constraint(batch.f("ck_placement_unit_maximum_positive"), "unit_maximum > 0")
    op.create_table(
        "own_column",
        sa.Column("line_item_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label_given", sa.Text(), nullable=True),
        sa.Column("score_maximum", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("resource_id", sa.String(length=255), nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("coupled", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=60), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("score_maximum > 0", name=op.f("ck_own_column_maximum_positive")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_own_column_deployment_id_deployment")
        ),
        sa.ForeignKeyConstraint(["line_item_id"], ["line_item.id"], name=op.f("fk_own_column_line_item_id_line_item")),
        sa.PrimaryKeyConstraint("line_item_id", name=op.f("pk_own_column")),
        sa.UniqueConstraint("deployment_id", "url", name=op.f("uq_own_column_deployment_id_url")),
    )
    op.create_index("ix_own_column_due_at", "own_column", ["due_at"])
    op.create_table(
        "column_reading",
        sa.Column("line_item_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=60), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_item_id"], ["line_item.id"], name=op.f("fk_column_reading_line_item_id_line_item")
        ),
        sa.PrimaryKeyConstraint("line_item_id", name=op.f("pk_column_reading")),
    )
    op.create_index("ix_column_reading_due_at", "column_reading", ["due_at"])
    op.create_table(
        "unit_result",
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=60), nullable=False),
        sa.Column("fraction", sa.Numeric(precision=6, scale=5), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("completed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("fraction >= 0 AND fraction <= 1", name=op.f("ck_unit_result_fraction_in_range")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_unit_result_attempt_id_attempt")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_unit_result_participation_id_participation")
        ),
        sa.PrimaryKeyConstraint("participation_id", "unit_id", name=op.f("pk_unit_result")),
    )


def downgrade() -> None:
    """Bring it back. Columns of parts have no place in the older schema; they stay on the platforms."""
    op.drop_table("unit_result")
    op.drop_index("ix_column_reading_due_at", "column_reading")
    op.drop_table("column_reading")
    op.drop_index("ix_own_column_due_at", "own_column")
    op.drop_table("own_column")
    with op.batch_alter_table("placement") as batch:
        batch.drop_constraint(batch.f("ck_placement_unit_maximum_positive"), type_="check")
        batch.drop_column("unit_maximum")
    with op.batch_alter_table("outgoing_score") as batch:
        batch.drop_column("platform_read_at")
    of_parts = "SELECT id FROM line_item WHERE part <> ''"
    of_scores = f"SELECT id FROM outgoing_score WHERE line_item_id IN ({of_parts})"  # noqa: S608  # no value in it
    op.execute(f"DELETE FROM delivery WHERE score_id IN ({of_scores})")  # noqa: S608
    op.execute(f"DELETE FROM outgoing_score WHERE line_item_id IN ({of_parts})")  # noqa: S608
    op.execute(f"DELETE FROM score_clock WHERE line_item_id IN ({of_parts})")  # noqa: S608
    op.execute("DELETE FROM line_item WHERE part <> ''")
    with op.batch_alter_table("line_item") as batch:
        batch.drop_constraint(batch.f("uq_line_item_deployment_id_resource_link_id_part"), type_="unique")
        batch.create_unique_constraint(
            batch.f("uq_line_item_deployment_id_resource_link_id"), ["deployment_id", "resource_link_id"]
        )
        batch.drop_column("part")
