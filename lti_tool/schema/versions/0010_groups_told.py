"""groups told: kept with the person's coming, not with the list"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    op.add_column("participation", sa.Column("groups_told", sa.Text(), nullable=True))
    with op.batch_alter_table("membership") as batch:
        batch.drop_column("groups_told")
        batch.drop_column("came_to_teach")


def downgrade() -> None:
    """Lead back."""
    op.add_column("membership", sa.Column("came_to_teach", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("membership", sa.Column("groups_told", sa.Text(), nullable=True))
    with op.batch_alter_table("membership") as batch:
        batch.alter_column("came_to_teach", server_default=None)
    with op.batch_alter_table("participation") as batch:
        batch.drop_column("groups_told")
