"""Guard the record by the database itself, and lay the search index.

Ledger lines and final minutes refuse UPDATE and DELETE by trigger on both engines. The search
tables are derived: FTS5 over pairs of characters on SQLite, tsvector with GIN on PostgreSQL.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDED = ("audit_event", "minutes_revision")
SEARCHED = ("concern", "proposal", "task", "meeting")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table in GUARDED:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for kind in SEARCHED:
        op.execute(
            f"CREATE VIRTUAL TABLE search_{kind} USING fts5(document, plain UNINDEXED, "
            "tokenize = 'unicode61')"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    for kind in SEARCHED:
        op.execute(
            f"CREATE TABLE search_{kind} (id bigint PRIMARY KEY, vector tsvector NOT NULL, "
            "plain text NOT NULL)"
        )
        op.execute(f"CREATE INDEX ix_search_{kind}_vector ON search_{kind} USING gin (vector)")
        op.execute(f"ALTER TABLE search_{kind} ALTER COLUMN vector SET STATISTICS 1000")


def downgrade() -> None:
    for kind in SEARCHED:
        op.execute(f"DROP TABLE search_{kind}")
    if op.get_bind().dialect.name == "sqlite":
        for table in GUARDED:
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
        return
    for table in GUARDED:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP FUNCTION append_only()")
