"""Keep what is to be sent with the change it tells of, and how each person wants to be told."""

import sqlalchemy as sa
from alembic import op

from harbour.models.base import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("digest_on", sa.Boolean(), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_telling_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling")),
        sa.UniqueConstraint("user_id", name=op.f("uq_telling_user_id")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("told_as", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_notice_community_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notice_user_id_key")),
    )
    op.create_index("ix_notice_newest", "notice", ["user_id", "id"], unique=False)
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "robot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hook", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('email', 'wecom', 'dingtalk', 'feishu', 'webhook')",
            name=op.f("ck_robot_channel_known"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compound.community_id", "compound.id"],
            name=op.f("fk_robot_community_id_compound_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_robot_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot")),
    )
    op.create_index("ix_robot_of_community", "robot", ["community_id", "compound_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("robot_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("told_as", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('email', 'wecom', 'dingtalk', 'feishu', 'webhook')",
            name=op.f("ck_delivery_channel_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'dropped', 'dead')", name=op.f("ck_delivery_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_delivery_community_id")
        ),
        sa.ForeignKeyConstraint(["robot_id"], ["robot.id"], name=op.f("fk_delivery_robot_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_delivery_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )
    op.create_index(
        "ix_delivery_dead",
        "delivery",
        ["settled_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index("ix_delivery_of_person", "delivery", ["user_id", "action", "id"], unique=False)
    op.create_index(op.f("ix_delivery_robot_id"), "delivery", ["robot_id"], unique=False)
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_delivery_waiting",
        table_name="delivery",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_delivery_robot_id"), table_name="delivery")
    op.drop_index("ix_delivery_of_person", table_name="delivery")
    op.drop_index(
        "ix_delivery_dead",
        table_name="delivery",
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.drop_table("delivery")
    op.drop_index("ix_robot_of_community", table_name="robot")
    op.drop_table("robot")
    op.drop_index(
        "ix_notice_unread",
        table_name="notice",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index("ix_notice_newest", table_name="notice")
    op.drop_table("notice")
    op.drop_table("telling")
