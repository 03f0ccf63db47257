"""Batches that wait for their projects, and premiums of theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.actions.keep_plans import load_plan, publish_plan
from models.actions.move_clock import move_clock
from models.actions.price_batch import confirm_premium, generate_premium
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.plan_year import PlanYearRecord
from models.records.premium import PremiumPreview
from models.rules.person import Person
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.imports import another_batch, submitted
from tests.records import BatchOf, a_batch, a_clerk, people_on

BASICS = ["A0", "B0", "C0"]
_BIRTHDAYS = 400
"""People of one sequence number are told apart by their birthday."""


def a_crowd(si_people: int, other_people: int, *, first: int = 0) -> list[Person]:
    """So many people with social insurance, and then so many without; `first` tells crowds apart."""
    return [
        _somebody(number, has_si=number < first + si_people)
        for number in range(first, first + si_people + other_people)
    ]


def _somebody(number: int, *, has_si: bool) -> Person:
    sequence, day = divmod(number, _BIRTHDAYS)
    birth = date(1990, 1, 1) + timedelta(days=day)
    name = "第" + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{number}")
    return a_person(name=name, id_no=resident_id(birth, sequence=sequence), birth=birth, has_si=has_si)


def a_batch_in(
    data: dict[str, Any], now: datetime, kind: EnrolmentType = EnrolmentType.CENTRAL, code: str = "0088D2"
) -> BatchOf:
    """An empty batch of a published plan year, whose data are given, at that moment."""
    with writing() as session:
        move_clock(session, now)
        if session.get(PlanYearRecord, data["plan_year"]) is None:
            publish_plan(session, load_plan(session, data, now).plan_year, now)
        viewer = a_clerk(session, code, now=now)
        batch = a_batch(session, viewer, code, kind, now=now)
        return BatchOf(viewer, batch.batch_no, batch.id, now)


def submitted_with(batch: BatchOf, si_people: int, other_people: int = 0, *, first: int = 0) -> BatchOf:
    """The batch with so many people, its roster submitted at once."""
    people_on(batch, a_crowd(si_people, other_people, first=first))
    return submitted(batch)


def an_instant_batch(batch: BatchOf, now: datetime) -> BatchOf:
    """Another batch of the same code, in instant enrolment."""
    with reading() as session:
        code = session.get_one(Batch, batch.batch_id).code.code
    return another_batch(batch.viewer, code, EnrolmentType.INSTANT, now=now)


def priced(
    batch: BatchOf, projects: Sequence[str] | None = None, *, now: datetime | None = None, version: int | None = None
) -> PremiumPreview:
    """生成保费信息, committed; the three basics unless others are named."""
    with writing() as session:
        chosen = BASICS if projects is None else list(projects)
        return generate_premium(session, batch.viewer, batch.batch_no, chosen, now or batch.now, version=version)


def confirmed(batch: BatchOf, token: str, acknowledged: Collection[str] = (), *, now: datetime | None = None) -> Batch:
    """提交确认保费, committed."""
    with writing() as session:
        return confirm_premium(session, batch.viewer, batch.batch_no, token, acknowledged, now or batch.now)


def took_part(batch: BatchOf, projects: Sequence[str] = BASICS) -> BatchOf:
    """A submitted batch whose premium under these projects is confirmed."""
    confirmed(batch, priced(batch, projects).token)
    return batch


def charges_of(batch: BatchOf) -> list[int | None]:
    """What each person of the roster pays, in the order in which they came."""
    with reading() as session:
        charges = select(BatchPerson.charge_fen).where(BatchPerson.batch_id == batch.batch_id).order_by(BatchPerson.id)
        return list(session.scalars(charges))


def later(batch: BatchOf, now: datetime) -> BatchOf:
    """The same batch at another moment."""
    return replace(batch, now=now)
