"""finding packs, and the terms of a placement"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from lti_tool.db import JsonValue, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RELEASE = sa.table(
    "pack_release",
    sa.column("id", sa.Uuid()),
    sa.column("document", sa.Text()),
    sa.column("units", JsonValue),
    sa.column("place", sa.String()),
)


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table("pack_release") as batch:
        batch.add_column(sa.Column("school_id", sa.Uuid()))
        for name, empty in (("grades", "[]"), ("fields", "[]"), ("skills", "{}"), ("units", "[]")):
            batch.add_column(sa.Column(name, JsonValue, nullable=False, server_default=empty))
        batch.add_column(sa.Column("place", sa.String(length=20)))
        batch.create_foreign_key(op.f("fk_pack_release_school_id_school"), "school", ["school_id"], ["id"])
        batch.create_index("ix_pack_release_published_at", ["published_at"])
    # Releases never change, so what is newly asked of them is read out of their documents once.
    connection = op.get_bind()
    for release_id in connection.scalars(sa.select(_RELEASE.c.id)).all():
        document: str = connection.scalars(sa.select(_RELEASE.c.document).where(_RELEASE.c.id == release_id)).one()
        units = json.loads(document)["units"]
        connection.execute(
            _RELEASE.update()
            .where(_RELEASE.c.id == release_id)
            .values(
                units=[unit["title"] for unit in units],
                place=next((unit["place"] for unit in units if unit.get("place")), None),
            )
        )
    with op.batch_alter_table("pack_release") as batch:
        for name in ("grades", "fields", "skills", "units"):
            batch.alter_column(name, server_default=None)
    with op.batch_alter_table("placement") as batch:
        batch.add_column(sa.Column("attempts_allowed", sa.Integer()))
        for name in ("opens_at", "due_at", "closes_at"):
            batch.add_column(sa.Column(name, UtcDateTime()))
        batch.add_column(sa.Column("named", JsonValue, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("ignored", JsonValue, nullable=False, server_default="[]"))
        batch.create_check_constraint(op.f("ck_placement_attempts_allowed_not_negative"), "attempts_allowed >= 0")
    with op.batch_alter_table("placement") as batch:
        for name in ("named", "ignored"):
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take the database back to the revision before."""
    with op.batch_alter_table("placement") as batch:
        batch.drop_constraint(op.f("ck_placement_attempts_allowed_not_negative"), type_="check")
        for name in ("ignored", "named", "closes_at", "due_at", "opens_at", "attempts_allowed"):
            batch.drop_column(name)
    with op.batch_alter_table("pack_release") as batch:
        batch.drop_index("ix_pack_release_published_at")
        batch.drop_constraint(op.f("fk_pack_release_school_id_school"), type_="foreignkey")
        for name in ("place", "units", "skills", "fields", "grades", "school_id"):
            batch.drop_column(name)
