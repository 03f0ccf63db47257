"""Kill -9 of whoever submits a roster: everybody is claimed or nobody is, and the clerk can go on."""

import sys
from pathlib import Path

import pytest

from models.actions.check_roster import Checked, submit_at_once
from models.records.database import writing
from models.rules.lifecycle import BatchState
from models.rules.refusal import Refused
from tasks.sample_people import fictitious_people
from tests.claims import broken_claims, claims_of
from tests.faults.processes import Program
from tests.faults.submitting import AFTER_COMMIT, BEFORE_COMMIT
from tests.imports import the_batch
from tests.records import BatchOf, a_batch_to_fill, people_on

pytestmark = pytest.mark.faults

PEOPLE = 1000


def a_roster_to_submit() -> BatchOf:
    batch = a_batch_to_fill()
    people_on(batch, fictitious_people(PEOPLE, seed=7))
    return batch


def killed_while_it_submits(batch: BatchOf, point: str, folder: Path) -> None:
    """A process that submits the roster, frozen at this point and killed there."""
    command = [sys.executable, "-m", "tests.faults.submitting", str(batch.batch_id), point]
    program = Program("submitting", folder, command, {})
    try:
        program.wait_until_frozen()
    finally:
        program.kill()


def submitted(batch: BatchOf) -> Checked:
    with writing() as session:
        return submit_at_once(session, batch.viewer, batch.batch_no, batch.now)


def test_a_submission_killed_before_its_commit_claims_nobody_and_the_next_one_everybody(
    database: str, tmp_path: Path
) -> None:
    batch = a_roster_to_submit()
    killed_while_it_submits(batch, BEFORE_COMMIT, tmp_path)
    assert claims_of(batch) == set()
    assert the_batch(batch).state == BatchState.ROSTER_DRAFT
    assert submitted(batch).passed
    assert broken_claims() == []


def test_a_submission_killed_after_its_commit_holds_and_cannot_be_made_twice(database: str, tmp_path: Path) -> None:
    batch = a_roster_to_submit()
    killed_while_it_submits(batch, AFTER_COMMIT, tmp_path)
    assert len(claims_of(batch)) == PEOPLE
    assert the_batch(batch).state == BatchState.ROSTER_SUBMITTED
    with pytest.raises(Refused, match="BAT-002"):
        submitted(batch)
    assert broken_claims() == []
