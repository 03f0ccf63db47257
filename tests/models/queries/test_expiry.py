"""When batches expire, asked over all of them: by few statements, and never other than the rule says of each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from models.queries.deadlines import deadlines_of
from models.queries.expiry import Ended, ended_by, ends_by
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.expiry import EXPIRIES, ending_of
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.plan import EnrolmentType
from tests.expiring import CENTRAL_CLOSE
from tests.imports import the_batch
from tests.records import BatchOf, a_batch_to_fill
from tests.stages import put_into
from tests.statements import statements

S = BatchState
LATER = datetime(2020, 5, 20, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central draft."""
    return a_batch_to_fill()


def many_like(batch: BatchOf, *given: dict[str, object], first: int = 1000) -> None:
    """More batches of the same unit, each with these columns."""
    known = the_batch(batch)
    shared = {column.key: getattr(known, column.key) for column in Batch.__table__.columns if column.key != "id"}
    with writing() as session:
        session.add_all(
            Batch(**{**shared, "enrolment_type": "instant", **columns, "batch_no": f"SZSH20200420{first + number:05d}"})
            for number, columns in enumerate(given)
        )


def every_kind() -> list[dict[str, object]]:
    """Batches in each state, with each date of their own and without."""
    own: list[dict[str, object]] = [
        {}, {"central_extension_until": LATER}, {"reinstated_until": LATER + timedelta(days=1)},
        {"confirm_since": date(2020, 7, 1)}, {"payment_cutoff_on": date(2020, 6, 4)},
        {"resubmit_by": date(2020, 6, 9)},
    ]  # fmt: skip
    return [{"state": state, **columns} for state, columns in product(S, own)]


def judged_one_by_one(session: Session) -> dict[Ended, BatchAction]:
    """What the rule says of each batch."""
    plan = plan_of(session, "2020")
    batches = session.scalars(select(Batch).order_by(Batch.id)).all()
    endings = {batch.id: ending_of(S(batch.state), deadlines_of(batch, plan)) for batch in batches}
    return {Ended(batch_id, ending.at): ending.action for batch_id, ending in endings.items() if ending is not None}


def test_the_groups_and_the_single_batches_are_judged_by_the_one_rule(batch: BatchOf) -> None:
    many_like(batch, *every_kind())
    with reading() as session:
        judged = judged_one_by_one(session)
        assert set(judged.values()) == set(EXPIRIES)
        assert ended_by(session, EXPIRIES) == list(judged)
        assert ends_by(session, EXPIRIES) == {ended.at for ended in judged}
        for action in EXPIRIES:
            assert ended_by(session, [action]) == [ended for ended, by in judged.items() if by is action]


@pytest.mark.parametrize("columns", every_kind(), ids=str)
def test_so_is_a_central_batch_in_every_state_with_every_date(sqlite: None, columns: dict[str, object]) -> None:
    batch = a_batch_to_fill()
    put_into(batch, **columns)
    with reading() as session:
        assert ended_by(session, EXPIRIES) == list(judged_one_by_one(session))


@pytest.mark.parametrize("kind", EnrolmentType)
def test_a_draft_ends_with_the_window_of_its_type(batch: BatchOf, kind: EnrolmentType) -> None:
    with writing() as session:
        session.get_one(Batch, batch.batch_id).enrolment_type = kind
        plan = plan_of(session, "2020")
    closes = CENTRAL_CLOSE if kind is EnrolmentType.CENTRAL else plan.instant_close_at
    with reading() as session:
        assert ends_by(session, EXPIRIES) == {closes}


def test_however_many_batches_there_are_as_many_statements_are_asked(batch: BatchOf) -> None:
    many_like(batch, *every_kind())
    with reading() as session, statements() as few:
        ends_by(session, EXPIRIES)
    many_like(batch, *[*every_kind()] * 4, first=2000)
    with reading() as session, statements() as many:
        ends_by(session, EXPIRIES)
    assert len(many) == len(few) <= len(EXPIRIES) + 1
