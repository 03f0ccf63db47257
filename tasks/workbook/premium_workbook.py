"""保费详情 as a workbook for the unit's own records: full numbers, and amounts that can be added up (DOMAIN 5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from models.actions.export_premium import PremiumExport
from models.queries.premium import PersonCharge, every_charge
from models.rules.person import ID_TYPE_TEXTS, IdType
from tasks.workbook.one_moment import reading_one_moment
from tasks.workbook.text_workbook import TextColumn, text_workbook

COLUMNS = (
    TextColumn("姓名", 14),
    TextColumn("证件号码", 24),
    TextColumn("证件类型", 10),
    TextColumn("是否有社保", 12),
    TextColumn("参加项目", 24),
    TextColumn("费用标准", 12, amount=True),
    TextColumn("优惠金额", 12, amount=True),
    TextColumn("计费比例", 10),
    TextColumn("实际费用", 12, amount=True),
)


def premium_workbook_stream(export: PremiumExport) -> Iterator[bytes]:
    """The workbook's bytes, everybody from one moment; read while they are sent, a thousand people at a time."""
    with reading_one_moment() as session:
        yield from text_workbook("保费详情", COLUMNS, map(_cells, every_charge(session, export.premium)))


def _cells(charge: PersonCharge) -> tuple[str, ...]:
    person, premium = charge.person, charge.premium
    return (
        person.name,
        person.id_no,
        ID_TYPE_TEXTS[IdType(person.id_type)],
        "是" if person.has_si else "否",
        " ".join(premium.projects),
        _amount(premium.price_fen),
        _amount(premium.discount_fen),
        f"{premium.ratio_percent}%",
        _amount(premium.charge_fen),
    )


def _amount(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
