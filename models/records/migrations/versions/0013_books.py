"""reports of the books; what was erased, and the indexes that find what is to be erased

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.records.base import UtcDateTime

revision = '0013'
down_revision = '0012'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
EXPIRED = sa.text('expired_at IS NOT NULL AND erased_at IS NULL')
WHOLE = sa.text('erased_at IS NULL')


def upgrade() -> None:
    op.create_table('reconciliation',
    sa.Column('id', ID, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('plan_year', sa.String(length=10), nullable=False),
    sa.Column('period', UtcDateTime(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('compared', sa.Integer(), nullable=False),
    sa.Column('expected', sa.BigInteger(), nullable=False),
    sa.Column('found', sa.BigInteger(), nullable=False),
    sa.Column('disagreeing', sa.Integer(), nullable=False),
    sa.Column('named', JSON, nullable=False),
    sa.ForeignKeyConstraint(['plan_year'], ['plan_year.year'], name=op.f('fk_reconciliation_plan_year')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliation')),
    sa.UniqueConstraint('kind', 'plan_year', 'period', name=op.f('uq_reconciliation_kind_plan_year_period'))
    )
    op.add_column('batch', sa.Column('erased_at', UtcDateTime(), nullable=True))
    op.create_index('ix_batch_to_erase', 'batch', ['expired_at'], postgresql_where=EXPIRED, sqlite_where=EXPIRED)
    op.add_column('roster_import', sa.Column('erased_at', UtcDateTime(), nullable=True))
    op.create_index(
        'ix_roster_import_to_erase', 'roster_import', ['received_at'], postgresql_where=WHOLE, sqlite_where=WHOLE
    )


def downgrade() -> None:
    op.drop_index('ix_roster_import_to_erase', 'roster_import')
    op.drop_column('roster_import', 'erased_at')
    op.drop_index('ix_batch_to_erase', 'batch')
    op.drop_column('batch', 'erased_at')
    op.drop_table('reconciliation')
