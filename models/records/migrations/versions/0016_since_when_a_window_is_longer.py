"""since when the central window of a code is extended

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    op.add_column('special_grant', sa.Column('extended_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE special_grant SET extended_at = granted_at WHERE central_extension_until IS NOT NULL')
