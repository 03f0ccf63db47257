"""unit renames, district unions and their liaison groups

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.records.base import UtcDateTime

revision = '0009'
down_revision = '0008'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')

# The 工委 / 区局（产业）工会 of the six liaison groups of 市职保会发展部 (DOMAIN, Appendix B), in their order: what a
# database begins with. Later ones are entered on the page 工委与对口联系人.
GROUPS = (
    (
        "普陀", "黄浦", "金山", "崇明", "机电", "百联", "铁路", "电力工业", "中海", "东海救助", "石化", "经信委", "医务",
        "电力股份", "农委", "民政", "监狱局", "久事", "市级机关", "商业行业", "市场监管",
    ),
    (
        "长宁", "奉贤", "化学", "华虹", "打捞", "民航华东", "航道", "东方航空", "上海机场", "民航华东空管", "宝武集团",
        "宝冶集团", "中冶宝钢", "海洋石油", "高桥石化", "报业集团", "中建八局", "化学工业区", "五冶集团", "化工研究院",
    ),
    (
        "静安", "青浦", "东方国际", "烟草", "汽车", "港务", "运输", "上海电信", "地产集团", "新闻出版", "光明", "税务",
        "华源集团", "申能", "号百", "联通", "邮政", "移动通讯", "通信局", "世纪出版", "中福会",
    ),
    (
        "浦东", "徐汇", "松江", "电力建设", "建工", "三航", "商用飞机", "建设交通", "教育", "科技", "新华社", "文广集团",
        "文广局", "东湖", "申通", "东浩兰生", "国盛", "隧道股份", "城投", "大屯", "鲁中",
    ),
    (
        "虹口", "宝山", "闵行", "轻工", "医药", "长江轮船", "交通委", "船舶", "绿化市容", "金融", "锦江", "衡山", "人社局",
        "华能", "绿地", "中铝", "社科院", "中国金融",
    ),
    (
        "杨浦", "嘉定", "仪电", "航天", "华东电力", "海事", "体育", "华建", "世博发展", "国药", "电器研究院", "临港产业",
        "上实", "公安", "申迪", "东方网", "电影", "诺基亚贝尔",
    ),
)


def upgrade() -> None:
    op.create_table('pending_name_change',
    sa.Column('id', ID, nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('code_id', ID, nullable=False),
    sa.Column('former_name', sa.String(length=100), nullable=False),
    sa.Column('new_name', sa.String(length=100), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('registered_at', UtcDateTime(), nullable=False),
    sa.Column('registered_by', ID, nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by', ID, nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('files_numbered', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['enrolment_code.id'], name=op.f('fk_pending_name_change_code_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_pending_name_change_decided_by')),
    sa.ForeignKeyConstraint(['registered_by'], ['account.id'], name=op.f('fk_pending_name_change_registered_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_pending_name_change_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pending_name_change'))
    )
    op.create_index(
        'uq_pending_name_change_unit_waiting',
        'pending_name_change',
        ['unit_id'],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
        sqlite_where=sa.text("status = 'pending'"),
    )
    op.create_index('ix_pending_name_change_status_registered_at', 'pending_name_change', ['status', 'registered_at'])
    op.create_index('ix_pending_name_change_registered_by_id', 'pending_name_change', ['registered_by', 'id'])
    op.create_table('name_change_file',
    sa.Column('change_id', ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['pending_name_change.id'], name=op.f('fk_name_change_file_change_id')),
    sa.PrimaryKeyConstraint('change_id', 'number', name=op.f('pk_name_change_file'))
    )
    _unions()


def _unions() -> None:
    unions = op.create_table('district_union',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('liaison_group', sa.Integer(), nullable=False),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_district_union')),
    sa.UniqueConstraint('name', name=op.f('uq_district_union_name'))
    )
    op.create_table('liaison_contact',
    sa.Column('id', ID, nullable=False),
    sa.Column('liaison_group', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_liaison_contact'))
    )
    groups = {name: number for number, names in enumerate(GROUPS, start=1) for name in names}
    op.bulk_insert(unions, [{'name': name, 'liaison_group': number} for name, number in groups.items()])


def downgrade() -> None:
    for table in ('liaison_contact', 'district_union', 'name_change_file', 'pending_name_change'):
        op.drop_table(table)
