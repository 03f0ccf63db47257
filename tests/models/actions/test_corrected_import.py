"""在线修改 counts in its import: outcomes, estimate and marked workbook, and what is written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.clock import local_date
from models.actions.marked_workbook import take_report
from models.queries.estimate import estimate_now
from models.queries.imports import report_state
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.plan_year import plan_of
from models.records.roster_import import RosterImport
from tasks.import_report import make_report
from tests.corrections import BING, DING, JIA, YI, audited, counts, row_of, wrong
from tests.imports import (
    a_rival_with,
    an_import,
    corrected,
    imported,
    marked_workbook_of,
    roster_of,
    typed,
)
from tests.records import BatchOf, a_batch_to_fill, people_on


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


# counts, estimate, marked workbook


def test_counts_are_true_after_each_of_many_corrections(batch: BatchOf) -> None:
    a_rival_with([JIA])
    people_on(batch, [YI])
    done = an_import(batch, [typed(JIA), wrong(YI), wrong(BING), wrong(DING), typed(DING)])
    assert counts(done) == {"added": 1, "occupied": 1, "invalid": 3}
    for correction, expected in [
        ({3: typed(replace(YI, mobile=None))}, {"added": 1, "updated": 1, "occupied": 1, "invalid": 2}),
        ({5: typed(DING)}, {"added": 1, "updated": 1, "occupied": 1, "duplicate": 1, "invalid": 1}),
        ({4: wrong(BING)}, {"added": 1, "updated": 1, "occupied": 1, "duplicate": 1, "invalid": 1}),
        ({2: typed(BING), 4: typed(BING)}, {"added": 2, "updated": 1, "duplicate": 2}),
    ]:
        corrected(batch, done, correction)
        assert counts(done) == expected
    assert [person.name for person in roster_of(batch)] == ["乙", "丁", "丙"]


def test_the_estimate_is_that_of_a_fresh_computation_after_every_correction(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI), wrong(BING)], projects=["B0", "C0"])
    for correction in ({3: typed(YI)}, {4: typed(replace(BING, has_si=False))}):
        corrected(batch, done, correction)
        with reading() as session:
            of, plan = session.get_one(Batch, batch.batch_id), plan_of(session, "2020")
            fresh = estimate_now(session, of, ["B0", "C0"], plan, local_date(batch.now))
        estimate = imported(done.upload.id).upload.estimate
        assert estimate == fresh
    assert (fresh["si_people"], fresh["other_people"], fresh["total_fen"]) == (2, 1, 3 * 7000)


def test_an_import_of_all_the_same_people_has_the_same_estimate(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI)])
    corrected(batch, done, {3: typed(YI)})
    again = an_import(batch, [typed(JIA), typed(YI)])
    assert imported(done.upload.id).upload.estimate == again.upload.estimate


def test_the_marked_workbook_is_dropped_and_made_anew(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), wrong(YI)])
    marked_workbook_of(done)
    corrected(batch, done, {2: typed(JIA)})
    with writing() as session:
        upload = session.get_one(RosterImport, done.upload.id)
        assert report_state(session, upload) == "missing"
        assert take_report(session, batch.viewer, done.upload.id, batch.now) is None


def test_a_workbook_that_was_being_made_meanwhile_is_not_kept(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), wrong(YI)])
    corrected(batch, done, {2: typed(JIA)})
    assert done.upload.report_job_id is not None
    make_report(done.upload.report_job_id)
    with reading() as session:
        assert session.get_one(Job, done.upload.report_job_id).state == JobState.DONE
    assert imported(done.upload.id).upload.report() is None


# what is kept


def test_corrections_are_audited_by_row_and_outcome_without_numbers(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA), wrong(YI), wrong(BING)])
    corrected(batch, done, {2: typed(JIA), 3: typed(YI), 4: wrong(DING)})
    (entry,) = audited("correct_rows")
    assert (entry.account_id, entry.details["receipt_no"]) == (batch.viewer.account_id, done.upload.receipt_no)
    assert entry.details["outcomes"] == {"added": [2, 3], "invalid": [4]}
    assert JIA.id_no not in repr(entry.details)


def test_a_number_typed_into_another_column_is_stored_masked(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)])
    corrected(batch, done, {2: (JIA.id_no + "甲" * 60, JIA.id_no, "", "", "", "", "是")})
    row = row_of(done, 2)
    assert row.name == f"{JIA.id_no[:4]}*****{JIA.id_no[-4:]}" + "甲" * 37
    assert JIA.id_no not in repr([finding.values for finding in imported(done.upload.id).findings])


@pytest.mark.parametrize("name", ["甲\x00乙", "甲\ud842乙", "甲" * 100_000], ids=["NUL", "half a character", "endless"])
def test_text_that_no_file_could_hold_is_a_finding_and_no_failure(batch: BatchOf, name: str) -> None:
    done = an_import(batch, [wrong(JIA)])
    result = corrected(batch, done, {2: (name, *typed(JIA)[1:])})
    assert [finding.code for finding in result.findings[2]] == ["ROW-014"]
