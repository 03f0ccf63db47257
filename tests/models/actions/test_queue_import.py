"""An upload is received: what is refused, what is kept, and which time counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.clock import SHANGHAI
from models.actions.queue_import import Receipt, queue_import
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from models.rules.roster import MAX_FILE_BYTES
from tests.builders import a_person
from tests.imports import submitted, the_batch
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused

CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def upload(
    batch: BatchOf,
    content: bytes = b"PK...",
    *,
    now: datetime | None = None,
    check_only: bool = False,
    projects: Sequence[str] | None = None,
    file_name: str = "清册.xlsx",
    version: int | None = None,
) -> Receipt:
    with writing() as session:
        return queue_import(
            session,
            batch.viewer,
            batch.batch_no,
            file_name=file_name,
            content=content,
            queue="roster.small",
            now=now or batch.now,
            check_only=check_only,
            projects=projects,
            version=version,
        )


def stored(receipt: Receipt) -> tuple[RosterImport, Job, bytes]:
    with reading() as session:
        kept = session.get_one(RosterImport, receipt.import_id)
        return kept, session.get_one(Job, receipt.job_id), kept.content()


def uploads() -> int:
    with reading() as session:
        return len(session.scalars(select(RosterImport.id)).all())


def test_file_receipt_and_job_are_rows_at_once(batch: BatchOf) -> None:
    kept, job, content = stored(upload(batch))
    assert (content, kept.size, kept.receipt_no) == (b"PK...", 5, "R20200420-0001")
    assert (job.kind, job.queue, job.state, job.writes_roster) == (
        "roster.import",
        "roster.small",
        JobState.QUEUED,
        True,
    )


def test_the_time_of_receipt_is_that_of_the_request(batch: BatchOf) -> None:
    kept, job, _ = stored(upload(batch, now=CLOSES - timedelta(seconds=1)))
    assert kept.received_at == job.received_at == CLOSES - timedelta(seconds=1)


def test_receipts_are_numbered_through_the_day(batch: BatchOf) -> None:
    receipts = [stored(upload(batch, content))[0].receipt_no for content in (b"a", b"b", b"c")]
    assert receipts == ["R20200420-0001", "R20200420-0002", "R20200420-0003"]


def test_a_check_never_writes_a_roster(batch: BatchOf) -> None:
    kept, job, _ = stored(upload(batch, check_only=True))
    assert (kept.check_only, job.writes_roster) == (True, False)


def test_who_uploaded_is_audited(batch: BatchOf) -> None:
    upload(replace(batch, viewer=replace(batch.viewer, ip="192.0.2.7")))
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="upload_roster").one()
    assert (entry.account_id, entry.ip, entry.details["receipt_no"]) == (
        batch.viewer.account_id,
        "192.0.2.7",
        "R20200420-0001",
    )


def test_the_end_of_a_very_long_file_name_is_kept(batch: BatchOf) -> None:
    assert stored(upload(batch, file_name="长" * 300 + ".xlsx"))[0].file_name == "长" * 195 + ".xlsx"


def test_a_file_of_exactly_ten_megabytes_is_taken(batch: BatchOf) -> None:
    assert stored(upload(batch, b"P" * MAX_FILE_BYTES))[0].size == 10 * 1024 * 1024


def test_a_file_of_one_byte_more_is_refused(batch: BatchOf) -> None:
    with refused("IMP-008"):
        upload(batch, b"P" * (MAX_FILE_BYTES + 1))


def test_an_empty_file_is_refused(batch: BatchOf) -> None:
    with refused("IMP-005"):
        upload(batch, b"")


@pytest.mark.parametrize(
    ("projects", "code"),
    [
        (["A0", "A0"], "PRJ-004"),
        (["Z9"], "PRJ-005"),
        ([], "PRJ-001"),
        (["A1"], "PRJ-003"),
        (["A0", "A1", "A2"], "PRJ-002"),
    ],
)
def test_projects_that_cannot_be_chosen_are_refused(batch: BatchOf, projects: list[str], code: str) -> None:
    with refused(code):
        upload(batch, projects=projects)
    assert uploads() == 0


def test_ticked_projects_are_kept_for_the_estimate(batch: BatchOf) -> None:
    assert stored(upload(batch, projects=["B0", "C0"]))[0].projects == ["B0", "C0"]


def test_at_five_o_clock_the_upload_is_too_late(batch: BatchOf) -> None:
    with refused("WIN-002"):
        upload(batch, now=CLOSES)


def test_nothing_is_uploaded_to_a_submitted_roster(batch: BatchOf) -> None:
    people_on(batch, [a_person()])
    submitted(batch)
    with refused("RST-010"):
        upload(batch)


@pytest.mark.parametrize("content", [b"PK...", b"", b"P" * (MAX_FILE_BYTES + 1)], ids=["a file", "empty", "too big"])
def test_whatever_is_uploaded_to_somebody_elses_batch_it_does_not_exist(batch: BatchOf, content: bytes) -> None:
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"):
        upload(replace(batch, viewer=stranger), content)
    assert uploads() == 0


def test_whoever_saw_another_version_of_the_batch_is_told(batch: BatchOf) -> None:
    seen = the_batch(batch).version
    assert not upload(batch, version=seen).seen_before
    with refused("BAT-004"):
        upload(batch, version=seen + 1)
