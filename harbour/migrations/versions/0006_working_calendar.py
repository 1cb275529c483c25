"""Keep the working calendar as the harbour's own table, each year official or provisional.

It begins with the arrangements that come with the product, and with the holidays the law names for
a year whose arrangement has not been published yet.
"""

import sqlalchemy as sa
from alembic import op

from harbour.domain.calendar import DayKind, expected_days, shipped_days
from harbour.models.calendar import digest_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SHIPPED = "国务院办公厅节假日安排通知"
EXPECTED = "全国年节及纪念日放假办法(推算)"


def upgrade() -> None:
    years = op.create_table(
        "calendar_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "year BETWEEN 2000 AND 2100", name=op.f("ck_calendar_year_year_plausible")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_year")),
        sa.UniqueConstraint("year", name=op.f("uq_calendar_year_year")),
    )
    days = op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["year"], ["calendar_year.year"], name=op.f("fk_calendar_day_year")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
    )
    op.create_index(op.f("ix_calendar_day_year"), "calendar_day", ["year"])
    editions = op.create_table(
        "calendar_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_edition")),
    )
    op.create_table(
        "arrangement_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_arrangement_draft_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangement_draft")),
    )
    op.create_index(op.f("ix_arrangement_draft_by_id"), "arrangement_draft", ["by_id"])
    seed(years, days, editions)


def seed(years: sa.Table, days: sa.Table, editions: sa.Table) -> None:
    """Put the first arrangements in."""
    known = [(True, SHIPPED, one) for one in shipped_days()]
    known += [(False, EXPECTED, one) for one in expected_days()]
    told = {one.day.year: (official, source) for official, source, one in known}
    op.bulk_insert(
        years,
        [
            {"year": year, "official": official, "source": source, "version": 1}
            for year, (official, source) in told.items()
        ],
    )
    op.bulk_insert(
        days,
        [
            {
                "year": one.day.year,
                "day": one.day,
                "is_workday": one.kind is DayKind.MAKEUP_WORKDAY,
                "name_zh": one.name,
                "source": source,
            }
            for _, source, one in known
        ],
    )
    digest = digest_of(
        ((year, official) for year, (official, _) in told.items()), (one for *_, one in known)
    )
    op.bulk_insert(editions, [{"id": 1, "digest": digest}])


def downgrade() -> None:
    for table in ("arrangement_draft", "calendar_edition", "calendar_day", "calendar_year"):
        op.drop_table(table)
