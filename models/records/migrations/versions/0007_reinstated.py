"""passports that share a number

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.records.base import UtcDateTime

revision = '0007'
down_revision = '0006'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
REG_003 = sa.text("code = 'REG-003'")


def upgrade() -> None:
    op.create_table('passport_decision',
    sa.Column('id', ID, nullable=False),
    sa.Column('id_digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('id_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('birth', sa.Date(), nullable=False),
    sa.Column('sex', sa.String(length=6), nullable=False),
    sa.Column('different', sa.Boolean(), nullable=True),
    sa.Column('variant', sa.SmallInteger(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('decided_by', ID, nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_passport_decision_decided_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passport_decision')),
    sa.UniqueConstraint('id_digest', 'birth', 'sex', name=op.f('uq_passport_decision_id_digest_birth_sex')),
    sa.UniqueConstraint('id_digest', 'variant', name=op.f('uq_passport_decision_id_digest_variant'))
    )
    op.create_index(
        'ix_import_finding_passport',
        'import_finding',
        ['import_id', 'sheet_row'],
        postgresql_where=REG_003,
        sqlite_where=REG_003,
    )
    op.create_index(
        'ix_validation_finding_passport',
        'validation_finding',
        ['batch_id', 'person_id'],
        postgresql_where=REG_003,
        sqlite_where=REG_003,
    )


def downgrade() -> None:
    op.drop_index('ix_validation_finding_passport', 'validation_finding')
    op.drop_index('ix_import_finding_passport', 'import_finding')
    op.drop_table('passport_decision')
