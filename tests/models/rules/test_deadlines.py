"""What time refuses, at the last second and at the first one too late (DOMAIN 3.3, 10, 11.2)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.rules.deadlines import Deadlines, end_of
from models.rules.lifecycle import Until
from models.rules.plan import EnrolmentType
from tests.models.rules.plan_years import PLAN_2020

SECOND = timedelta(seconds=1)
CENTRAL = Deadlines(PLAN_2020, EnrolmentType.CENTRAL, "SZSH202004200001")
INSTANT = Deadlines(PLAN_2020, EnrolmentType.INSTANT, "SZSH202006010001")
CENTRAL_CLOSE, INSTANT_CLOSE = PLAN_2020.central_close_at, PLAN_2020.instant_close_at
JUNE, LATE_JUNE = (datetime(2020, 6, day, 12, 0, tzinfo=SHANGHAI) for day in (1, 20))


def code(deadlines: Deadlines, until: Until, now: datetime) -> str | None:
    refusal = deadlines.refusal(until, now)
    return refusal.code if refusal else None


ENDS = [
    (CENTRAL, Until.WINDOW_CLOSES, CENTRAL_CLOSE, "WIN-002"),
    (INSTANT, Until.WINDOW_CLOSES, INSTANT_CLOSE, "WIN-004"),
    (CENTRAL, Until.PREMIUM_CONFIRMED, CENTRAL_CLOSE, "WIN-002"),
    (replace(INSTANT, confirm_since=date(2020, 6, 1)), Until.PREMIUM_CONFIRMED, end_of(date(2020, 6, 16)), "BAT-006"),
    (replace(INSTANT, cutoff_on=date(2020, 6, 9)), Until.PREMIUM_CONFIRMED, end_of(date(2020, 6, 9)), "PAY-009"),
    (CENTRAL, Until.ROSTER_WITHDRAWN, CENTRAL_CLOSE, "WIN-005"),
    (INSTANT, Until.ROSTER_WITHDRAWN, INSTANT_CLOSE, "WDR-006"),
    (CENTRAL, Until.PROJECTS_WITHDRAWN, CENTRAL_CLOSE, "WIN-005"),
    (replace(INSTANT, cutoff_on=date(2020, 6, 9)), Until.PROJECTS_WITHDRAWN, end_of(date(2020, 6, 9)), "PAY-009"),
    (replace(CENTRAL, cutoff_on=date(2020, 5, 26)), Until.PAID, end_of(date(2020, 5, 26)), "PAY-009"),
    (replace(CENTRAL, resubmit_by=date(2020, 6, 2)), Until.PAID_AGAIN, end_of(date(2020, 6, 2)), "PAY-009"),
]


@pytest.mark.parametrize(
    ("deadlines", "until", "ends", "refused"), ENDS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_second_before_the_end_is_in_time_and_the_end_itself_is_too_late(deadlines, until, ends, refused):
    assert code(deadlines, until, ends - SECOND) is None
    assert code(deadlines, until, ends) == refused


@pytest.mark.parametrize("until", [Until.WINDOW_CLOSES, Until.PREMIUM_CONFIRMED])
def test_before_the_central_window_nothing_begins(until):
    assert code(CENTRAL, until, PLAN_2020.central_open_at - SECOND) == "WIN-001"


def test_a_grant_extends_the_window_of_its_batches_for_everything():
    extended = replace(CENTRAL, central_extension_until=JUNE)
    for until in (Until.WINDOW_CLOSES, Until.PREMIUM_CONFIRMED, Until.ROSTER_WITHDRAWN, Until.PROJECTS_WITHDRAWN):
        assert code(extended, until, CENTRAL_CLOSE) is None
        assert code(extended, until, JUNE) is not None


def test_a_grant_that_ends_before_the_window_changes_nothing():
    early = replace(CENTRAL, central_extension_until=CENTRAL_CLOSE - timedelta(days=9))
    assert early.window_closes_at == CENTRAL_CLOSE


def test_instant_premiums_without_a_submission_yet_have_no_day_to_be_confirmed_by():
    assert INSTANT.confirm_before is None


def test_a_central_premium_is_bound_by_the_window_and_no_days():
    assert replace(CENTRAL, confirm_since=date(2020, 4, 1)).confirm_before is None


def test_projects_that_the_central_enrolment_fixed_cannot_be_chosen_again():
    assert code(replace(INSTANT, projects_locked=True), Until.PROJECTS_WITHDRAWN, JUNE) == "WDR-005"


@pytest.mark.parametrize(
    ("until", "central", "instant"),
    [
        (Until.WINDOW_CLOSES, "WIN-002", "WIN-004"),
        (Until.PREMIUM_CONFIRMED, "WIN-002", "BAT-006"),
        (Until.ROSTER_WITHDRAWN, "WIN-005", "WDR-006"),
        (Until.PROJECTS_WITHDRAWN, "WIN-005", "PAY-009"),
        (Until.PAID, "PAY-009", "PAY-009"),
        (Until.PAID_AGAIN, "PAY-009", "PAY-009"),
    ],
)
def test_a_reinstated_batch_has_one_deadline_instead_of_all_others(until, central, instant):
    past = {"confirm_since": date(2020, 5, 12), "cutoff_on": date(2020, 5, 15), "reinstated_until": LATE_JUNE}
    for deadlines, refused in ((CENTRAL, central), (INSTANT, instant)):
        reinstated = replace(deadlines, **past)
        assert code(reinstated, until, LATE_JUNE - SECOND) is None
        assert code(reinstated, until, LATE_JUNE) == refused


def test_deleting_is_never_too_late():
    assert code(CENTRAL, Until.ALWAYS, INSTANT_CLOSE + timedelta(days=999)) is None


def test_a_refusal_names_the_last_day_that_counted():
    refusal = replace(INSTANT, cutoff_on=date(2020, 6, 9)).refusal(Until.PROJECTS_WITHDRAWN, LATE_JUNE)
    assert refusal.values == {"batch": "SZSH202006010001", "date": "2020-06-09"}


@pytest.mark.parametrize(("until", "refused"), [(Until.WINDOW_CLOSES, "WIN-004"), (Until.ROSTER_WITHDRAWN, "WDR-006")])
def test_the_roster_of_a_reinstated_instant_batch_is_too_late_on_the_last_day_of_cover(until, refused):
    reinstated = replace(INSTANT, reinstated_until=INSTANT_CLOSE + timedelta(days=9))
    assert code(reinstated, until, INSTANT_CLOSE - SECOND) is None
    assert code(reinstated, until, INSTANT_CLOSE) == refused


@pytest.mark.parametrize("until", [Until.PREMIUM_CONFIRMED, Until.PROJECTS_WITHDRAWN, Until.PAID, Until.PAID_AGAIN])
def test_what_is_submitted_may_be_confirmed_and_paid_after_the_year_while_it_is_reinstated(until):
    late = INSTANT_CLOSE + timedelta(days=9)
    reinstated = replace(INSTANT, confirm_since=date(2021, 3, 1), cutoff_on=date(2021, 3, 20), reinstated_until=late)
    assert code(reinstated, until, late - SECOND) is None
    assert code(reinstated, until, late) is not None
