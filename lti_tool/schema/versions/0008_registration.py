"""registration: invitations, platforms that registered themselves and what they granted"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonValue, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ADDED: dict[str, Any] = {
    "granted_scopes": JsonValue,
    "granted_messages": JsonValue,
    "openid_configuration": sa.Text(),
    "registration_client_uri": sa.Text(),
    "registration_access_token": sa.LargeBinary(),
}


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table("platform") as batch:
        batch.add_column(sa.Column("state", sa.String(length=20), nullable=False, server_default="active"))
        batch.add_column(sa.Column("accept_deployments", sa.Boolean(), nullable=False, server_default=sa.false()))
        for name, kind in ADDED.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
    platform = sa.table("platform", sa.column("active", sa.Boolean()), sa.column("state", sa.String()))
    op.execute(platform.update().where(platform.c.active.is_(sa.false())).values(state="off"))
    with op.batch_alter_table("platform") as batch:
        batch.alter_column("state", server_default=None)
        batch.alter_column("accept_deployments", server_default=None)
        batch.drop_column("active")
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("platform_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_invitation_school_id_school")),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_invitation_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index("ix_invitation_school_id", "invitation", ["school_id"])
    op.create_table(
        "connection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("binding_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("configuration", JsonValue, nullable=False),
        sa.Column("registration_token", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("platform_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_connection_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_connection_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_connection_ticket_hash")),
    )
    op.create_index("ix_connection_expires_at", "connection", ["expires_at"])
    op.create_index("ix_connection_invitation_id", "connection", ["invitation_id"])


def downgrade() -> None:
    """Take the database back to the revision before. Platforms that wait for approval are switched off."""
    op.drop_table("connection")
    op.drop_table("invitation")
    with op.batch_alter_table("platform") as batch:
        batch.add_column(sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    platform = sa.table("platform", sa.column("active", sa.Boolean()), sa.column("state", sa.String()))
    op.execute(platform.update().where(platform.c.state != "active").values(active=False))
    with op.batch_alter_table("platform") as batch:
        batch.alter_column("active", server_default=None)
        batch.drop_column("state")
        batch.drop_column("accept_deployments")
        for name in ADDED:
            batch.drop_column(name)
