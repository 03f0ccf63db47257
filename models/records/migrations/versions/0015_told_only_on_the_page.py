"""notices that stand on the page alone; since when a batch has its term; addresses that are kept too long

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    op.add_column('notice', sa.Column('only_on_page', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute('UPDATE notice SET only_on_page = true WHERE passed_on AND read_at = created_at')
    op.add_column('batch', sa.Column('term_since', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE batch SET term_since = updated_at')
    has_recipient = sa.text("recipient <> ''")
    op.create_index(
        'ix_outgoing_message_addressed',
        'outgoing_message',
        ['created_at'],
        postgresql_where=has_recipient,
        sqlite_where=has_recipient,
    )
