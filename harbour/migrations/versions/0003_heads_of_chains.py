"""Keep the head of every chain, sealed: lines cut off a chain's end leave no gap behind them.

Chains that were written before get the head of their last line.
"""

import json

import sqlalchemy as sa
from alembic import op

from harbour.extensions import seal

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    heads = op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=24), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_head_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
        sa.UniqueConstraint("chain", name=op.f("uq_ledger_head_chain")),
    )
    last = op.get_bind().execute(
        sa.text(
            "SELECT chain, seq, digest, community_id FROM audit_event AS line WHERE seq = "
            "(SELECT max(seq) FROM audit_event AS other WHERE other.chain = line.chain)"
        )
    )
    kept = [
        {
            "chain": line.chain,
            "lines": line.seq,
            "digest": line.digest,
            "seal": seal.digest(json.dumps(["head", line.chain, line.seq, line.digest])),
            "community_id": line.community_id,
        }
        for line in last
    ]
    if kept:
        op.bulk_insert(heads, kept)


def downgrade() -> None:
    op.drop_table("ledger_head")
