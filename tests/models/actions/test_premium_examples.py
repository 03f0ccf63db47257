"""The examples of DOMAIN 5, 6 and 11.2 as a clerk does them, from the roster to the confirmed premium."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from config.plans import plan_data
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.premium import PremiumPreview
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from tests.imports import the_batch
from tests.models.rules.plan_years import EXAMPLES, PLANS, YEARS
from tests.premiums import (
    BASICS,
    a_batch_in,
    charges_of,
    confirmed,
    later,
    priced,
    submitted_with,
)
from tests.records import BatchOf
from tests.refusals import refused

SECOND = timedelta(seconds=1)


def on(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=SHANGHAI)


def put_into(batch: BatchOf, state: BatchState) -> None:
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(state=state))


def example(given: dict[str, Any]) -> PremiumPreview:
    """An example as a clerk does it: batch, people, 清册提交, 生成保费信息, 提交确认保费."""
    data, plan = YEARS[given["plan"]], PLANS[given["plan"]]
    day, kind = given["roster_submitted_on"], EnrolmentType(given["enrolment_type"])
    submits = on(day) if day else plan.central_open_at
    opened = min(submits, plan.instant_close_at - SECOND)
    batch = later(a_batch_in(data, opened, kind), submits)
    if given["si_count"] + given["non_si_count"]:
        submitted_with(batch, given["si_count"], given["non_si_count"])
    else:  # nobody submits an empty roster: somebody else would have to have emptied it
        put_into(batch, BatchState.ROSTER_SUBMITTED)
        with writing() as session:
            cover = {"coverage_start": plan.coverage_start, "coverage_end": plan.coverage_end, "half_price": False}
            session.execute(update(Batch).where(Batch.id == batch.batch_id).values(**cover))
    preview = priced(batch, given["projects"])
    confirmed(batch, preview.token, {"PRJ-008", "PRJ-010"})
    assert sum(filter(None, charges_of(batch))) == the_batch(batch).total_fen == preview.total_fen
    assert None not in charges_of(batch)
    return preview


@pytest.mark.parametrize("one", EXAMPLES["premium"], ids=lambda each: each["id"])
def test_premiums_are_generated_and_confirmed_as_in_the_examples(database: str, one: dict[str, Any]) -> None:
    expected = one["expected"]
    if "error" in expected:
        with refused(expected["error"]):
            example(one["input"])
        return
    preview = example(one["input"])
    assert preview.total_fen == expected["total_fen"]
    assert [(line["projects"], line["total_fen"]) for line in preview.premium["lines"]] == [
        (line["items"], line["line_total_fen"]) for line in expected["lines"]
    ]
    with reading() as session:
        per_person = dict(session.query(BatchPerson.has_si, BatchPerson.charge_fen).distinct().all())
    assert per_person.get(True) == (expected["per_si_person_fen"] if one["input"]["si_count"] else None)
    assert per_person.get(False) == (expected["per_non_si_person_fen"] if one["input"]["non_si_count"] else None)


@pytest.mark.parametrize("one", EXAMPLES["coverage_and_waiting"], ids=lambda each: each["roster_submitted_on"])
def test_projects_that_never_take_effect_are_warned_about_as_in_the_examples(sqlite: None, one: dict[str, Any]) -> None:
    batch = a_batch_in(YEARS[one["plan"]], on(one["roster_submitted_on"]), EnrolmentType.INSTANT)
    notices = priced(submitted_with(batch, 1), [*BASICS, "A1", "B1", "C1"]).notices
    warned = {code: (notice.code, str(notice.last_day)) for notice in notices for code in notice.projects}
    expected = {}
    for project in (*BASICS, "A1", "B1", "C1"):
        period = one["waiting"][project[0]]
        if period["never_effective"]:
            expected[project] = ("PRJ-010" if project == "A1" else "PRJ-008", period["waiting_last_day"])
    assert warned == expected


@pytest.mark.parametrize(
    "one", EXAMPLES["payment_due"], ids=lambda each: f"{each['enrolment_type']} {each['fee_confirmed_on']}"
)
def test_a_premium_is_due_as_in_the_examples(sqlite: None, one: dict[str, Any]) -> None:
    received, kind = on(one["fee_confirmed_on"]), EnrolmentType(one["enrolment_type"])
    opened = min(received, on("2020-05-11" if kind is EnrolmentType.CENTRAL else "2021-03-30"))
    batch = submitted_with(a_batch_in(plan_data("2020"), opened, kind), 1)
    with writing() as session:  # 市职保会 has given the unit more time, where the example needs it
        extended = update(Batch).where(Batch.id == batch.batch_id).values(central_extension_until=on("2020-06-01"))
        session.execute(extended)
    confirmed(batch, priced(batch, now=received).token, {"PRJ-008"}, now=received)
    after = the_batch(batch)
    assert (str(after.payment_due_on), str(after.payment_cutoff_on)) == (
        one["expected"]["payment_due_on"],
        one["expected"]["payment_cutoff_on"],
    )
