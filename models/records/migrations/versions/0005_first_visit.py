"""codes by SMS, registration, applications for enrolment codes

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.records.base import UtcDateTime

revision = '0005'
down_revision = '0004'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    for name, length in (('nature', 20), ('address', 200), ('postcode', 6)):
        op.add_column('unit', sa.Column(name, sa.String(length=length), server_default='', nullable=False))
    op.create_table('sms_code',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('sent_at', UtcDateTime(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sms_code_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sms_code'))
    )
    op.create_index('ix_sms_code_phone_sent_at', 'sms_code', ['phone', 'sent_at'])
    op.create_index('ix_sms_code_account_id_sent_at', 'sms_code', ['account_id', 'sent_at'])
    op.create_table('registration',
    sa.Column('id', ID, nullable=False),
    sa.Column('address_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('asked_by', sa.LargeBinary(length=32), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration'))
    )
    op.create_index('ix_registration_address_digest_asked_at', 'registration', ['address_digest', 'asked_at'])
    _code_applications()


def _code_applications() -> None:
    op.create_table('code_application',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('unit_name', sa.String(length=100), nullable=False),
    sa.Column('unit_key', sa.String(length=100), nullable=False),
    sa.Column('district_union', sa.String(length=50), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=False),
    sa.Column('nature', sa.String(length=20), nullable=False),
    sa.Column('contact', sa.String(length=50), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('postcode', sa.String(length=6), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('principal', sa.String(length=50), nullable=False),
    sa.Column('principal_phone', sa.String(length=20), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('code_id', ID, nullable=True),
    sa.Column('submitted_at', UtcDateTime(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', ID, nullable=True),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.Column('files_numbered', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_code_application_account_id')),
    sa.ForeignKeyConstraint(['code_id'], ['enrolment_code.id'], name=op.f('fk_code_application_code_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_code_application_decided_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_application'))
    )
    op.create_index(op.f('ix_code_application_account_id'), 'code_application', ['account_id'])
    op.create_index('ix_code_application_status_submitted_at', 'code_application', ['status', 'submitted_at'])
    for name, column, where in (
        ('uq_code_application_pending_unit', 'unit_key', "status = 'pending'"),
        ('uq_code_application_pending_uscc', 'uscc', "status = 'pending' AND uscc <> ''"),
    ):
        op.create_index(
            name, 'code_application', [column], unique=True,
            postgresql_where=sa.text(where), sqlite_where=sa.text(where),
        )
    op.create_table('code_application_file',
    sa.Column('application_id', ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['code_application.id'], name=op.f('fk_code_application_file_application_id')),
    sa.PrimaryKeyConstraint('application_id', 'number', name=op.f('pk_code_application_file'))
    )
