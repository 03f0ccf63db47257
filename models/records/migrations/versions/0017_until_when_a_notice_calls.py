"""until when a notice calls to something; when a message was sent again; codes that lost their text on the way

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    op.add_column('notice', sa.Column('until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('outgoing_message', sa.Column('sent_again_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE outgoing_message SET state = 'void' WHERE void_at IS NOT NULL AND body = ''"
               " AND state IN ('waiting', 'failed', 'uncertain')")
