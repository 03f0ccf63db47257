"""J13: files of imports with all that was typed are erased after 90 days and not after 89; counts stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.actions.correct_rows import correct_rows
from models.actions.delete_batch import delete_batch
from models.actions.marked_workbook import ask_for_report
from models.actions.operate_jobs import FileAtFaultError, retry_job
from models.actions.queue_job import queue_job
from models.actions.slow_look_ups import refuse_too_many_look_ups
from models.actions.undo_import import queue_undo
from models.queries.retention import erased_lately, imports_to_come
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import ImportFinding, ImportRow, RosterImport, UndoLine
from models.rules.refusal import Refused
from tests.corrections import wrong
from tests.expired import expired
from tests.imports import an_import, imported, marked_workbook_of, typed, undone
from tests.records import BatchOf, a_batch_to_fill
from tests.retention import PEOPLE, entries, night, night_comes, people_left, rows_left
from tests.vouchers import a_batch_to_pay


@pytest.fixture
def uploaded(database: str) -> tuple[BatchOf, int]:
    """A draft with an import of four rows, one of them refused, and its marked workbook."""
    batch = a_batch_to_fill()
    done = an_import(batch, [*(typed(person) for person in PEOPLE[:3]), wrong(PEOPLE[3])])
    marked_workbook_of(done)
    return batch, done.upload.id


def whole(import_id: int) -> tuple[bool, bool, int, int]:
    """Whether file and workbook are there, and how many rows and findings."""
    with reading() as session:
        upload = session.get_one(RosterImport, import_id)
        has_file, has_report = upload.content_sealed is not None, upload.report_sealed is not None
    rows, findings = rows_left(ImportRow, ImportFinding)
    return has_file, has_report, rows, findings


def test_89_days_after_its_receipt_an_import_is_whole(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    night_comes(batch, 89)
    assert whole(import_id) == (True, True, 1, 1)


def test_after_90_days_file_rows_findings_and_workbook_are_gone_and_counts_stay(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    night_comes(batch, 90)
    assert whole(import_id) == (False, False, 0, 0)
    upload = imported(import_id).upload
    assert (upload.rows_total, upload.counts, upload.erased_at) == (
        4,
        {"added": 3, "updated": 0, "unchanged": 0, "already_enrolled": 0, "occupied": 0, "duplicate": 0, "invalid": 1},
        night(batch, 90),
    )


def test_it_is_written_down_for_the_import(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    night_comes(batch, 90)
    [entry] = entries("erase_import")
    receipt_no = imported(import_id).upload.receipt_no
    assert (entry.batch_id, entry.details) == (batch.batch_id, {"receipt_no": receipt_no, "findings": 1})


def test_people_whom_it_added_stay_on_their_roster(uploaded: tuple[BatchOf, int]) -> None:
    batch, _ = uploaded
    night_comes(batch, 90)
    assert people_left(batch) == 3


def test_it_can_be_neither_undone_nor_corrected_any_more(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    with writing() as session:
        session.execute(update(RosterImport).values(erased_at=batch.now))
    with writing() as session, pytest.raises(Refused, match="BAT-002"):
        queue_undo(session, batch.viewer, import_id, "roster.small", batch.now)
    with writing() as session, pytest.raises(Refused, match="BAT-002"):
        correct_rows(session, batch.viewer, import_id, {5: typed(PEOPLE[3])}, batch.now)


def test_no_marked_workbook_is_made_of_nothing(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    night_comes(batch, 90)
    with writing() as session:
        assert ask_for_report(session, batch.viewer, import_id, "roster.small", batch.now) is None


def test_the_lines_of_an_undo_go_and_its_counts_stay(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    undone(batch, imported(import_id))
    night_comes(batch, 90)
    assert rows_left(UndoLine) == [0]
    assert imported(import_id).upload.undo_counts == {"removed": 3, "restored": 0, "kept": 0}


def test_while_a_job_of_its_batch_is_unfinished_it_waits_for_the_next_night(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    with writing() as session:
        queue_job(session, "roster.undo", queue="roster.small", batch_id=batch.batch_id, account_id=None, now=batch.now)
    night_comes(batch, 90)
    waited = whole(import_id)[0]
    with writing() as session:
        session.execute(update(Job).values(state=JobState.DONE))
    night_comes(batch, 91)
    assert (waited, whole(import_id)[0]) == (True, False)


def test_the_same_file_is_a_new_import_then(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    content = imported(import_id).upload
    with writing() as session:
        session.execute(update(RosterImport).values(erased_at=batch.now))
    again = an_import(batch, [*(typed(person) for person in PEOPLE[:3]), wrong(PEOPLE[3])])
    assert again.upload.id != content.id


def test_what_the_register_answered_still_counts_for_its_look_ups(uploaded: tuple[BatchOf, int]) -> None:
    batch, _ = uploaded
    with writing() as session:
        session.execute(update(RosterImport).values(register_answers=10_000))
    night_comes(batch, 90)
    with reading() as session, pytest.raises(Refused, match="SYS-001"):
        refuse_too_many_look_ups(session, batch.viewer, batch.now)


def test_an_import_goes_with_its_expired_batch(database: str) -> None:
    early = a_batch_to_fill()
    late = replace(early, now=early.now + timedelta(days=20))
    done = an_import(late, [typed(PEOPLE[0]), wrong(PEOPLE[3])])
    marked_workbook_of(done)
    import_id = done.upload.id
    expired(early)
    night_comes(early, 90)
    [entry] = entries("erase_batch")
    assert (whole(import_id)[2:], entry.details) == ((0, 0), {"people": 1, "uploads": 1, "findings": 1})


def test_what_a_deleted_batch_has_left_goes_the_next_night(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    with writing() as session:
        delete_batch(session, batch.viewer, batch.batch_no, batch.now)
    with writing() as session:
        session.execute(update(RosterImport).values(erased_at=None, report_sealed=b"left"))
    night_comes(batch, 1)
    assert whole(import_id)[1] is False
    assert len(entries("erase_import")) == 1


def test_imports_to_come_are_told_a_batch(uploaded: tuple[BatchOf, int]) -> None:
    batch, _ = uploaded
    an_import(batch, [typed(PEOPLE[3])])
    with reading() as session:
        [line], imports = imports_to_come(session, 10)
    assert (line.batch_no, line.files, line.on, imports) == (batch.batch_no, 2, night(batch, 90).date(), 2)


def test_what_was_erased_is_told_the_latest_first(uploaded: tuple[BatchOf, int]) -> None:
    batch, _ = uploaded
    other = expired(a_batch_to_pay(code="3019BJ"), batch.now - timedelta(days=5))
    night_comes(batch, 85)
    night_comes(batch, 90)
    with reading() as session:
        lines, total = erased_lately(session, 10)
    assert [(entry.action, batch_no) for entry, batch_no in lines] == [
        ("erase_import", batch.batch_no),
        ("erase_batch", other.batch_no),
    ]
    assert total == 2


def test_a_failed_import_whose_file_is_gone_is_not_tried_again(uploaded: tuple[BatchOf, int]) -> None:
    batch, import_id = uploaded
    with writing() as session:
        job_id = session.get_one(RosterImport, import_id).job_id
        session.get_one(Job, job_id).state = JobState.FAILED
    night_comes(batch, 90)
    with pytest.raises(FileAtFaultError), writing() as session:
        retry_job(session, job_id, batch.now)
