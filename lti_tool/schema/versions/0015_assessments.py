"""answers that people judge"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonOrNull, JsonValue, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("levels", JsonValue, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('teacher', 'expert', 'peer')", name=op.f("ck_assessment_role_known")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_assessment_answer_id_answer")),
        sa.ForeignKeyConstraint(["assessor_id"], ["identity.id"], name=op.f("fk_assessment_assessor_id_identity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_answer_id", "assessment", ["answer_id"])
    op.create_index("ix_assessment_assessor_id", "assessment", ["assessor_id"])
    with op.batch_alter_table("attempt") as batch:
        batch.add_column(sa.Column("pending", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(batch.f("ck_attempt_pending_not_negative"), "pending >= 0")
    with op.batch_alter_table("attempt") as batch:
        batch.alter_column("pending", server_default=None)
    op.add_column("answer", sa.Column("judgement", JsonOrNull, nullable=True))
    op.create_index(
        "ix_answer_pending",
        "answer",
        ["attempt_id"],
        sqlite_where=sa.text("verdict = 'pending'"),
        postgresql_where=sa.text("verdict = 'pending'"),
    )


def downgrade() -> None:
    """Bring it back. What people found is lost; answers that still wait for them count as wrong."""
    op.drop_index("ix_answer_pending", table_name="answer")
    op.execute("UPDATE answer SET verdict = 'wrong' WHERE verdict = 'pending'")
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("judgement")
    with op.batch_alter_table("attempt") as batch:
        batch.drop_constraint(batch.f("ck_attempt_pending_not_negative"), type_="check")
        batch.drop_column("pending")
    op.drop_table("assessment")
