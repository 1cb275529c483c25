"""Keep what fills a refusal's places beside its name, so that each reader is told in their language.

Lines written before hold a finished English sentence and no facts; they stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("facts", sa.JSON(), nullable=True))


def downgrade() -> None:
    # Not by a copy of the table: the triggers that guard it would be lost.
    op.execute("ALTER TABLE audit_event DROP COLUMN facts")
