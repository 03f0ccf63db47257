"""special channel, bindings and exceptions that are proposed and granted

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.records.base import UtcDateTime

revision = '0006'
down_revision = '0005'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.add_column('enrolment_code', sa.Column('binding_confirmed_by', ID, nullable=True))
    op.add_column('enrolment_code', sa.Column('binding_confirmed_at', UtcDateTime(), nullable=True))
    op.create_table('exception_proposal',
    sa.Column('id', ID, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('code_id', ID, nullable=True),
    sa.Column('account_id', ID, nullable=True),
    sa.Column('batch_id', ID, nullable=True),
    sa.Column('plan_year', sa.String(length=10), nullable=True),
    sa.Column('values', JSON, nullable=False),
    sa.Column('changes', JSON, nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('proposed_by', ID, nullable=False),
    sa.Column('proposed_at', UtcDateTime(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', ID, nullable=True),
    sa.Column('decision_reason', sa.String(length=500), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_exception_proposal_account_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_exception_proposal_batch_id')),
    sa.ForeignKeyConstraint(['code_id'], ['enrolment_code.id'], name=op.f('fk_exception_proposal_code_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_exception_proposal_decided_by')),
    sa.ForeignKeyConstraint(['plan_year'], ['plan_year.year'], name=op.f('fk_exception_proposal_plan_year')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_exception_proposal_proposed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exception_proposal'))
    )
    op.create_index('ix_exception_proposal_state_proposed_at', 'exception_proposal', ['state', 'proposed_at'])
    op.create_index('ix_exception_proposal_code_id', 'exception_proposal', ['code_id'])
    op.create_index('ix_exception_proposal_batch_id', 'exception_proposal', ['batch_id'])
    op.create_table('special_grant',
    sa.Column('id', ID, nullable=False),
    sa.Column('code_id', ID, nullable=False),
    sa.Column('plan_year', sa.String(length=10), nullable=False),
    sa.Column('ratio_exempt', sa.Boolean(), nullable=False),
    sa.Column('central_extension_until', UtcDateTime(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('granted_by', ID, nullable=False),
    sa.Column('granted_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['enrolment_code.id'], name=op.f('fk_special_grant_code_id')),
    sa.ForeignKeyConstraint(['granted_by'], ['account.id'], name=op.f('fk_special_grant_granted_by')),
    sa.ForeignKeyConstraint(['plan_year'], ['plan_year.year'], name=op.f('fk_special_grant_plan_year')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_special_grant')),
    sa.UniqueConstraint('code_id', 'plan_year', name=op.f('uq_special_grant_code_id_plan_year'))
    )
