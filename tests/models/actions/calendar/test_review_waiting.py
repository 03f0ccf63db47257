"""J16: reviewers are told each morning of what has waited for them longer than two working days (NTF-14)."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update

from config.messages import text
from models.actions.calendar.review_waiting import REVIEW_WAITING
from models.actions.keep_accounts import add_account
from models.records.code_application import CodeApplication
from models.records.database import reading, writing
from models.rules.code_application import ApplicationStatus
from models.rules.permissions import Role
from tests.applications import applied
from tests.records import IN_THE_CENTRAL_WINDOW, a_clerk, open_window
from tests.reminders import accounts_told, at, days_told, disabled, notices, values_told
from tests.scheduled import calendar_at, calendar_begins_at, done_at
from tests.statements import statements
from tests.vouchers import Paying, a_paying_unit, approve, reject, staff, submit

MONDAY, FRIDAY = at(4, 20), at(4, 24)
MORNING = (9, 10)


def an_application(when: datetime = MONDAY) -> None:
    """One waits for the reviewer since then; the calendar has begun on Monday."""
    staff(Role.REVIEWER, IN_THE_CENTRAL_WINDOW)
    with writing() as session:
        open_window(session)
        clerk = a_clerk(session, "3019BJ")
    applied(clerk, when)
    calendar_begins_at(MONDAY)


def a_voucher(when: datetime = MONDAY) -> Paying:
    """The same of a voucher."""
    paying = a_paying_unit()
    submit(paying, when)
    calendar_begins_at(MONDAY)
    return paying


def days_until(moment: datetime) -> list[str]:
    calendar_at(moment)
    return days_told("NTF-14")


def test_the_reviewer_is_told_of_both_kinds_and_since_when_the_first_waits(database: str) -> None:
    an_application(at(4, 20, 15, 30))
    paying = a_voucher(at(4, 20, 16))
    calendar_at(at(4, 23, *MORNING))
    [notice] = notices("NTF-14")
    assert notice.account_id == paying.reviewer.account_id
    assert text(notice.code, **notice.values) == "有2项待审核，最早提交于2020-04-20 15:30。"


def test_two_working_days_after_monday_are_over_on_thursday(database: str) -> None:
    a_voucher()
    assert days_until(at(4, 23, 8, 30)) == []
    assert days_until(at(4, 23, *MORNING)) == ["04-23"]


@pytest.mark.parametrize("submitted", [at(4, 24, 8), at(4, 24, 17), at(4, 25), at(4, 26, 23)])
def test_over_a_weekend_they_are_over_on_wednesday(database: str, submitted: datetime) -> None:
    a_voucher(submitted)
    assert days_until(at(4, 28, 12)) == []
    assert days_until(at(4, 29, *MORNING)) == ["04-29"]


def test_it_is_told_every_day_while_something_waits(database: str) -> None:
    paying = a_voucher()
    for day in (23, 24, 25):
        calendar_at(at(4, day, 10))
    assert days_told("NTF-14") == ["04-23", "04-24", "04-25"]
    approve(paying, at(4, 25, 11))
    assert days_until(at(4, 26, 10)) == ["04-23", "04-24", "04-25"]


def test_of_days_that_were_missed_the_last_is_told(database: str) -> None:
    a_voucher()
    assert days_until(at(4, 26, 12)) == ["04-26"]
    assert days_until(at(4, 26, 13)) == ["04-26"]


def test_what_waits_shorter_is_not_counted(database: str) -> None:
    an_application(FRIDAY)
    a_voucher()
    calendar_at(at(4, 27, *MORNING))
    assert values_told("NTF-14") == [{"n": 1, "time": "2020-04-20 09:00"}]


@pytest.mark.parametrize("status", [ApplicationStatus.APPROVED, ApplicationStatus.REJECTED])
def test_a_decided_application_does_not_wait(database: str, status: ApplicationStatus) -> None:
    an_application()
    with writing() as session:
        session.execute(update(CodeApplication).values(status=status))
    assert days_until(at(4, 24)) == []


def test_a_rejected_voucher_waits_anew_from_its_next_submission(database: str) -> None:
    paying = a_voucher()
    reject(paying, now=at(4, 21))
    submit(paying, at(4, 22))
    assert days_until(at(4, 24, 10)) == []
    assert days_until(at(4, 27, 10)) == ["04-27"]


def test_every_reviewer_who_can_log_in_is_told_and_nobody_else(database: str) -> None:
    paying = a_voucher()
    accounts = []
    with writing() as session:
        for number in range(2):
            email = f"reviewer{number}@union.example"
            accounts.append(add_account(session, email, Role.REVIEWER, now=MONDAY)[0].id)
    disabled(paying.reviewer)
    calendar_at(at(4, 23, *MORNING))
    assert accounts_told("NTF-14") == accounts


def test_done_again_tells_nobody_twice(database: str) -> None:
    a_voucher()
    done_at(REVIEW_WAITING, at(4, 23, *MORNING))
    calendar_at(at(4, 23, 10))
    assert days_told("NTF-14") == ["04-23"]


def test_it_is_asked_in_three_statements(database: str) -> None:
    a_voucher()
    with reading() as session, statements() as asked:
        assert REVIEW_WAITING.next_at(session, MONDAY, at(4, 24)) == at(4, 23, *MORNING)
    assert len(asked) == 3
