"""Keep what is asked for beside a task: more time, a return, a rest, a reopening.

Of one task one request waits at a time. A due date says which request moved it; those that were
written before were moved by none.
"""

import sqlalchemy as sa
from alembic import op

from harbour.models.base import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("state IN ('disputed', 'forwarded', 'pending')")
KNOWN = {
    "kind_known": "kind IN ('extension', 'return', 'hold', 'reopen')",
    "state_known": "state IN ('pending', 'forwarded', 'disputed', 'granted', 'refused', "
    "'withdrawn', 'lapsed')",
    "return_reason_known": "return_reason IS NULL OR return_reason IN ('wrong_compound', "
    "'not_contract_duty', 'other_unit_duty', 'duplicate', 'unclear')",
    "hold_reason_known": "hold_reason IS NULL OR hold_reason IN ('season', 'funds', 'owners', "
    "'other_unit', 'material', 'legal', 'other')",
    "return_says_why": "(kind = 'return') = (return_reason IS NOT NULL)",
    "extension_wishes": "(kind = 'extension') = (wished_on IS NOT NULL)",
    "hold_is_reviewed": "(kind = 'hold') = (hold_reason IS NOT NULL AND review_on IS NOT NULL)",
    "only_holds_forwarded": "kind = 'hold' OR state <> 'forwarded'",
    "only_returns_disputed": "kind = 'return' OR state <> 'disputed'",
    "reopening_never_lapses": "kind <> 'reopen' OR state <> 'lapsed'",
}


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("by_street", sa.Boolean(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=True),
        sa.Column("asker_name", sa.String(length=80), nullable=False),
        sa.Column("asker_role", sa.String(length=24), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.String(length=20), nullable=True),
        sa.Column("hold_reason", sa.String(length=20), nullable=True),
        sa.Column("what_first", sa.Text(), nullable=False),
        sa.Column("wished_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_role", sa.String(length=24), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(says, name=op.f(f"ck_request_{name}"))
            for name, says in KNOWN.items()
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["user_account.id"], name=op.f("fk_request_asker_id")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_request_firm_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_request_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_request_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "task_id"],
            ["task.community_id", "task.id"],
            name=op.f("fk_request_community_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_request_community_id_id")),
    )
    op.create_index("ix_request_of_task", "request", ["task_id", "id"])
    op.create_index("ix_request_of_firm", "request", ["firm_id", "id"])
    op.create_index(
        "uq_request_waiting_of_task",
        "request",
        ["task_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_request_waiting",
        "request",
        ["community_id", "kind", "asked_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    with op.batch_alter_table("due_change") as due_change:
        due_change.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        due_change.create_foreign_key(
            op.f("fk_due_change_community_id_request_id"),
            "request",
            ["community_id", "request_id"],
            ["community_id", "id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("due_change") as due_change:
        due_change.drop_constraint(
            op.f("fk_due_change_community_id_request_id"), type_="foreignkey"
        )
        due_change.drop_column("request_id")
    op.drop_table("request")
