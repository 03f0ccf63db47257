"""corrections of people with their evidence; the audit log is read by time and by action

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.records.base import UtcDateTime

revision = '0008'
down_revision = '0007'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('person_correction',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('changes_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_person_correction_account_id')),
    sa.ForeignKeyConstraint(
        ['person_id'], ['batch_person.id'], name=op.f('fk_person_correction_person_id'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('person_id', 'number', name=op.f('pk_person_correction'))
    )
    op.create_table('person_correction_file',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('correction', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(
        ['person_id', 'correction'],
        ['person_correction.person_id', 'person_correction.number'],
        name=op.f('fk_person_correction_file_person_id_correction'),
        ondelete='CASCADE',
    ),
    sa.PrimaryKeyConstraint('person_id', 'number', name=op.f('pk_person_correction_file'))
    )
    op.create_index('ix_audit_entry_at_id', 'audit_entry', ['at', 'id'])
    op.create_index('ix_audit_entry_action_at_id', 'audit_entry', ['action', 'at', 'id'])
