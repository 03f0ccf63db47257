"""A group's people in ten files, by real workers, from the first file to the confirmed premium.

Of full size, 50,000 people, it is measured by `canbao bench --only group`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading
from models.records.job import UNFINISHED, Job
from models.records.person import BatchPerson
from models.records.validation import ValidationReport
from models.rules.lifecycle import BatchState
from tasks.doorbell import ring
from tests.faults.conftest import Workers, workers
from tests.faults.processes import wait_for
from tests.load.group import SI_CODES, assert_done, enrol, files_of, known_to_the_register, right_total, the_group
from tests.records import a_batch_to_fill

__all__ = ["workers"]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
FILES, PEOPLE = 10, 1_500


def brought_to_their_end(job_ids: Sequence[int]) -> None:
    """Rung for, and waited for."""
    for job_id in job_ids:
        ring(job_id)
    open_jobs = select(func.count()).select_from(Job).where(Job.id.in_(job_ids), Job.state.in_(UNFINISHED))

    def over() -> bool:
        with reading() as session:
            return not session.execute(open_jobs).scalar_one()

    wait_for(over, "all jobs have ended", 300)


def test_ten_files_of_one_batch_are_imported_checked_submitted_priced_and_confirmed(workers: Workers) -> None:
    batch = a_batch_to_fill()
    crowd = the_group(PEOPLE, 4712)
    known_to_the_register(crowd)
    workers("one", pool=2).wait_until_ready()

    done = enrol(batch.viewer, batch.batch_no, files_of(crowd, FILES), batch.now, brought_to_their_end)

    assert_done(done.job_ids)
    with reading() as session:
        insured = session.get_one(Batch, batch.batch_id)
        charges = select(func.sum(BatchPerson.charge_fen)).where(BatchPerson.batch_id == batch.batch_id)
        assert (insured.state, insured.total_fen) == (BatchState.AWAITING_PAYMENT, right_total(crowd))
        assert session.execute(charges).scalar_one() == insured.total_fen
        assert session.execute(select(func.count()).select_from(Claim)).scalar_one() == PEOPLE
        ratios = session.get_one(ValidationReport, batch.batch_id).ratios
    assert [line["ok"] for line in ratios] == [True] * SI_CODES
