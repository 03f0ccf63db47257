"""The roster as a workbook for the unit's own records: full numbers, everything as text (DOMAIN 7.9)."""

from __future__ import annotations

from collections.abc import Iterator

from models.actions.export_people import PeopleExport
from models.queries.roster import RosterLine, everybody_in_order
from models.records.batch import Batch
from models.records.plan_year import plan_of
from models.rules.person import EMPLOYMENT_TEXTS, ID_TYPE_TEXTS, SEX_TEXTS, EmploymentStatus, IdType, Sex
from tasks.workbook.one_moment import reading_one_moment
from tasks.workbook.text_workbook import TextColumn, text_workbook

COLUMNS = (
    TextColumn("姓名", 14),
    TextColumn("证件号码", 24),
    TextColumn("证件类型", 10),
    TextColumn("是否有社保", 12),
    TextColumn("是否建议名单", 14),
    TextColumn("职退情况", 10),
    TextColumn("是否可参保", 16),
    TextColumn("出生日期", 14),
    TextColumn("性别", 8),
    TextColumn("手机号", 16),
    TextColumn("单位社保号", 16),
    TextColumn("个人社保登记号", 18),
)


def people_workbook_stream(export: PeopleExport) -> Iterator[bytes]:
    """The workbook's bytes, everybody from one moment; read while they are sent, a thousand people at a time."""
    with reading_one_moment() as session:
        batch = session.get_one(Batch, export.batch_id)
        people = everybody_in_order(session, batch, plan_of(session, batch.plan_year), export.today)
        yield from text_workbook("参保清册", COLUMNS, map(_cells, people))


def _cells(line: RosterLine) -> tuple[str, ...]:
    person = line.person
    return (
        person.name,
        person.id_no,
        ID_TYPE_TEXTS[IdType(person.id_type)],
        "是" if person.has_si else "否",
        "是" if person.is_suggested else "否",
        EMPLOYMENT_TEXTS[EmploymentStatus(person.employment_status)],
        line.eligible_text,
        person.birth.isoformat(),
        SEX_TEXTS[Sex(person.sex)],
        person.mobile or "",
        person.si_unit_code or "",
        person.personal_si_no or "",
    )
