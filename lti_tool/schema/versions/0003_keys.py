"""Keys whose private half is destroyed, when platforms were asked for theirs, tokens of deployments.

Two of the tables are caches: they are made anew and fill themselves.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonValue, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table("tool_key") as batch:
        batch.alter_column("private_pem", existing_type=sa.LargeBinary(), nullable=True)
    op.drop_table("platform_keys")
    op.create_table(
        "platform_keys",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("document", JsonValue, nullable=True),
        sa.Column("fetched_at", UtcDateTime(), nullable=True),
        sa.Column("fresh_until", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("missed_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_platform_keys")),
    )
    op.create_index("ix_platform_keys_fresh_until", "platform_keys", ["fresh_until"])
    op.drop_table("access_token")
    op.create_table(
        "access_token",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("granted", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("renew_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_access_token_platform_id_platform")),
        sa.PrimaryKeyConstraint("platform_id", "deployment_id", "scopes", name=op.f("pk_access_token")),
    )


def downgrade() -> None:
    """Lead back to the former revision."""
    op.drop_table("access_token")
    op.create_table(
        "access_token",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("granted", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_access_token_platform_id_platform")),
        sa.PrimaryKeyConstraint("platform_id", "scopes", name=op.f("pk_access_token")),
    )
    op.drop_index("ix_platform_keys_fresh_until", "platform_keys")
    op.drop_table("platform_keys")
    op.create_table(
        "platform_keys",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("document", JsonValue, nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.Column("fresh_until", UtcDateTime(), nullable=False),
        sa.Column("missed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_platform_keys")),
    )
    op.execute("DELETE FROM tool_key WHERE private_pem IS NULL")
    with op.batch_alter_table("tool_key") as batch:
        batch.alter_column("private_pem", existing_type=sa.LargeBinary(), nullable=False)
