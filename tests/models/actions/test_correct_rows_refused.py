"""在线修改 in one piece or not at all: when it is refused, and what comes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from models.actions.correct_rows import correct_rows, take_rows_to_correct
from models.records.account import HandlerProfile
from models.records.database import writing
from models.records.job import Job, JobState
from models.rules.findings import Outcome
from models.rules.permissions import Role
from models.rules.refusal import Refused
from tests.corrections import BING, JIA, YI, counts, wrong
from tests.imports import (
    an_import,
    corrected,
    imported,
    roster_of,
    submitted,
    the_batch,
    typed,
    undone,
)
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused
from tests.workbooks import a_workbook

CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


# at once, or not at all


def test_a_row_that_was_mended_already_is_not_corrected_again(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), wrong(YI)])
    corrected(batch, done, {2: typed(JIA)})
    with refused("BAT-004"):
        corrected(batch, done, {2: typed(JIA), 3: typed(YI)})
    assert (counts(done), roster_of(batch)) == ({"added": 1, "invalid": 1}, [JIA])


@pytest.mark.parametrize("row", [2, 4, 0, -1, 2**40], ids=["added", "beyond the file", "zero", "negative", "huge"])
def test_a_row_that_was_never_refused_is_not_corrected(batch: BatchOf, row: int) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI)])
    with refused("BAT-004"):
        corrected(batch, done, {row: typed(BING)})


def test_a_double_click_on_a_correction_adds_its_person_once(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)])

    def click(_: int) -> str:
        try:
            return str(corrected(batch, done, {2: typed(JIA)}).outcomes[2])
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(click, range(4))) == ["BAT-004", "BAT-004", "BAT-004", "added"]
    assert (counts(done), roster_of(batch)) == ({"added": 1}, [JIA])


def test_without_a_correction_nothing_happens(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)])
    assert corrected(batch, done, {}).outcomes == {}
    assert the_batch(batch).roster_version == 0


def test_whoever_saw_another_version_of_the_batch_is_told(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), wrong(YI)])
    seen = the_batch(batch).version
    corrected(batch, done, {2: typed(JIA)})
    with refused("BAT-004"), writing() as session:
        correct_rows(session, batch.viewer, done.upload.id, {3: typed(YI)}, batch.now, version=seen)


# when it is refused


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_while_an_import_of_the_batch_waits_or_runs_nobody_corrects(batch: BatchOf, state: JobState) -> None:
    done = an_import(batch, [wrong(JIA)])
    waiting = an_upload(batch, a_workbook([typed(YI)]))
    with writing() as session:
        session.execute(update(Job).where(Job.id == waiting.job_id).values(state=state))
    with refused("BAT-007"):
        corrected(batch, done, {2: typed(JIA)})
    assert (counts(done), roster_of(batch)) == ({"invalid": 1}, [])


def test_corrections_and_uploads_at_once_are_one_after_another(batch: BatchOf) -> None:
    """Whoever comes first: no correction is written beside an import that waits."""
    done = an_import(batch, [wrong(JIA)])

    def race(number: int) -> str:
        if number % 2:
            an_upload(batch, a_workbook([typed(YI)]))
            return "uploaded"
        try:
            return str(corrected(batch, done, {2: typed(JIA)}).outcomes[2])
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as threads:
        ends = list(threads.map(race, range(4)))
    assert set(ends) <= {"uploaded", "added", "BAT-007", "BAT-004"}
    with refused("BAT-007"):
        corrected(batch, done, {2: typed(JIA)})
    assert (roster_of(batch) == [JIA]) == ("added" in ends)


def test_an_import_that_is_not_done_has_no_rows_to_correct(batch: BatchOf) -> None:
    receipt = an_upload(batch, a_workbook([wrong(JIA)]))
    with refused("BAT-002", action="在线修改"):
        corrected(batch, imported(receipt.import_id), {2: typed(JIA)})


def test_a_check_has_no_rows_to_correct(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)], check_only=True)
    with refused("BAT-002", status="仅校验"):
        corrected(batch, done, {2: typed(JIA)})


def test_an_undone_import_has_no_rows_to_correct(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), typed(YI)])
    undone(batch, done)
    with refused("BAT-002", status="导入已撤销"):
        corrected(batch, done, {2: typed(JIA)})


def test_a_submitted_roster_is_not_corrected(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), typed(YI)])
    submitted(batch)
    with refused("RST-010"):
        corrected(batch, done, {2: typed(JIA)})


@pytest.mark.parametrize("after", [timedelta(0), timedelta(seconds=-1)], ids=["at 17:00", "a second before"])
def test_a_correction_is_received_when_it_comes_not_when_its_file_came(batch: BatchOf, after: timedelta) -> None:
    done = an_import(batch, [wrong(JIA)])
    late = replace(batch, now=CLOSES + after)
    if after:
        assert corrected(late, done, {2: typed(JIA)}).outcomes == {2: Outcome.ADDED}
    else:
        with refused("WIN-002"):
            corrected(late, done, {2: typed(JIA)})


def test_another_account_s_import_does_not_exist(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)])
    stranger = a_batch_to_fill("3019BJ")
    with refused("BAT-005"):
        corrected(stranger, done, {2: typed(JIA)})
    with refused("BAT-005"), writing() as session:
        take_rows_to_correct(session, stranger.viewer, done.upload.id, batch.now)


def test_who_has_not_confirmed_the_phone_takes_no_rows(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)])
    with writing() as session:
        session.execute(update(HandlerProfile).values(phone_verified_at=None))
    with refused("HDL-001"), writing() as session:
        take_rows_to_correct(session, batch.viewer, done.upload.id, batch.now)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN, Role.SERVICE_DESK])
def test_staff_neither_see_a_unit_s_rows_nor_correct_them(batch: BatchOf, role: Role) -> None:
    done = an_import(batch, [wrong(JIA)])
    somebody = replace(batch, viewer=replace(batch.viewer, role=role))
    with refused("AUTH-006"):
        corrected(somebody, done, {2: typed(JIA)})
    with refused("AUTH-006"), writing() as session:
        take_rows_to_correct(session, somebody.viewer, done.upload.id, batch.now)
