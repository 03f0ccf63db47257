"""标注文件: made once, given to the unit itself, and written down."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from models.actions.marked_workbook import ask_for_report, take_report
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.rules.permissions import Role
from tests.imports import Imported, an_import, marked_workbook_of
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused
from tests.workbooks import WANG_DOUDOU

WRONG = (*WANG_DOUDOU[:2], "110101199003079092", *WANG_DOUDOU[3:])


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty batch."""
    return a_batch_to_fill()


@pytest.fixture
def done(batch: BatchOf) -> Imported:
    """An import with one row to mend, whose workbook is not made yet."""
    return an_import(batch, [WRONG])


def ask(batch: BatchOf, import_id: int) -> int | None:
    with writing() as session:
        return ask_for_report(session, batch.viewer, import_id, "roster.small", batch.now)


def audited() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry.action).where(AuditEntry.action == "take_report")))


def test_a_workbook_that_is_being_made_is_not_asked_for_again(batch: BatchOf, done: Imported) -> None:
    assert ask(batch, done.upload.id) is None


def test_a_workbook_whose_job_failed_is_made_again(batch: BatchOf, done: Imported) -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.id == done.upload.report_job_id).values(state=JobState.FAILED))
    assert ask(batch, done.upload.id) not in (None, done.upload.report_job_id)


def test_an_import_that_waits_has_no_workbook_to_make(batch: BatchOf) -> None:
    assert ask(batch, an_upload(batch).import_id) is None


def test_an_import_with_nothing_to_mend_has_no_workbook_to_make(batch: BatchOf) -> None:
    assert ask(batch, an_import(batch, [WANG_DOUDOU]).upload.id) is None


def test_taking_the_workbook_is_audited(batch: BatchOf, done: Imported) -> None:
    workbook = marked_workbook_of(done)
    with writing() as session:
        assert take_report(session, batch.viewer, done.upload.id, batch.now) == (done.upload.file_name, workbook)
    assert audited() == ["take_report"]


def test_a_workbook_that_is_not_made_yet_is_not_there(batch: BatchOf, done: Imported) -> None:
    with writing() as session:
        assert take_report(session, batch.viewer, done.upload.id, batch.now) is None
    assert audited() == []


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN])
def test_staff_do_not_take_a_unit_s_numbers(batch: BatchOf, done: Imported, role: Role) -> None:
    marked_workbook_of(done)
    with refused("AUTH-006"), writing() as session:
        take_report(session, replace(batch.viewer, role=role), done.upload.id, batch.now)
    assert audited() == []
