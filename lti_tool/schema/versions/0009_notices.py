"""notices of platforms"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonValue, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "notice_subscription",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", JsonValue, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_notice_subscription_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("deployment_id", name=op.f("pk_notice_subscription")),
    )
    op.create_index(op.f("ix_notice_subscription_due_at"), "notice_subscription", ["due_at"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("context_id", sa.String(length=255), nullable=True),
        sa.Column("origins", JsonValue, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_notice_deployment_id_deployment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("deployment_id", "notice_id", name=op.f("uq_notice_deployment_id_notice_id")),
    )
    op.create_index(op.f("ix_notice_handled_at"), "notice", ["handled_at"])
    op.create_table(
        "spent_nonce",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("nonce_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_spent_nonce_platform_id_platform")),
        sa.PrimaryKeyConstraint("platform_id", "nonce_hash", name=op.f("pk_spent_nonce")),
    )
    op.create_index(op.f("ix_spent_nonce_expires_at"), "spent_nonce", ["expires_at"])


def downgrade() -> None:
    """Lead back."""
    for table in ("spent_nonce", "notice", "notice_subscription"):
        op.drop_table(table)
