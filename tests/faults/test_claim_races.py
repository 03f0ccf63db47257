"""One owner for each ID number and plan year, whoever submits at the same time and in whatever order."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from config.messages import text
from models.actions.check_roster import Checked, submit_at_once
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from models.rules.person import Person
from tasks.sample_people import fictitious_people
from tests.records import BatchOf, a_batch_to_fill, people_on

pytestmark = pytest.mark.faults

ACCOUNTS, PEOPLE, MISNAMED = 6, 5000, 10
"""MISNAMED people stand on each roster under another name, so that nobody is told who holds them (REG-002)."""
HOUSES = "甲乙丙丁戊己"


def rosters(people: Sequence[Sequence[Person]]) -> list[BatchOf]:
    """A batch for each account, its people put on in an order of their own."""
    batches = []
    for account, own in enumerate(people):
        batch = a_batch_to_fill(f"0088D{account}")
        people_on(batch, random.Random(account).sample(own, len(own)))
        batches.append(batch)
    return batches


def submitted_at_once(batches: Sequence[BatchOf]) -> list[Checked]:
    """Every roster submitted in a thread and a transaction of its own, all from one starting shot."""
    start = threading.Barrier(len(batches))
    answers: dict[int, Checked | BaseException] = {}

    def submit(number: int) -> None:
        batch = batches[number]
        try:
            start.wait()
            with writing() as session:
                answers[number] = submit_at_once(session, batch.viewer, batch.batch_no, batch.now)
        except BaseException as raised:  # noqa: BLE001 -- told in the main thread
            answers[number] = raised

    threads = [threading.Thread(target=submit, args=[number]) for number in range(len(batches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shown = [answers[number] for number in range(len(batches))]
    assert not [answer for answer in shown if isinstance(answer, BaseException)], shown
    return [answer for answer in shown if isinstance(answer, Checked)]


def claims_by_batch() -> Counter[int]:
    """How many numbers each batch holds."""
    with reading() as session:
        held = select(Claim.batch_id, func.count()).group_by(Claim.batch_id)
        return Counter(dict(session.execute(held).all()))


def test_of_six_accounts_that_submit_the_same_5000_people_one_owns_all_and_five_are_told(database: str) -> None:
    people = list(fictitious_people(PEOPLE, seed=5))
    alike = people[MISNAMED:]
    batches = rosters(
        [
            [*alike, *(replace(person, name=f"{HOUSES[account]}家") for person in people[:MISNAMED])]
            for account in range(ACCOUNTS)
        ]
    )
    answers = submitted_at_once(batches)
    [winner] = [batch for batch, answer in zip(batches, answers, strict=True) if answer.passed]
    assert claims_by_batch() == {winner.batch_id: PEOPLE}
    for batch, answer in zip(batches, answers, strict=True):
        with reading() as session:
            state = session.get_one(Batch, batch.batch_id).state
        if batch is winner:
            assert (answer.people, state) == (PEOPLE, BatchState.ROSTER_SUBMITTED)
            continue
        assert state == BatchState.ROSTER_FAILED
        codes = Counter(conflict.code for conflict in answer.conflicts)
        assert codes == {"REG-001": PEOPLE - MISNAMED, "REG-002": MISNAMED}
        told = answer.conflicts[-1]
        assert text(told.code, **told.values)


def test_rosters_that_overlap_in_a_ring_never_deadlock(database: str) -> None:
    people = list(fictitious_people(1200, seed=6))
    neighbours = [(people * 2)[account * 200 : account * 200 + 500] for account in range(ACCOUNTS)]
    batches = rosters(neighbours)
    answers = submitted_at_once(batches)
    winners = {batch.batch_id for batch, answer in zip(batches, answers, strict=True) if answer.passed}
    assert winners
    assert claims_by_batch() == dict.fromkeys(winners, 500)
    for batch, answer in zip(batches, answers, strict=True):
        named = {conflict.person_id for conflict in answer.conflicts}
        assert (batch.batch_id in winners) == (not named)
        assert len(named) == len(answer.conflicts)
