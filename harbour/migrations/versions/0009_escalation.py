"""Keep who answered an urge, the reply to an order and how it ended, and what came back."""

import sqlalchemy as sa
from alembic import op

from harbour.models.base import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OUTCOMES = "outcome IS NULL OR outcome IN ('carried_out', 'partly', 'not_carried_out')"


def upgrade() -> None:
    with op.batch_alter_table("urge") as batch_op:
        batch_op.add_column(sa.Column("answered_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_urge_answered_by_id"), "user_account", ["answered_by_id"], ["id"]
        )
    with op.batch_alter_table("supervision_order") as batch_op:
        batch_op.add_column(sa.Column("reply_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replied_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=16), nullable=True))
        batch_op.add_column(
            sa.Column("outcome_words", sa.Text(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("concluded_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("concluded_at", Moment(), nullable=True))
        for column in ("reply_by_id", "concluded_by_id"):
            batch_op.create_foreign_key(
                op.f(f"fk_supervision_order_{column}"), "user_account", [column], ["id"]
            )
        batch_op.create_check_constraint(op.f("ck_supervision_order_outcome_known"), OUTCOMES)
        batch_op.create_index("ix_supervision_order_newest", ["street_id", "id"])
    with op.batch_alter_table("supervision_order") as batch_op:
        batch_op.alter_column("outcome_words", existing_type=sa.Text(), server_default=None)
    op.create_table(
        "relapse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_relapse_by_id")),
        sa.ForeignKeyConstraint(
            ["community_id", "concern_id"],
            ["concern.community_id", "concern.id"],
            name=op.f("fk_relapse_community_id_concern_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "task_id"],
            ["task.community_id", "task.id"],
            name=op.f("fk_relapse_community_id_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_relapse_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relapse")),
        sa.UniqueConstraint("concern_id", name=op.f("uq_relapse_concern_id")),
    )
    op.create_index(op.f("ix_relapse_task_id"), "relapse", ["task_id"])


def downgrade() -> None:
    op.drop_table("relapse")
    with op.batch_alter_table("supervision_order") as batch_op:
        batch_op.drop_index("ix_supervision_order_newest")
        batch_op.drop_constraint(op.f("ck_supervision_order_outcome_known"), type_="check")
        for column in ("reply_by_id", "concluded_by_id"):
            batch_op.drop_constraint(op.f(f"fk_supervision_order_{column}"), type_="foreignkey")
        for column in (
            "concluded_at", "concluded_by_id", "outcome_words", "outcome", "replied_at",
            "reply_by_id",
        ):  # fmt: skip
            batch_op.drop_column(column)
    with op.batch_alter_table("urge") as batch_op:
        batch_op.drop_constraint(op.f("fk_urge_answered_by_id"), type_="foreignkey")
        batch_op.drop_column("answered_by_id")
