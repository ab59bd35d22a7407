"""copies of courses, visitors without a name"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "context_origin",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.String(length=255), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_context_origin_deployment_id_deployment")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["context.id"], name=op.f("fk_context_origin_origin_id_context")),
        sa.PrimaryKeyConstraint("deployment_id", "context_id", "origin_id", name=op.f("pk_context_origin")),
    )
    with op.batch_alter_table("placement") as batch:
        batch.add_column(sa.Column("copied_from_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("copy_told_at", UtcDateTime(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_placement_copied_from_id_placement"), "placement", ["copied_from_id"], ["id"]
        )
        batch.create_index(batch.f("ix_placement_context_id"), ["context_id"])
    op.create_index(op.f("ix_outgoing_score_identity_id"), "outgoing_score", ["identity_id"])
    op.add_column("identity", sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("participation", sa.Column("taught", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Until now only teachers were marked so.
    participation = sa.table("participation", sa.column("taught", sa.Boolean), sa.column("preview", sa.Boolean))
    op.execute(participation.update().values(taught=participation.c.preview))
    with op.batch_alter_table("identity") as batch:
        batch.alter_column("anonymous", server_default=None)
    with op.batch_alter_table("participation") as batch:
        batch.alter_column("taught", server_default=None)
        batch.create_index(batch.f("ix_participation_identity_id"), ["identity_id"])


def downgrade() -> None:
    """Lead back."""
    op.drop_index(op.f("ix_outgoing_score_identity_id"), "outgoing_score")
    with op.batch_alter_table("participation") as batch:
        batch.drop_index(batch.f("ix_participation_identity_id"))
        batch.drop_column("taught")
    with op.batch_alter_table("identity") as batch:
        batch.drop_column("anonymous")
    with op.batch_alter_table("placement") as batch:
        batch.drop_index(batch.f("ix_placement_context_id"))
        batch.drop_constraint(batch.f("fk_placement_copied_from_id_placement"), type_="foreignkey")
        batch.drop_column("copy_told_at")
        batch.drop_column("copied_from_id")
    op.drop_table("context_origin")
