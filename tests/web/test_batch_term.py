"""The date that a batch's state has on lists."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from config.clock import SHANGHAI
from config.plans import plan_data
from models.records.batch import Batch
from models.rules.plan import PlanYear
from web.batch_term import term_of

PLAN = PlanYear.from_data(plan_data("2020"))
MAY_8 = datetime(2020, 5, 8, 14, 45, tzinfo=SHANGHAI)
DUE = {"payment_due_on": date(2020, 7, 16), "payment_cutoff_on": date(2020, 7, 19)}


def term(state: str, kind: str = "central", *, now: datetime = MAY_8, **more: Any) -> tuple[str, str, str]:
    batch = Batch(batch_no="SZSH202005080001", enrolment_type=kind, state=state, projects_locked=False, **more)
    found = term_of(batch, PLAN, now)
    return found.text, found.remaining, found.tone


def july(day: int, hour: int = 0) -> datetime:
    return datetime(2020, 7, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize("state", ["roster_draft", "roster_failed"])
def test_a_roster_is_due_when_its_own_window_closes(state: str) -> None:
    assert term(state) == ("05-11 17:00 前提交", "还剩 3 天 2 小时", "soon")
    assert term(state, "instant") == ("2021-03-30 24:00 前提交", "还剩 326 天", "")
    assert term(state, now=PLAN.central_close_at) == ("05-11 17:00 已截止", "", "")


def test_a_longer_window_is_a_later_date() -> None:
    later = PLAN.central_close_at + timedelta(days=2)
    assert term("roster_draft", central_extension_until=later)[0] == "05-13 17:00 前提交"
    assert term("roster_draft", reinstated_until=later, now=PLAN.central_close_at)[0] == "05-13 17:00 前提交"


def test_a_premium_is_to_be_confirmed_by_the_close_or_within_fifteen_days() -> None:
    assert term("roster_submitted")[0] == "05-11 17:00 前确认"
    confirm_since = {"confirm_since": date(2020, 7, 1)}
    assert term("roster_submitted", "instant", now=july(1), **confirm_since)[0] == "07-16 24:00 前确认"


def test_a_date_of_payment_that_was_kept_comes_first_if_it_is_earlier() -> None:
    kept = {"confirm_since": date(2020, 7, 10), **DUE}
    assert term("roster_submitted", "instant", now=july(10), **kept)[0] == "07-19 24:00 前确认"


def test_after_the_day_of_payment_the_voucher_is_late_and_still_taken() -> None:
    def unpaid(now: datetime) -> tuple[str, str, str]:
        return term("awaiting_payment", "instant", now=now, **DUE)

    assert unpaid(july(16, 23)) == ("07-16 24:00 前汇款", "还剩 1 小时", "soon")
    assert unpaid(july(17)) == ("07-19 24:00 前上传凭证", "已逾期，还剩 3 天", "late")
    assert unpaid(july(20)) == ("07-19 24:00 已截止", "", "")


def test_a_rejected_voucher_has_its_own_day() -> None:
    assert term("payment_rejected", resubmit_by=date(2020, 5, 26))[0] == "05-26 24:00 前重新提交"


def test_an_end_is_told_as_one() -> None:
    assert term("enrolled", coverage_end=date(2021, 3, 31)) == ("保障至 2021-03-31", "", "")
    assert term("expired", expired_at=MAY_8) == ("05-08 14:45 失效", "", "")
    assert term("payment_review") == ("–", "", "")
