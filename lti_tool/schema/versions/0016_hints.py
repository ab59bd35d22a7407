"""hints in steps, and what they cost"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision. Until now a task had one hint, and it was free."""
    with op.batch_alter_table("hint_shown") as batch:
        batch.add_column(sa.Column("count", sa.Integer(), nullable=False, server_default="1"))
        batch.create_check_constraint(batch.f("ck_hint_shown_count_positive"), "count > 0")
    with op.batch_alter_table("hint_shown") as batch:
        batch.alter_column("count", server_default=None)
    with op.batch_alter_table("answer") as batch:
        batch.add_column(sa.Column("hints", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("answer") as batch:
        batch.alter_column("hints", server_default=None)


def downgrade() -> None:
    """Bring it back. How many hints an answer came after is lost; its points stay as they are."""
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("hints")
    with op.batch_alter_table("hint_shown") as batch:
        batch.drop_constraint(batch.f("ck_hint_shown_count_positive"), type_="check")
        batch.drop_column("count")
