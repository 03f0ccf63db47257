"""A correction and somebody else want one number at the same moment: exactly one of them gets it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.actions.check_roster import submit_at_once
from models.actions.correct_person import correct_person
from models.records.database import writing
from models.records.person import BatchPerson
from models.records.sealing import id_digest
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from tests.builders import a_person, resident_id
from tests.claims import broken_claims
from tests.people import stored_people
from tests.person_corrections import EVIDENCE, claims_on, submitted_with
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.vouchers import staff

WANTED = resident_id(sequence=300)
OTHERS = [a_person(name=f"陈{sign}", id_no=resident_id(sequence=ord(sign) % 100)) for sign in "甲乙丙丁"]


def at_once(*acts: Callable[[], bool]) -> list[bool]:
    """Who won. Whoever ends by an error has not lost: the error is raised."""
    together = threading.Barrier(len(acts))

    def attempt(act: Callable[[], bool]) -> bool:
        together.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        begun = [threads.submit(attempt, act) for act in acts]
        return [one.result(timeout=60) for one in begun]


def correcting(batch: BatchOf, person: BatchPerson, number: str = WANTED) -> Callable[[], bool]:
    reviewer = staff(Role.REVIEWER, batch.now)

    def correct() -> bool:
        with writing() as session:
            done = correct_person(session, reviewer, person.id, {"id_no": number}, EVIDENCE, batch.now)
        return not isinstance(done, FormRefused)

    return correct


def submitting(batch: BatchOf) -> Callable[[], bool]:
    def submit() -> bool:
        with writing() as session:
            return submit_at_once(session, batch.viewer, batch.batch_no, batch.now).passed

    return submit


@pytest.mark.parametrize("turn", range(3))
def test_a_correction_and_a_submission(database: str, turn: int) -> None:
    corrected = submitted_with([a_person()])
    person = stored_people(corrected)[0]
    other = a_batch_to_fill("0088D3")
    people_on(other, [*OTHERS, a_person(id_no=WANTED)])
    won = at_once(correcting(corrected, person), submitting(other))
    assert sorted(won) == [False, True]
    assert len(claims_on(id_digest(WANTED))) == 1
    assert (stored_people(corrected)[0].id_no == WANTED) == won[0]
    assert broken_claims() == []


def test_a_submission_that_wants_the_old_number_and_the_new_one(database: str) -> None:
    corrected = submitted_with([a_person()])
    person = stored_people(corrected)[0]
    other = a_batch_to_fill("0088D3")
    people_on(other, [a_person(), *OTHERS, a_person(id_no=WANTED)])
    won = at_once(correcting(corrected, person), submitting(other))
    assert won == [True, False]  # whoever comes first: the submission wants also what the correction holds
    assert broken_claims() == []


def test_two_corrections_to_one_number(database: str) -> None:
    batches = [submitted_with([a_person(id_no=resident_id(sequence=number))], f"0000A{number}") for number in range(2)]
    won = at_once(*(correcting(batch, stored_people(batch)[0]) for batch in batches))
    assert sorted(won) == [False, True]
    assert len(claims_on(id_digest(WANTED))) == 1
    assert broken_claims() == []


def test_two_people_do_not_swap_their_numbers_one_by_one(database: str) -> None:
    numbers = [resident_id(sequence=number) for number in range(2)]
    batches = [submitted_with([a_person(id_no=number)], f"0000A{turn}") for turn, number in enumerate(numbers)]
    won = at_once(
        *(correcting(batch, stored_people(batch)[0], numbers[1 - turn]) for turn, batch in enumerate(batches))
    )
    assert won == [False, False]
    assert broken_claims() == []
