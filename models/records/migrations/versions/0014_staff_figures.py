"""indexes for the staff's page

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from alembic import op

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    op.create_index('ix_job_state_id', 'job', ['state', 'id'])
    op.create_index('ix_job_finished_at', 'job', ['finished_at'])
    op.create_index('ix_notice_code_created_at', 'notice', ['code', 'created_at'])
