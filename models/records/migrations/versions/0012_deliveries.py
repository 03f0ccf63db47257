"""e-mail and SMS of notices

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.add_column('notice', sa.Column('passed_on', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute('UPDATE notice SET passed_on = true')  # what was told before is read on the page
    _partial('ix_notice_unread', 'notice', ['account_id'], 'read_at IS NULL')
    _partial('ix_notice_not_passed_on', 'notice', ['id'], 'passed_on IS false')
    op.create_table('notice_choice',
    sa.Column('account_id', ID, nullable=False),
    sa.Column('topic', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_choice_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'topic', 'channel', name=op.f('pk_notice_choice'))
    )
    op.create_table('delivery_line',
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=True),
    sa.Column('busy_until', sa.Double(), nullable=False),
    sa.Column('shut_until', sa.Double(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_delivery_line'))
    )
    _messages()


def _messages() -> None:
    """Messages from before stay in the outbox, as they were."""
    if op.get_bind().dialect.name == 'sqlite':  # it adds a foreign key with its column only
        op.execute('ALTER TABLE outgoing_message ADD COLUMN notice_id INTEGER'
                   ' CONSTRAINT fk_outgoing_message_notice_id REFERENCES notice (id)')
    else:
        op.add_column('outgoing_message', sa.Column('notice_id', ID, nullable=True))
        op.create_foreign_key('fk_outgoing_message_notice_id', 'outgoing_message', 'notice', ['notice_id'], ['id'])
    for name, kind, default in (
        ('letter', sa.String(length=20), ''),
        ('values', JSON, '{}'),
        ('state', sa.String(length=10), 'outbox'),
        ('refusals', sa.Integer(), '0'),
        ('next_try_at', sa.Double(), '0'),
        ('last_error', sa.String(length=60), ''),
    ):
        op.add_column('outgoing_message', sa.Column(name, kind, server_default=default, nullable=False))
    for name, kind in (('void_at', sa.Double()), ('lease_until', sa.Double()), ('token', sa.String(length=32))):
        op.add_column('outgoing_message', sa.Column(name, kind, nullable=True))
    op.create_index('ix_outgoing_message_notice_id_channel', 'outgoing_message', ['notice_id', 'channel'], unique=True)
    _partial('ix_outgoing_message_waiting', 'outgoing_message', ['channel', 'next_try_at'], "state = 'waiting'")
    _partial('ix_outgoing_message_unsettled', 'outgoing_message', ['state', 'id'],
             "state IN ('waiting', 'sending', 'failed', 'uncertain')")
    _partial('ix_outgoing_message_perishable', 'outgoing_message', ['void_at'],
             "void_at IS NOT NULL AND body <> ''")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
