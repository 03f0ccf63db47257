"""how far the jobs of the calendar have come

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.records.base import UtcDateTime

revision = '0011'
down_revision = '0010'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('scheduled_job',
    sa.Column('code', sa.String(length=3), nullable=False),
    sa.Column('period', UtcDateTime(), nullable=False),
    sa.Column('job_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_scheduled_job_job_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_scheduled_job'))
    )


def downgrade() -> None:
    op.drop_table('scheduled_job')
