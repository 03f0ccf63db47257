"""validation, promise, pledge, premium, deadlines

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.records.base import UtcDateTime

revision = '0003'
down_revision = '0002'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    _widen_batch()
    for name, kind in (
        ('promised_at', UtcDateTime()),
        ('promised_by', ID),
        ('promise_version', sa.String(length=20)),
        ('over_age', sa.Boolean()),
        ('charge_fen', sa.Integer()),
    ):
        op.add_column('batch_person', sa.Column(name, kind, nullable=True))
    op.add_column('claim', sa.Column('si_unit_code', sa.String(length=20), nullable=True))
    op.add_column('job', sa.Column('params', JSON, server_default='{}', nullable=False))
    op.create_index(
        'ix_batch_person_passport',
        'batch_person',
        ['name', 'birth', 'sex'],
        postgresql_where=sa.text("id_type = 'passport'"),
        sqlite_where=sa.text("id_type = 'passport'"),
    )
    op.create_index('ix_claim_si_unit_code', 'claim', ['si_unit_code', 'plan_year'])
    op.create_table('validation_report',
    sa.Column('batch_id', ID, nullable=False),
    sa.Column('job_id', ID, nullable=True),
    sa.Column('roster_version', sa.Integer(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('reference', sa.Date(), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.Column('counts', JSON, nullable=False),
    sa.Column('ratios', JSON, nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_validation_report_batch_id')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_validation_report_job_id')),
    sa.PrimaryKeyConstraint('batch_id', name=op.f('pk_validation_report'))
    )
    op.create_table('validation_finding',
    sa.Column('id', ID, nullable=False),
    sa.Column('batch_id', ID, nullable=False),
    sa.Column('check', sa.String(length=3), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('values', JSON, nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_validation_finding_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_validation_finding'))
    )
    op.create_index('ix_validation_finding_batch_id_check', 'validation_finding', ['batch_id', 'check', 'id'])
    op.create_table('pledge_acceptance',
    sa.Column('batch_id', ID, nullable=False),
    sa.Column('version', sa.String(length=20), nullable=False),
    sa.Column('text_sha256', sa.String(length=64), nullable=False),
    sa.Column('roster_sha256', sa.String(length=64), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('ip', sa.String(length=45), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_pledge_acceptance_account_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_pledge_acceptance_batch_id')),
    sa.PrimaryKeyConstraint('batch_id', name=op.f('pk_pledge_acceptance'))
    )
    op.create_table('premium_preview',
    sa.Column('batch_id', ID, nullable=False),
    sa.Column('token', sa.String(length=24), nullable=False),
    sa.Column('roster_version', sa.Integer(), nullable=False),
    sa.Column('plan_loaded_at', UtcDateTime(), nullable=False),
    sa.Column('projects', JSON, nullable=False),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('premium', JSON, nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_premium_preview_batch_id')),
    sa.PrimaryKeyConstraint('batch_id', name=op.f('pk_premium_preview'))
    )
    op.create_table('retired_override',
    sa.Column('plan_year', sa.String(length=10), nullable=False),
    sa.Column('id_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_retired_override_account_id')),
    sa.ForeignKeyConstraint(['plan_year'], ['plan_year.year'], name=op.f('fk_retired_override_plan_year')),
    sa.PrimaryKeyConstraint('plan_year', 'id_digest', name=op.f('pk_retired_override'))
    )


def _widen_batch() -> None:
    for name in ('ratio_exempt', 'projects_locked'):
        op.add_column('batch', sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    for name, kind in (
        ('central_extension_until', UtcDateTime()),
        ('withdrawn_at', UtcDateTime()),
        ('total_fen', sa.BigInteger()),
        ('confirm_since', sa.Date()),
        ('payment_due_on', sa.Date()),
        ('payment_cutoff_on', sa.Date()),
        ('resubmit_by', sa.Date()),
        ('reinstated_until', UtcDateTime()),
        ('state_before_expiry', sa.String(length=20)),
        ('expired_at', UtcDateTime()),
        ('expired_reason', sa.String(length=100)),
    ):
        op.add_column('batch', sa.Column(name, kind, nullable=True))
