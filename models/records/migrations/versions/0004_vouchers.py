"""vouchers, their files, receipts and refunds

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.records.base import UtcDateTime

revision = '0004'
down_revision = '0003'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('voucher',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('plan_year', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('payer', sa.String(length=100), nullable=False),
    sa.Column('method', sa.String(length=10), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('account_kind', sa.String(length=10), nullable=False),
    sa.Column('refund_account_kind', sa.String(length=10), nullable=True),
    sa.Column('refund_account_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('refund_account_name', sa.String(length=100), nullable=False),
    sa.Column('refund_bank', sa.String(length=100), nullable=False),
    sa.Column('refund_method', sa.String(length=10), nullable=False),
    sa.Column('files_numbered', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('submitted_at', UtcDateTime(), nullable=True),
    sa.Column('submitted_by', ID, nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', ID, nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_voucher_account_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_voucher_decided_by')),
    sa.ForeignKeyConstraint(['plan_year'], ['plan_year.year'], name=op.f('fk_voucher_plan_year')),
    sa.ForeignKeyConstraint(['submitted_by'], ['account.id'], name=op.f('fk_voucher_submitted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_voucher_account_id_id', 'voucher', ['account_id', 'id'])
    op.create_index('ix_voucher_state_submitted_at', 'voucher', ['state', 'submitted_at'])
    op.create_table('voucher_batch',
    sa.Column('voucher_id', ID, nullable=False),
    sa.Column('batch_id', ID, nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_voucher_batch_batch_id')),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_voucher_batch_voucher_id')),
    sa.PrimaryKeyConstraint('voucher_id', 'batch_id', name=op.f('pk_voucher_batch'))
    )
    op.create_index('ix_voucher_batch_batch_id', 'voucher_batch', ['batch_id'])
    op.create_index(
        'uq_voucher_batch_live',
        'voucher_batch',
        ['batch_id'],
        unique=True,
        postgresql_where=sa.text('live'),
        sqlite_where=sa.text('live'),
    )
    op.create_table('voucher_file',
    sa.Column('voucher_id', ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_voucher_file_voucher_id')),
    sa.PrimaryKeyConstraint('voucher_id', 'number', name=op.f('pk_voucher_file'))
    )
    op.create_table('receipt',
    sa.Column('id', ID, nullable=False),
    sa.Column('voucher_id', ID, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('remark', sa.String(length=200), nullable=False),
    sa.Column('e_receipt_no', sa.String(length=50), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_receipt_voucher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_receipt_voucher_id'), 'receipt', ['voucher_id'])
    op.create_table('refund_task',
    sa.Column('id', ID, nullable=False),
    sa.Column('voucher_id', ID, nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('reference', sa.String(length=100), nullable=True),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_refund_task_voucher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_task'))
    )
    op.create_index('ix_refund_task_state_id', 'refund_task', ['state', 'id'])
    op.create_index(op.f('ix_refund_task_voucher_id'), 'refund_task', ['voucher_id'])
