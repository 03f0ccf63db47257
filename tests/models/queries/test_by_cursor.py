"""Lists by cursor, on both databases: every row once, in order, by the same statements wherever a page begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

import pytest

from config.plans import plan_data
from models.queries.batches import BatchesWanted, batches_after
from models.queries.imports import findings_after, imports_after
from models.queries.jobs import job_seen, progress, progress_of
from models.queries.notices import notices_after
from models.queries.people import people_after
from models.queries.roster import RosterFilters
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job
from models.records.notice import Notice
from models.records.viewer import Viewer
from models.rules.findings import Outcome
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.refusal import Refused
from tests.imports import an_import, another_batch
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, an_upload, open_window
from tests.statements import statements
from tests.workbooks import WANG_DOUDOU, a_workbook, some_people

PLAN = PlanYear.from_data(plan_data("2020"))
TODAY = date(2020, 4, 20)
Place = TypeVar("Place")
Row = TypeVar("Row")


def all_pages(
    page_after: Callable[[Place | None, int], Sequence[Row]], place_of: Callable[[Row], Place], size: int = 2
) -> list[Row]:
    """Every row, read page by page."""
    rows: list[Row] = []
    after: Place | None = None
    while True:
        found = page_after(after, size)
        rows += found[:size]
        if len(found) <= size:
            return rows
        after = place_of(found[size - 1])


def test_people_come_once_each_in_the_order_of_the_roster(database: str) -> None:
    batch = a_batch_to_fill()
    an_import(batch, some_people(7))
    with reading() as session:
        roster = session.get_one(Batch, batch.batch_id)
        everybody = all_pages(
            lambda after, size: people_after(session, roster, PLAN, RosterFilters(), TODAY, after=after, limit=size),
            lambda line: line.person.id,
        )
        uninsured = RosterFilters(employment_status="unknown")
        few = people_after(session, roster, PLAN, uninsured, TODAY, after=None, limit=100)
    assert [line.person.name for line in everybody] == [row[0] for row in some_people(7)]
    assert [line.person.name for line in few] == [row[0] for row in some_people(7) if row[6] == "否"]


@pytest.mark.parametrize("after", [None, 1])
def test_a_page_of_people_takes_two_statements(database: str, after: int | None) -> None:
    batch = a_batch_to_fill()
    an_import(batch, some_people(30))
    with reading() as session:
        roster = session.get_one(Batch, batch.batch_id)
        with statements() as counted:
            people_after(session, roster, PLAN, RosterFilters(), TODAY, after=after, limit=20)
    assert len(counted) == 2


def test_findings_come_in_the_order_of_the_sheet_also_where_a_row_has_several(database: str) -> None:
    batch = a_batch_to_fill()
    wrong = ("", "身份证", "110101199003079092", "", "", "12", "是")
    done = an_import(batch, [wrong, WANG_DOUDOU, wrong])
    with reading() as session:
        found = all_pages(
            lambda after, size: findings_after(session, done.upload.id, after, size),
            lambda line: (line[1].row, line[0]),
        )
        of_one_code = findings_after(session, done.upload.id, None, 100, code="ROW-010")
        of_none = findings_after(session, done.upload.id, None, 100, outcome=Outcome.OCCUPIED)
    reasons = ["ROW-001", "IDN-005", "ROW-010"]
    assert [(line.row, line.code) for _, line in found] == [(row, code) for row in (2, 4) for code in reasons]
    assert [line.row for _, line in of_one_code] == [2, 4]
    assert of_none == []


def test_batches_come_latest_first_with_their_people(database: str) -> None:
    first = a_batch_to_fill()
    an_import(first, some_people(3))
    with writing() as session:
        open_window(session, IN_THE_INSTANT_WINDOW)
    later = [
        another_batch(first.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW).batch_no
        for _ in range(3)
    ]
    with reading() as session:
        found = all_pages(
            lambda after, size: batches_after(session, first.viewer, BatchesWanted(), after, size),
            lambda line: line.batch.id,
        )
        central = batches_after(session, first.viewer, BatchesWanted(enrolment_type="central"), None, 10)
    assert [line.batch.batch_no for line in found] == [*later[::-1], first.batch_no]
    assert [line.people for line in found] == [0, 0, 0, 3]
    assert [line.batch.batch_no for line in central] == [first.batch_no]


def test_uploads_come_latest_first_and_each_knows_its_place_in_the_queue(database: str) -> None:
    batch = a_batch_to_fill()
    ids = [an_upload(batch, a_workbook(some_people(1, first=number))).import_id for number in range(3)]
    with reading() as session:
        roster = session.get_one(Batch, batch.batch_id)
        found = all_pages(lambda after, size: imports_after(session, roster, after, size), lambda seen: seen.upload.id)
        with statements() as counted:
            places = progress_of(session, [seen.job for seen in found])
        assert {job_id: seen.ahead for job_id, seen in places.items()} == {
            seen.job.id: progress(session, seen.job).ahead for seen in found
        }
    assert [seen.upload.id for seen in found] == ids[::-1]
    assert [places[seen.job.id].ahead for seen in found] == [2, 1, 0]
    assert len(counted) == 1


def test_notices_are_the_accounts_own(database: str) -> None:
    batch = a_batch_to_fill()
    with writing() as session:
        for number in range(3):
            session.add(_notice(batch, f"{number}"))
            session.flush()
    stranger = Viewer(batch.viewer.account_id + 1, Role.HANDLER)
    with reading() as session:
        found = all_pages(
            lambda after, size: notices_after(session, batch.viewer, after, size), lambda line: line[0].id
        )
        assert notices_after(session, stranger, None, 10) == []
    assert [notice.occasion for notice, _ in found] == ["2", "1", "0"]
    assert {batch_no for _, batch_no in found} == {batch.batch_no}


@pytest.mark.parametrize(("role", "sees"), [(Role.REVIEWER, True), (Role.SUPERIOR_UNION, False)])
def test_a_job_of_a_batch_is_seen_by_who_sees_its_people(database: str, role: Role, sees: bool) -> None:
    batch = a_batch_to_fill()
    job_id = an_upload(batch, a_workbook([WANG_DOUDOU])).job_id
    with writing() as session:
        account = Account(email="x@union.example", password_hash="-", role=role, created_at=batch.now)
        session.add(account)
        session.flush()
        session.add(Job(kind="roster.report", queue="upkeep", account_id=account.id, received_at=batch.now,
                        created_at=batch.now, state="done", rung_at=0.0))  # fmt: skip
        session.flush()
        other = Viewer(account.id, role)
    with reading() as session:
        own = job_seen(session, other, job_id + 1)
        assert own.account_id == other.account_id
        if sees:
            assert job_seen(session, other, job_id).id == job_id
        else:
            with pytest.raises(Refused) as refused:
                job_seen(session, other, job_id)
            assert refused.value.code == "BAT-005"


def _notice(batch: BatchOf, occasion: str) -> Notice:
    return Notice(
        account_id=batch.viewer.account_id,
        batch_id=batch.batch_id,
        code="NTF-02",
        values={"year": "2020"},
        occasion=occasion,
        created_at=batch.now,
    )
