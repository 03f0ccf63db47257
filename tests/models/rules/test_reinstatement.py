"""Until when an expired batch may be given time again (DOMAIN 3.3, T25)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.rules.deadlines import end_of
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from models.rules.reinstatement import LONGEST, check_until
from tests.models.rules.plan_years import PLAN_2020
from tests.refusals import refused

CENTRAL, INSTANT = EnrolmentType.CENTRAL, EnrolmentType.INSTANT
DRAFT, SUBMITTED, UNPAID = BatchState.ROSTER_DRAFT, BatchState.ROSTER_SUBMITTED, BatchState.AWAITING_PAYMENT
NOW = datetime(2020, 6, 1, 9, 0, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
YEAR_ENDS = end_of(PLAN_2020.coverage_end)

LATEST = [
    (CENTRAL, DRAFT, YEAR_ENDS),
    (CENTRAL, SUBMITTED, YEAR_ENDS),
    (CENTRAL, UNPAID, NOW + LONGEST),
    (INSTANT, DRAFT, PLAN_2020.instant_close_at),
    (INSTANT, SUBMITTED, YEAR_ENDS),
    (INSTANT, BatchState.PAYMENT_REJECTED, NOW + LONGEST),
]


@pytest.mark.parametrize(("kind", "before", "latest"), LATEST)
def test_time_is_given_until_the_latest_moment_that_makes_sense_and_no_longer(
    kind: EnrolmentType, before: BatchState, latest: datetime
) -> None:
    check_until(NOW + SECOND, NOW, PLAN_2020, kind, before)
    check_until(latest, NOW, PLAN_2020, kind, before)
    for wrong in (NOW, NOW - SECOND, latest + SECOND):
        with refused("SYS-003", field="恢复办理至"):
            check_until(wrong, NOW, PLAN_2020, kind, before)


def test_an_instant_roster_that_was_not_submitted_is_of_no_use_when_no_day_of_cover_is_left() -> None:
    late = PLAN_2020.instant_close_at
    check_until(late, late - SECOND, PLAN_2020, INSTANT, DRAFT)
    with refused("WIN-004"):
        check_until(late + SECOND, late, PLAN_2020, INSTANT, DRAFT)
