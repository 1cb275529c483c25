"""Keep what the clock has done: each slot once, however many workers run."""

import sqlalchemy as sa
from alembic import op

from harbour.models.base import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NOT_DONE = sa.text("done_at IS NULL")
CARRIED_OVER = sa.text("state = 'backlog' AND carried > 0")


def upgrade() -> None:
    op.create_table(
        "clock_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_at", Moment(), nullable=True),
        sa.Column("trouble", sa.String(length=400), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_clock_slot_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_slot")),
        sa.UniqueConstraint(
            "duty", "subject_id", "at", name=op.f("uq_clock_slot_duty_subject_id_at")
        ),
    )
    op.create_index(
        "ix_clock_slot_not_done", "clock_slot", ["try_at", "id"],
        sqlite_where=NOT_DONE, postgresql_where=NOT_DONE,
    )  # fmt: skip
    op.create_index("ix_clock_slot_done", "clock_slot", ["done_at"])
    op.create_table(
        "clock_worker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_worker")),
        sa.UniqueConstraint("name", name=op.f("uq_clock_worker_name")),
    )
    op.create_index(
        "ix_proposal_carried_over", "proposal", ["waits_since", "id"],
        sqlite_where=CARRIED_OVER, postgresql_where=CARRIED_OVER,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_proposal_carried_over", "proposal")
    op.drop_table("clock_worker")
    op.drop_table("clock_slot")
