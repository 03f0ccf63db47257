"""特殊通道: no check of the ratio, central terms for longer (DOMAIN 5.6, 8.4, 3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.actions.check_roster import submit_at_once
from models.actions.open_batch import open_batch
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.exception import SpecialGrant
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from tests.builders import a_person
from tests.checks import batch_has, insured_as, report_exists, submitted_by_job, unit_total, validated
from tests.exceptions import CODE, REASON, an_account, special_channel, the_exception, written_of
from tests.imports import another_batch, submitted, the_batch
from tests.premiums import confirmed, priced
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.vouchers import told

UNTIL = "2020-05-20T17:00"
EXTENDED = datetime(2020, 5, 20, 17, 0, tzinfo=SHANGHAI)
AFTER_THE_CLOSE = datetime(2020, 5, 13, 9, 0, tzinfo=SHANGHAI)
SI_CODE = "31018801"


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of one person of a 社保编码 that has ten."""
    filled = a_batch_to_fill()
    people_on(filled, [a_person()])
    insured_as(filled, SI_CODE)
    unit_total(SI_CODE, 10)
    return filled


def the_grant() -> SpecialGrant:
    with reading() as session:
        return session.query(SpecialGrant).one()


def opened(batch: BatchOf, now: datetime, kind: EnrolmentType = EnrolmentType.CENTRAL) -> Batch:
    with writing() as session:
        return open_batch(session, batch.viewer, code=CODE, enrolment_type=kind, now=now)


def test_a_grant_is_kept_by_code_and_year_and_stands_in_the_list(batch: BatchOf) -> None:
    special_channel(NOW, exempt=True, until=UNTIL)
    grant, after = the_grant(), the_batch(batch)
    assert (grant.plan_year, grant.ratio_exempt, grant.central_extension_until) == ("2020", True, EXTENDED)
    assert (grant.reason, grant.granted_at) == (REASON, NOW)
    assert (after.ratio_exempt, after.central_extension_until) == (True, EXTENDED)
    assert (after.handling_channel, after.version) == ("special", 2)


def test_a_roster_that_failed_by_its_ratio_is_checked_anew_and_passes_unchecked(batch: BatchOf) -> None:
    assert validated(batch).blocking == [("V6", "VAL-003", None)]
    special_channel(NOW, exempt=True)
    assert (the_batch(batch).state, report_exists(batch)) == (BatchState.ROSTER_DRAFT, False)
    report = submitted_by_job(batch)
    assert (report.passed, report.ratios[0]["ok"]) == (True, None)
    assert the_batch(batch).state == BatchState.ROSTER_SUBMITTED


def test_a_report_from_before_does_not_count_where_the_ratio_is_asked_again(batch: BatchOf) -> None:
    special_channel(NOW, exempt=True)
    assert validated(batch).passed
    special_channel(NOW, until=UNTIL)
    assert not report_exists(batch)
    with writing() as session:
        assert not submit_at_once(session, batch.viewer, batch.batch_no, NOW).passed


def test_an_extension_alone_leaves_the_report_as_it_is(batch: BatchOf) -> None:
    validated(batch)
    special_channel(NOW, until=UNTIL)
    assert (the_batch(batch).state, report_exists(batch)) == (BatchState.ROSTER_FAILED, True)


def test_what_was_submitted_stays_submitted_when_the_exemption_is_taken_away(batch: BatchOf) -> None:
    special_channel(NOW, exempt=True)
    submitted(batch)
    special_channel(NOW)
    after = the_batch(batch)
    assert (after.state, after.ratio_exempt, after.handling_channel) == (BatchState.ROSTER_SUBMITTED, False, "normal")
    assert report_exists(batch)


def test_a_roster_is_submitted_after_the_close_at_full_price_from_the_first_day(batch: BatchOf) -> None:
    special_channel(NOW, exempt=True, until=UNTIL)
    with writing() as session:
        assert submit_at_once(session, batch.viewer, batch.batch_no, AFTER_THE_CLOSE).passed
    confirmed(batch, priced(batch, now=AFTER_THE_CLOSE).token, set(), now=AFTER_THE_CLOSE)
    after = the_batch(batch)
    assert (str(after.coverage_start), after.half_price, after.total_fen) == ("2020-04-01", False, 18_000)
    assert after.state == BatchState.AWAITING_PAYMENT


def test_at_the_end_of_the_extension_the_window_is_closed(batch: BatchOf) -> None:
    special_channel(NOW, exempt=True, until=UNTIL)
    with refused("WIN-002", close="2020-05-20 17:00"), writing() as session:
        submit_at_once(session, batch.viewer, batch.batch_no, EXTENDED)


def test_a_central_batch_is_opened_after_the_close_and_takes_the_grant(batch: BatchOf) -> None:
    batch_has(batch, state=BatchState.EXPIRED)
    with refused("WIN-002", close="2020-05-11 17:00"):
        opened(batch, AFTER_THE_CLOSE)
    special_channel(AFTER_THE_CLOSE, exempt=True, until=UNTIL)
    made = opened(batch, EXTENDED - timedelta(seconds=1))
    assert (made.handling_channel, made.ratio_exempt, made.central_extension_until) == ("special", True, EXTENDED)
    with refused("WIN-002", close="2020-05-20 17:00"):
        opened(batch, EXTENDED)


def test_anothers_extension_opens_no_window(batch: BatchOf) -> None:
    special_channel(NOW, until=UNTIL)
    stranger = an_account(NOW)
    with refused("WIN-002", close="2020-05-11 17:00"), writing() as session:
        open_batch(session, stranger, code=CODE, enrolment_type=EnrolmentType.CENTRAL, now=AFTER_THE_CLOSE)


def test_an_instant_batch_is_exempt_but_has_no_central_terms(batch: BatchOf) -> None:
    special_channel(NOW, exempt=True, until=UNTIL)
    made = opened(batch, datetime(2020, 6, 1, 9, tzinfo=SHANGHAI), EnrolmentType.INSTANT)
    assert (made.handling_channel, made.ratio_exempt, made.central_extension_until) == ("special", True, None)


def test_other_codes_and_deleted_batches_are_left_alone(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D4", now=NOW)
    gone = another_batch(batch.viewer, "0088D5", now=NOW)
    batch_has(gone, state=BatchState.DELETED)
    special_channel(NOW, exempt=True)
    special_channel(NOW, exempt=True, code="0088D5")
    assert [the_batch(one).ratio_exempt for one in (other, gone)] == [False, False]


def test_an_expired_batch_takes_it_for_the_day_when_it_is_reinstated_and_nobody_is_told(batch: BatchOf) -> None:
    batch_has(batch, state=BatchState.EXPIRED)
    special_channel(NOW, exempt=True)
    assert (the_batch(batch).ratio_exempt, told("NTF-15")) == (True, [])


def test_a_later_grant_replaces_the_one_before_and_both_are_written_down(batch: BatchOf) -> None:
    special_channel(NOW, exempt=True, until=UNTIL)
    second = special_channel(NOW + timedelta(days=1), until="2020-05-25T17:00")
    assert the_exception(second).changes == [
        ["单位社保比例", "免校验", "校验"],
        ["集中参保延长至", "2020-05-20 17:00", "2020-05-25 17:00"],
    ]
    assert (the_grant().ratio_exempt, the_batch(batch).ratio_exempt) == (False, False)
    assert [entry.action for entry in written_of(batch)].count("apply_exception") == 2
    assert told("NTF-15")[1]["what"] == "特殊通道设置（单位社保比例校验，集中参保延长至2020-05-25 17:00）"


def test_an_extension_is_taken_away_in_words(batch: BatchOf) -> None:
    special_channel(NOW, until=UNTIL)
    special_channel(NOW)
    assert told("NTF-15")[1]["what"] == "特殊通道设置（办理通道普通，取消集中参保延长）"
    assert the_batch(batch).central_extension_until is None


@pytest.mark.parametrize("until", ["2020-05-11T17:00", "2020-04-19T09:00", "2021-03-31T00:01"])
def test_a_time_that_extends_nothing_is_refused(batch: BatchOf, until: str) -> None:
    with refused("BAT-002"):
        special_channel(NOW, until=until)


def test_a_time_that_has_passed_is_refused_but_may_stay(batch: BatchOf) -> None:
    special_channel(NOW, until=UNTIL)
    late = EXTENDED + timedelta(days=1)
    with refused("BAT-002"):
        special_channel(late, until="2020-05-21T16:00")
    special_channel(late, exempt=True, until=UNTIL)
    assert the_grant().ratio_exempt


def test_what_is_so_already_is_refused(batch: BatchOf) -> None:
    with refused("BAT-002", status="与现有设置相同"):
        special_channel(NOW)
    special_channel(NOW, exempt=True)
    with refused("BAT-002", status="与现有设置相同"):
        special_channel(NOW, exempt=True)
