"""rosters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonValue, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "roster",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("resource_link_id", sa.String(length=255), nullable=False),
        sa.Column("members_url", sa.Text(), nullable=True),
        sa.Column("groups_url", sa.Text(), nullable=True),
        sa.Column("group_sets_url", sa.Text(), nullable=True),
        sa.Column("differences_url", sa.Text(), nullable=True),
        sa.Column("has_groups", sa.Boolean(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=60), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("whole_at", UtcDateTime(), nullable=True),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_roster_context_id_context")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint("context_id", "resource_link_id", name=op.f("uq_roster_context_id_resource_link_id")),
    )
    op.create_index("ix_roster_due_at", "roster", ["due_at"])
    op.create_table(
        "membership",
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("groups_told", sa.Text(), nullable=True),
        sa.Column("came_to_teach", sa.Boolean(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('learner', 'teacher', 'other')", name=op.f("ck_membership_role_known")),
        sa.CheckConstraint("status IN ('active', 'inactive', 'removed')", name=op.f("ck_membership_status_known")),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_membership_identity_id_identity")),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_membership_roster_id_roster")),
        sa.PrimaryKeyConstraint("roster_id", "identity_id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_identity_id", "membership", ["identity_id"])
    op.create_table(
        "course_group",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("set_names", JsonValue, nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_course_group_context_id_context")),
        sa.PrimaryKeyConstraint("context_id", "group_id", name=op.f("pk_course_group")),
    )
    op.create_table(
        "group_membership",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.String(length=255), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_group_membership_context_id_context")),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_group_membership_identity_id_identity")
        ),
        sa.PrimaryKeyConstraint("context_id", "group_id", "identity_id", name=op.f("pk_group_membership")),
    )
    op.create_index("ix_group_membership_identity_id", "group_membership", ["identity_id"])


def downgrade() -> None:
    """Lead back."""
    op.drop_table("group_membership")
    op.drop_table("course_group")
    op.drop_table("membership")
    op.drop_table("roster")
