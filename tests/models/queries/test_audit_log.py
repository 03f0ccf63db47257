"""审计日志 as its page reads it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.queries import audit_log
from models.queries.audit_log import SYSTEM, AuditFilters, AuditPage, audit_page
from models.records.audit import record_audit
from models.records.database import reading, writing
from models.rules.permissions import Role
from tests.records import BatchOf, a_batch_to_fill
from tests.statements import statements
from tests.vouchers import staff

DAY = datetime(2020, 5, 4, 23, 59, 59, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A batch with three entries of 4 and 5 May, by its handler, a reviewer and the system."""
    made = a_batch_to_fill()
    reviewer = staff(Role.REVIEWER, made.now)
    with writing() as session:
        for turn, (account, action, batch_id) in enumerate(
            [(made.viewer.account_id, "edit_person", made.batch_id), (reviewer.account_id, "search_people", None),
             (None, "load_plan", None)]
        ):  # fmt: skip
            at = DAY + timedelta(seconds=turn)
            record_audit(session, at=at, account_id=account, action=action, batch_id=batch_id, ip="127.0.0.1")
    return made


def read(page: int = 1, size: int = 20, **filters: object) -> AuditPage:
    with reading() as session:
        return audit_page(session, AuditFilters(**{"first_day": date(2020, 5, 1), **filters}), page, size)  # type: ignore[arg-type]  # the names are the filters' own


def actions(page: AuditPage) -> list[str]:
    return [line.entry.action for line in page.lines]


def test_the_latest_comes_first_with_who_and_where(batch: BatchOf) -> None:
    page = read()
    assert actions(page) == ["load_plan", "search_people", "edit_person"]
    assert [line.email for line in page.lines] == ["", "reviewer@union.example", "0088d2@unit.example"]
    assert [line.role for line in page.lines] == [None, Role.REVIEWER, Role.HANDLER]
    assert [line.batch_no for line in page.lines] == ["", "", batch.batch_no]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"last_day": date(2020, 5, 4)}, ["edit_person"]),
        ({"first_day": date(2020, 5, 5)}, ["load_plan", "search_people"]),
        ({"account": "Reviewer@union"}, ["search_people"]),
        ({"account": "%"}, []),
        ({"account": SYSTEM}, ["load_plan"]),
        ({"action": "edit_person"}, ["edit_person"]),
        ({"batch_no": "SZSH1"}, []),
        ({"account": "0088d2", "action": "search_people"}, []),
    ],
)
def test_each_filter_narrows_it(batch: BatchOf, filters: dict[str, object], expected: list[str]) -> None:
    assert actions(read(**filters)) == expected


def test_a_batchs_own_entries_are_found_by_its_number(batch: BatchOf) -> None:
    assert actions(read(batch_no=batch.batch_no.lower())) == ["edit_person"]


def test_the_pages_follow_each_other_and_end(batch: BatchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [actions(read(page, 2)) for page in (1, 2, 3)] == [["load_plan", "search_people"], ["edit_person"], []]
    assert (read(3, 2).total, read().more) == (3, False)
    monkeypatch.setattr(audit_log, "MOST_READ", 2)
    assert (actions(read()), read().total, read().more) == (["load_plan", "search_people"], 2, True)


def test_a_page_is_one_statement(batch: BatchOf) -> None:
    for size in (1, 20):
        with statements() as asked:
            read(1, size)
        assert len(asked) == 1, asked
