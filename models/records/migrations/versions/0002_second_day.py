"""corrections, undo, tokens, slowed log-in, notices

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.records.base import UtcDateTime

revision = '0002'
down_revision = '0001'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.add_column('account', sa.Column('must_change_password', sa.Boolean(), server_default=sa.false(), nullable=False))
    _add_reference('account', 'superior_union_id', 'account')
    op.add_column('batch_person', sa.Column('edited_version', sa.Integer(), nullable=True))
    op.create_index('ix_batch_person_page', 'batch_person', ['batch_id', 'id', 'employment_status', 'birth', 'sex'])
    op.drop_index('ix_batch_person_batch_id_prefix_digest', table_name='batch_person')
    op.add_column('roster_import', sa.Column('stored_version', sa.Integer(), nullable=True))
    op.add_column('roster_import', sa.Column('register_answers', sa.Integer(), server_default='0', nullable=False))
    _add_reference('roster_import', 'undo_job_id', 'job')
    op.add_column('roster_import', sa.Column('undo_counts', JSON, nullable=True))
    op.create_index('ix_roster_import_undo_job_id', 'roster_import', ['undo_job_id'])
    op.create_index('ix_roster_import_account_id', 'roster_import', ['account_id', 'id'])
    op.add_column('import_row', sa.Column('corrected_version', sa.Integer(), nullable=True))
    op.create_index('ix_import_row_person_id', 'import_row', ['person_id'])
    op.create_index('ix_audit_entry_account_id_at', 'audit_entry', ['account_id', 'at'])
    op.create_table('undo_line',
    sa.Column('id', ID, nullable=False),
    sa.Column('import_id', ID, nullable=False),
    sa.Column('sheet_row', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('result', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=True),
    sa.Column('later_receipt_no', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_undo_line_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_undo_line'))
    )
    op.create_index(op.f('ix_undo_line_import_id'), 'undo_line', ['import_id'])
    op.create_table('api_token',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hint', sa.String(length=12), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_api_token_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash'))
    )
    op.create_index(op.f('ix_api_token_account_id'), 'api_token', ['account_id'])
    op.create_table('login_failure',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_failure'))
    )
    op.create_index('ix_login_failure_account_digest_at', 'login_failure', ['account_digest', 'at'])
    op.create_index('ix_login_failure_source_at', 'login_failure', ['source', 'at'])
    op.create_table('used_picture_code',
    sa.Column('nonce', sa.String(length=40), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('nonce', name=op.f('pk_used_picture_code'))
    )
    op.create_index(op.f('ix_used_picture_code_at'), 'used_picture_code', ['at'])
    op.create_table('email_code_request',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_code_request'))
    )
    op.create_index('ix_email_code_request_source_at', 'email_code_request', ['source', 'at'])
    op.create_table('email_code',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('asked_by', sa.LargeBinary(length=32), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('sent_at', UtcDateTime(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_email_code_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_code'))
    )
    op.create_index(op.f('ix_email_code_account_id'), 'email_code', ['account_id'])
    op.create_table('notice',
    sa.Column('id', ID, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('batch_id', ID, nullable=True),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('values', JSON, nullable=False),
    sa.Column('occasion', sa.String(length=60), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('read_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_account_id')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_notice_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('account_id', 'code', 'occasion', name=op.f('uq_notice_account_id_code_occasion'))
    )
    op.create_index('ix_notice_account_id_id', 'notice', ['account_id', 'id'])
    op.create_table('outgoing_message',
    sa.Column('id', ID, nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('sent_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_message'))
    )


def _add_reference(table: str, column: str, target: str) -> None:
    """A nullable foreign key. SQLite adds one with its column only; no table is made anew, since others refer to it."""
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} INTEGER'
                   f' CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)')
        return
    op.add_column(table, sa.Column(column, ID, nullable=True))
    op.create_foreign_key(f'fk_{table}_{column}', table, target, [column], ['id'])
