"""Twenty clerks upload 5000 people each at once: everybody is answered, everything is right, small files go first."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.records.database import reading
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from models.rules.findings import Outcome
from tests.browser.conftest import PASSWORD, Site, site, with_password
from tests.faults.outcome import assert_everything_in_order, wait_until_all_ended
from tests.load.many_clerks import Clerk, many_clerks
from tests.quick_passwords import quick_passwords
from tests.records import BatchOf, a_batch_to_fill, a_roster

__all__ = ["quick_passwords", "site"]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
CLERKS, SMALL = 20, 12
PEOPLE = {"postgresql": 5_000, "sqlite": 2_500}
"""In full size on the database of the whole city; `canbao bench --only clerks` does it on either."""


def clerk_of(number: int, people: int) -> Clerk:
    batch: BatchOf = a_batch_to_fill(f"00{number:02d}D2")
    return Clerk(with_password(batch.viewer), PASSWORD, batch.batch_no, a_roster(people, 100 + number, "0.02"))


def test_every_upload_is_answered_and_right_and_a_small_file_sent_last_is_done_before_the_large_ones(
    site: Site, database: str
) -> None:
    people = PEOPLE[database]
    large = [clerk_of(number, people) for number in range(CLERKS)]
    small, looking = clerk_of(CLERKS, SMALL), clerk_of(CLERKS + 1, SMALL)
    workers = [
        site.start_worker("small", queues="roster.small,calendar,upkeep"),
        site.start_worker("large", queues="roster.large,roster.small,calendar,upkeep"),
    ]
    for worker in workers:
        worker.wait_until_ready()

    load = many_clerks(site.url, large, small, looking)

    assert len(load.upload_answers) == CLERKS + 1
    assert load.large_unfinished > CLERKS // 2, "the small file waited for the large ones"
    wait_until_all_ended(*workers)
    assert_everything_in_order()
    assert outcomes() == [(JobState.DONE, people)] * CLERKS + [(JobState.DONE, SMALL)]


def outcomes() -> list[tuple[str, int]]:
    """State and rows of every import, the largest first; the seven counts add up to its rows."""
    with reading() as session:
        pairs = session.execute(select(RosterImport, Job).join(Job, Job.id == RosterImport.job_id)).all()
    for upload, job in pairs:
        assert sum((upload.counts or {}).values()) == upload.rows_total, job.code
        assert (upload.counts or {})[Outcome.ADDED] > 0
    return sorted(((job.state, upload.rows_total or 0) for upload, job in pairs), key=lambda pair: -pair[1])
