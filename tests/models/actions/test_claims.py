"""One number, one plan year, one owner: races for the same people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from models.actions.check_roster import Checked, submit_at_once
from models.records.claim import Claim
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from tests.builders import a_person, resident_id
from tests.claims import broken_claims, claims_of
from tests.imports import the_batch
from tests.records import BatchOf, a_batch_to_fill, people_on

PEOPLE = [a_person(name="甲乙丙丁"[number % 4] * 2, id_no=resident_id(sequence=number)) for number in range(120)]


def submit(batch: BatchOf) -> Checked:
    with writing() as session:
        return submit_at_once(session, batch.viewer, batch.batch_no, batch.now)


def all_at_once(batches: list[BatchOf]) -> list[Checked]:
    with ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(submit, batches))


def test_of_six_units_with_the_same_people_in_different_order_one_gets_them_all(database: str) -> None:
    batches = [a_batch_to_fill(f"0000A{number}") for number in range(6)]
    for turn, batch in enumerate(batches):
        people_on(batch, (PEOPLE[turn * 20 :] + PEOPLE[: turn * 20])[:: 1 if turn % 2 else -1])
    submissions = all_at_once(batches)
    assert sorted(len(submission.conflicts) for submission in submissions) == [0, 120, 120, 120, 120, 120]
    states = sorted(the_batch(batch).state for batch in batches)
    assert states == [BatchState.ROSTER_FAILED] * 5 + [BatchState.ROSTER_SUBMITTED]
    assert broken_claims() == []


def test_units_without_anybody_in_common_do_not_hinder_each_other(database: str) -> None:
    batches = [a_batch_to_fill(f"0000A{number}") for number in range(3)]
    for turn, batch in enumerate(batches):
        people_on(batch, PEOPLE[turn * 40 : turn * 40 + 40])
    assert [submission.conflicts for submission in all_at_once(batches)] == [[], [], []]
    assert broken_claims() == []


def test_units_with_one_person_in_common_lose_the_whole_batch_to_the_first(database: str) -> None:
    batches = [a_batch_to_fill(f"0000A{number}") for number in range(2)]
    people_on(batches[0], PEOPLE[:60])
    people_on(batches[1], PEOPLE[59:])
    submissions = all_at_once(batches)
    assert sorted(len(submission.conflicts) for submission in submissions) == [0, 1]
    assert sorted(len(claims_of(batch)) for batch in batches) in ([0, 60], [0, 61])
    assert broken_claims() == []


def test_two_clicks_on_submit_claim_everybody_once(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, PEOPLE[:10])

    def click(_: int) -> str:
        try:
            return f"{len(submit(batch).conflicts)} conflicts"
        except Exception as refusal:  # noqa: BLE001 -- its code is what the test looks at
            return str(getattr(refusal, "code", refusal))

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(click, range(3))) == ["0 conflicts", "BAT-002", "BAT-002"]
    with reading() as session:
        assert session.query(Claim).count() == 10
