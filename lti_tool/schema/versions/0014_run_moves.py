"""moves of tasks that are played"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonValue, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "run_move",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.String(length=125), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("move", JsonValue, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_run_move_number_not_negative")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_run_move_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "task_id", "try_number", "number", name=op.f("pk_run_move")),
        sa.UniqueConstraint("attempt_id", "submission", name=op.f("uq_run_move_attempt_id_submission")),
    )


def downgrade() -> None:
    """Bring it back. The moves of runs under way are lost; those of finished ones stand in their answers."""
    op.drop_table("run_move")
