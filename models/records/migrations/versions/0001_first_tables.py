"""first tables

Revision ID: 0001
Revises: 
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.records.base import UtcDateTime

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('disabled_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email'))
    )
    op.create_table('clock_offset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_offset'))
    )
    op.create_table('daily_counter',
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'day', name=op.f('pk_daily_counter'))
    )
    op.create_table('heartbeat',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeat'))
    )
    op.create_table('historical_person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('enrolment_code', sa.String(length=6), nullable=False),
    sa.Column('plan_year', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('id_type', sa.String(length=12), nullable=False),
    sa.Column('id_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('id_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('birth', sa.Date(), nullable=False),
    sa.Column('sex', sa.String(length=6), nullable=False),
    sa.Column('mobile', sa.String(length=11), nullable=True),
    sa.Column('has_si', sa.Boolean(), nullable=False),
    sa.Column('si_unit_code', sa.String(length=20), nullable=True),
    sa.Column('personal_si_no', sa.String(length=20), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_historical_person')),
    sa.UniqueConstraint('enrolment_code', 'plan_year', 'id_digest', name=op.f('uq_historical_person_enrolment_code_plan_year_id_digest'))
    )
    op.create_table('plan_year',
    sa.Column('year', sa.String(length=10), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('loaded_at', UtcDateTime(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_plan_year'))
    )
    op.create_table('si_person',
    sa.Column('id_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('personal_si_no', sa.String(length=20), nullable=True),
    sa.Column('si_unit_code', sa.String(length=20), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id_digest', name=op.f('pk_si_person'))
    )
    with op.batch_alter_table('si_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_si_person_si_unit_code'), ['si_unit_code'], unique=False)
    op.create_table('si_unit',
    sa.Column('si_unit_code', sa.String(length=20), nullable=False),
    sa.Column('in_service_total', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('si_unit_code', name=op.f('pk_si_unit'))
    )
    op.create_table('unit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('district_union', sa.String(length=50), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ip', sa.String(length=45), nullable=True),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('details', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_audit_entry_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_batch_id', ['batch_id', 'id'], unique=False)
    op.create_table('enrolment_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('bound_by', sa.String(length=20), nullable=True),
    sa.Column('bound_at', UtcDateTime(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_enrolment_code_account_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_enrolment_code_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_code')),
    sa.UniqueConstraint('code', name=op.f('uq_enrolment_code_code'))
    )
    with op.batch_alter_table('enrolment_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_code_account_id'), ['account_id'], unique=False)
    op.create_table('handler_profile',
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('unit_name', sa.String(length=100), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=False),
    sa.Column('economic_type', sa.String(length=50), nullable=False),
    sa.Column('union_first_level', sa.String(length=100), nullable=False),
    sa.Column('union_second_level', sa.String(length=100), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('industry', sa.String(length=100), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=False),
    sa.Column('phone_verified_at', UtcDateTime(), nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_handler_profile_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_handler_profile'))
    )
    op.create_table('login_session',
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('began_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_login_session_account_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_login_session'))
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_session_account_id'), ['account_id'], unique=False)
    op.create_table('batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_no', sa.String(length=20), nullable=False),
    sa.Column('code_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('plan_year', sa.String(length=10), nullable=False),
    sa.Column('enrolment_type', sa.String(length=10), nullable=False),
    sa.Column('handling_channel', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('unit_name', sa.String(length=100), nullable=False),
    sa.Column('roster_version', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('submitted_at', UtcDateTime(), nullable=True),
    sa.Column('coverage_start', sa.Date(), nullable=True),
    sa.Column('coverage_end', sa.Date(), nullable=True),
    sa.Column('half_price', sa.Boolean(), nullable=True),
    sa.Column('projects', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_batch_account_id')),
    sa.ForeignKeyConstraint(['code_id'], ['enrolment_code.id'], name=op.f('fk_batch_code_id')),
    sa.ForeignKeyConstraint(['plan_year'], ['plan_year.year'], name=op.f('fk_batch_plan_year')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    sa.UniqueConstraint('batch_no', name=op.f('uq_batch_batch_no'))
    )
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.create_index('ix_batch_account_id_updated_at', ['account_id', 'updated_at'], unique=False)
        batch_op.create_index('ix_batch_code_id', ['code_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_batch_state'), ['state'], unique=False)
        batch_op.create_index('uq_batch_live_central', ['code_id', 'plan_year'], unique=True, postgresql_where=sa.text("enrolment_type = 'central' AND state NOT IN ('deleted', 'expired')"), sqlite_where=sa.text("enrolment_type = 'central' AND state NOT IN ('deleted', 'expired')"))
    op.create_table('job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('queue', sa.String(length=30), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('writes_roster', sa.Boolean(), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('stage', sa.String(length=20), nullable=True),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('progress', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('stage_began', sa.Double(), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=True),
    sa.Column('lease_until', sa.Double(), nullable=True),
    sa.Column('rung_at', sa.Double(), nullable=False),
    sa.Column('cancel_requested', sa.Boolean(), nullable=False),
    sa.Column('began_at', UtcDateTime(), nullable=True),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('code', sa.String(length=10), nullable=True),
    sa.Column('values', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_job_account_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_job_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_batch_id', ['batch_id', 'id'], unique=False)
        batch_op.create_index('ix_job_unfinished', ['queue', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued', 'running')"), sqlite_where=sa.text("state IN ('queued', 'running')"))
    op.create_table('roster_import',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('receipt_no', sa.String(length=20), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('job_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('check_only', sa.Boolean(), nullable=False),
    sa.Column('projects', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('rows_total', sa.Integer(), nullable=True),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('notes_ignored', sa.Integer(), nullable=False),
    sa.Column('estimate', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('report_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('report_job_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_roster_import_account_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_roster_import_batch_id')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_roster_import_job_id')),
    sa.ForeignKeyConstraint(['report_job_id'], ['job.id'], name=op.f('fk_roster_import_report_job_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_import')),
    sa.UniqueConstraint('job_id', name=op.f('uq_roster_import_job_id')),
    sa.UniqueConstraint('receipt_no', name=op.f('uq_roster_import_receipt_no'))
    )
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.create_index('ix_roster_import_batch_id_sha256', ['batch_id', 'sha256'], unique=False)
        batch_op.create_index('ix_roster_import_report_job_id', ['report_job_id'], unique=False)
    op.create_table('batch_person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('id_type', sa.String(length=12), nullable=False),
    sa.Column('id_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('prefix_digest', sa.LargeBinary(length=8), nullable=False),
    sa.Column('id_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('birth', sa.Date(), nullable=False),
    sa.Column('sex', sa.String(length=6), nullable=False),
    sa.Column('mobile', sa.String(length=11), nullable=True),
    sa.Column('has_si', sa.Boolean(), nullable=False),
    sa.Column('employment_status', sa.String(length=10), nullable=False),
    sa.Column('is_suggested', sa.Boolean(), nullable=False),
    sa.Column('si_unit_code', sa.String(length=20), nullable=True),
    sa.Column('personal_si_no', sa.String(length=20), nullable=True),
    sa.Column('in_service_set_at', UtcDateTime(), nullable=True),
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sheet_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_batch_person_batch_id')),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_batch_person_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_person')),
    sa.UniqueConstraint('batch_id', 'id_digest', name=op.f('uq_batch_person_batch_id_id_digest')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('batch_person', schema=None) as batch_op:
        batch_op.create_index('ix_batch_person_batch_id_prefix_digest', ['batch_id', 'prefix_digest'], unique=False)
        batch_op.create_index('ix_batch_person_import_id', ['import_id'], unique=False)
    op.create_table('import_finding',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sheet_row', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('column', sa.String(length=10), nullable=True),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('values', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_import_finding_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_finding'))
    )
    with op.batch_alter_table('import_finding', schema=None) as batch_op:
        batch_op.create_index('ix_import_finding_import_id_code', ['import_id', 'code'], unique=False)
        batch_op.create_index('ix_import_finding_import_id_sheet_row', ['import_id', 'sheet_row'], unique=False)
    op.create_table('import_row',
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sheet_row', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('typed_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('before', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_import_row_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'sheet_row', name=op.f('pk_import_row'))
    )
    op.create_table('claim',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('plan_year', sa.String(length=10), nullable=False),
    sa.Column('id_type', sa.String(length=12), nullable=False),
    sa.Column('id_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('variant', sa.SmallInteger(), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('claimed_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_claim_batch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['batch_person.id'], name=op.f('fk_claim_person_id')),
    sa.ForeignKeyConstraint(['plan_year'], ['plan_year.year'], name=op.f('fk_claim_plan_year')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim')),
    sa.UniqueConstraint('plan_year', 'id_digest', 'id_type', 'variant', name=op.f('uq_claim_plan_year_id_digest_id_type_variant'))
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_person_id'), ['person_id'], unique=False)


