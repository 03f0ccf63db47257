"""Two units that share a hundred people press 清册提交 at the same moment, again and again."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from models.actions.remove_people import remove_people
from models.records.database import reading, writing
from models.records.job import JobState
from models.records.validation import ValidationFinding
from models.rules.lifecycle import BatchState
from models.rules.person import Person
from tasks.roster_check import submit
from tasks.sample_people import fictitious_people
from tests.checks import asked_to_submit, submitted_by_job, the_job
from tests.claims import broken_claims, claims_of
from tests.imports import the_batch
from tests.people import stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on

pytestmark = pytest.mark.faults

ROUNDS, SHARED, OWN = 20, 100, 20


def two_units(number: int) -> list[BatchOf]:
    """Two units, each with the same hundred people, in opposite orders, and twenty of its own."""
    people = list(fictitious_people(SHARED + 2 * OWN, seed=100 + number))
    shared, first, second = people[:SHARED], people[SHARED : SHARED + OWN], people[SHARED + OWN :]
    rosters: list[Sequence[Person]] = [[*shared, *first], [*second, *shared[::-1]]]
    batches = []
    for side, roster in zip("AB", rosters, strict=True):
        batch = a_batch_to_fill(f"{number:04d}{side}1")
        people_on(batch, roster)
        batches.append(batch)
    return batches


def at_the_same_moment(batches: Sequence[BatchOf]) -> None:
    """Their jobs in a thread each, all from one starting shot; every one ends as done."""
    jobs = [asked_to_submit(batch) for batch in batches]
    start = threading.Barrier(len(jobs))

    def work(job_id: int) -> None:
        start.wait()
        submit(job_id)

    threads = [threading.Thread(target=work, args=[job_id]) for job_id in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [the_job(job_id).state for job_id in jobs] == [JobState.DONE] * len(jobs)


def test_the_first_gets_all_and_the_second_nobody_until_it_has_removed_them(database: str) -> None:
    for number in range(ROUNDS):
        batches = two_units(number)
        at_the_same_moment(batches)
        [winner] = [batch for batch in batches if the_batch(batch).state == BatchState.ROSTER_SUBMITTED]
        [loser] = [batch for batch in batches if batch is not winner]
        assert (len(claims_of(winner)), claims_of(loser)) == (SHARED + OWN, set())
        assert the_batch(loser).state == BatchState.ROSTER_FAILED
        assert broken_claims() == []
        named = occupied(loser)
        assert named == people_in_common(winner, loser)
        with writing() as session:
            remove_people(session, loser.viewer, loser.batch_no, sorted(named), loser.now)
        assert submitted_by_job(loser).passed
        assert len(claims_of(loser)) == OWN
        assert broken_claims() == []


def occupied(batch: BatchOf) -> set[int]:
    """Whom the report names as another unit's, each of them once; it says nothing else."""
    with reading() as session:
        findings = session.scalars(
            select(ValidationFinding).where(
                ValidationFinding.batch_id == batch.batch_id, ValidationFinding.check != "V9"
            )
        ).all()
    assert {(finding.check, finding.code) for finding in findings} == {("V7", "REG-001")}
    named = {finding.person_id for finding in findings if finding.person_id is not None}
    assert len(named) == len(findings) == SHARED
    return named


def people_in_common(winner: BatchOf, loser: BatchOf) -> set[int]:
    """Those of the loser's roster whose numbers are on the winner's as well."""
    numbers = {person.id_digest for person in stored_people(winner)}
    return {person.id for person in stored_people(loser) if person.id_digest in numbers}
