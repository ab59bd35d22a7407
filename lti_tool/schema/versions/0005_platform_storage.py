"""platform storage and own windows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table("login_state") as batch_op:
        batch_op.add_column(sa.Column("storage_target", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("waiting", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("waiting_since", UtcDateTime(), nullable=True))
    with op.batch_alter_table("visit") as batch_op:
        batch_op.add_column(sa.Column("storage_target", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("window_hash", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("window_until", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take it back. Visits whose secret the platform keeps end with it."""
    with op.batch_alter_table("visit") as batch_op:
        for column in ("window_until", "window_hash", "storage_target"):
            batch_op.drop_column(column)
    with op.batch_alter_table("login_state") as batch_op:
        for column in ("waiting_since", "waiting", "storage_target"):
            batch_op.drop_column(column)
