"""who holds scores of a platform is asked at each delivery"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table("outgoing_score", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_score_lease", ["lease_until"], unique=False)


def downgrade() -> None:
    """Bring it back."""
    with op.batch_alter_table("outgoing_score", schema=None) as batch_op:
        batch_op.drop_index("ix_outgoing_score_lease")
