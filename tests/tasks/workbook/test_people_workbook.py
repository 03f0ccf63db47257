"""The export of a roster: everybody of one moment, with full numbers."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from models.actions.export_people import PeopleExport, open_export
from models.actions.remove_people import remove_everybody
from models.records.account import HandlerProfile
from models.records.database import writing
from models.rules.person import IdType, Sex
from tasks.workbook.people_workbook import people_workbook_stream
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.statements import statements

HOSTILE_NAME = "=1+1_x0041_𠮷"


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch."""
    return a_batch_to_fill()


def a_crowd(batch: BatchOf, people: int) -> None:
    births = [date(1990, 1, 1) + timedelta(days=number) for number in range(people)]
    people_on(batch, [a_person(name=f"第{n}人", birth=day, id_no=resident_id(day)) for n, day in enumerate(births)])


def export_of(batch: BatchOf) -> PeopleExport:
    with writing() as session:
        return open_export(session, batch.viewer, batch.batch_no, batch.now)


def rows_of(content: bytes) -> list[tuple[str | None, ...]]:
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True))  # type: ignore[arg-type]  # cells are text


def test_a_person_is_a_row_of_what_list_and_view_show(batch: BatchOf) -> None:
    passport = a_person(
        name=HOSTILE_NAME,
        id_type=IdType.PASSPORT,
        id_no="H801213602X",
        birth=date(1965, 4, 1),
        sex=Sex.FEMALE,
        mobile="14200000001",
        has_si=False,
    )
    people_on(batch, [passport])
    content = b"".join(people_workbook_stream(export_of(batch)))
    shown = ("H801213602X", "护照", "否", "否", "-", "否(超龄)", "1965-04-01", "女", "14200000001", None, None)
    assert rows_of(content) == [("=1+1_x005F_x0041_𠮷", *shown)]


def test_whom_another_unit_has_enrolled_is_told(batch: BatchOf) -> None:
    people_on(batch, [a_person()])
    a_rival_with([a_person()])
    assert [row[6] for row in rows_of(b"".join(people_workbook_stream(export_of(batch))))] == ["否(已被占用)"]


def test_everybody_is_there_once_and_in_order_over_several_reads(batch: BatchOf) -> None:
    a_crowd(batch, 2100)
    with statements() as asked:
        content = b"".join(people_workbook_stream(export_of(batch)))
    assert [row[0] for row in rows_of(content)] == [f"第{number}人" for number in range(2100)]
    assert len(asked) < 20


def test_people_who_leave_meanwhile_are_still_in_it(batch: BatchOf) -> None:
    a_crowd(batch, 1500)
    export = export_of(batch)
    stream = people_workbook_stream(export)
    begun = next(stream)
    with writing() as session:
        assert remove_everybody(session, batch.viewer, batch.batch_no, batch.now) == export.people == 1500
    assert len(rows_of(begun + b"".join(stream))) == 1500


def test_an_empty_roster_is_a_heading(batch: BatchOf) -> None:
    assert rows_of(b"".join(people_workbook_stream(export_of(batch)))) == []


def test_who_has_not_confirmed_the_phone_exports_nothing(batch: BatchOf) -> None:
    with writing() as session:
        session.execute(update(HandlerProfile).values(phone_verified_at=None))
    with refused("HDL-001"):
        export_of(batch)


def test_the_roster_of_somebody_else_is_not_exported(batch: BatchOf) -> None:
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"), writing() as session:
        open_export(session, stranger, batch.batch_no, batch.now)
