"""撤销本次导入: whom it removes, whom it restores, whom it keeps, and that it does so once or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import JobState
from models.records.person import BatchPerson
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus
from tasks.roster_import.undo import undo_import
from tests.imports import (
    an_import,
    corrected,
    marked_workbook_of,
    roster_of,
    the_batch,
    typed,
    undone,
)
from tests.people import known_to_the_register, stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.undoing import BING, DING, JIA, OTHER_MOBILE, YI, ask, confirmed, edited, kept, removed, the_job, wrong


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


# removed and restored


def test_people_whom_the_import_added_are_removed_and_others_stay(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, map(typed, [YI, BING]))
    after = undone(batch, done)
    assert (roster_of(batch), after.upload.undo_counts) == ([JIA], {"removed": 2, "restored": 0, "kept": 0})
    assert after.upload.undone_at == batch.now


def test_updated_people_get_their_former_values(batch: BatchOf) -> None:
    people = [JIA, replace(YI, mobile=None), replace(BING, has_si=False)]
    people_on(batch, people)
    changed = [replace(JIA, has_si=False), YI, BING]
    done = an_import(batch, map(typed, changed))
    assert roster_of(batch) == changed
    after = undone(batch, done)
    assert (roster_of(batch), after.upload.undo_counts) == (people, {"removed": 0, "restored": 3, "kept": 0})
    with reading() as session:
        statuses = session.scalars(select(BatchPerson.employment_status).order_by(BatchPerson.id)).all()
    assert statuses == ["in_service", "in_service", "unknown"]


def test_the_job_says_how_many_with_imp_011(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, map(typed, [replace(JIA, mobile=None), YI, BING, DING]))
    edited(batch, DING, mobile=OTHER_MOBILE)
    job_id = ask(batch, done)
    undo_import(job_id)
    job = the_job(job_id)
    assert (job.state, job.code, job.values) == (JobState.DONE, "IMP-011", {"a": 2, "b": 1, "c": 1})
    assert [stage["stage"] for stage in job.progress["stages"]] == ["undo"]


def test_an_undo_is_a_new_version_of_the_roster_and_makes_a_failed_one_a_draft(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    before = the_batch(batch)
    with writing() as session:
        session.execute(update(Batch).values(state=BatchState.ROSTER_FAILED))
    undone(batch, done)
    after = the_batch(batch)
    assert (after.roster_version, after.version) == (before.roster_version + 1, before.version + 1)
    assert after.state == BatchState.ROSTER_DRAFT


def test_an_undo_that_changes_nobody_leaves_the_roster_s_version(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, [typed(JIA)])
    before = the_batch(batch).roster_version
    assert undone(batch, done).upload.undo_counts == {"removed": 0, "restored": 0, "kept": 0}
    assert the_batch(batch).roster_version == before


def test_an_undo_is_audited_in_numbers(batch: BatchOf) -> None:
    undone(batch, an_import(batch, [typed(JIA)]))
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="undo_import").one()
    assert entry.details["people"] == {"removed": 1, "restored": 0, "kept": 0}
    assert JIA.id_no not in repr(entry.details)


def test_the_rows_and_the_marked_workbook_of_an_undone_import_may_still_be_read(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), wrong(YI)])
    marked_workbook_of(done)
    after = undone(batch, done)
    assert (after.codes, after.upload.report() is None) == ({3: ["ROW-004"]}, False)


def test_the_file_may_be_imported_again_afterwards(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    undone(batch, done)
    assert an_import(batch, [typed(JIA)]).counts == {"added": 1}


# kept


def test_whom_somebody_edited_since_is_kept_as_edited(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, map(typed, [replace(JIA, mobile=None), replace(YI, has_si=False), BING]))
    edited(batch, JIA, mobile=OTHER_MOBILE)
    confirmed(batch, YI)
    after = undone(batch, done)
    assert roster_of(batch) == [replace(JIA, mobile=OTHER_MOBILE), YI]
    assert after.upload.undo_counts == {"removed": 1, "restored": 0, "kept": 2}
    assert kept(done) == [("甲", "edited", None), ("乙", "edited", None)]


def test_whom_a_later_import_met_is_kept_whether_it_changed_them_or_not(batch: BatchOf) -> None:
    first = an_import(batch, map(typed, [JIA, YI, BING]))
    second = an_import(batch, map(typed, [JIA, replace(YI, mobile=OTHER_MOBILE), DING]))
    after = undone(batch, first)
    assert roster_of(batch) == [JIA, replace(YI, mobile=OTHER_MOBILE), DING]
    assert after.upload.undo_counts == {"removed": 1, "restored": 0, "kept": 2}
    receipt_no = second.upload.receipt_no
    assert kept(first) == [("甲", "later_import", receipt_no), ("乙", "later_import", receipt_no)]


def test_a_later_import_that_changed_nobody_at_all_keeps_them_too(batch: BatchOf) -> None:
    """It leaves the version of the roster that it found."""
    first = an_import(batch, [typed(JIA)])
    second = an_import(batch, [typed(JIA)], repeat=True)
    assert first.upload.stored_version == second.upload.stored_version
    assert undone(batch, first).upload.undo_counts == {"removed": 0, "restored": 0, "kept": 1}


def test_after_the_later_import_is_undone_nobody_is_kept_for_it(batch: BatchOf) -> None:
    first = an_import(batch, map(typed, [JIA, YI]))
    second = an_import(batch, map(typed, [JIA, replace(YI, mobile=OTHER_MOBILE), BING]))
    assert undone(batch, second).upload.undo_counts == {"removed": 1, "restored": 1, "kept": 0}
    assert roster_of(batch) == [JIA, YI]
    assert undone(batch, first).upload.undo_counts == {"removed": 2, "restored": 0, "kept": 0}
    assert roster_of(batch) == []


def test_an_earlier_import_does_not_keep_whom_a_later_one_changed(batch: BatchOf) -> None:
    an_import(batch, map(typed, [JIA, YI]))
    second = an_import(batch, map(typed, [replace(JIA, mobile=None), YI]))
    assert undone(batch, second).upload.undo_counts == {"removed": 0, "restored": 1, "kept": 0}
    assert roster_of(batch) == [JIA, YI]


def test_whom_somebody_removed_since_is_not_counted(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, map(typed, [replace(JIA, mobile=None), YI, BING]))
    removed(batch, JIA, YI)
    assert undone(batch, done).upload.undo_counts == {"removed": 1, "restored": 0, "kept": 0}
    assert roster_of(batch) == []


def test_whom_a_later_import_added_again_is_that_import_s(batch: BatchOf) -> None:
    first = an_import(batch, map(typed, [JIA, YI]))
    removed(batch, JIA)
    an_import(batch, [typed(JIA)])
    assert undone(batch, first).upload.undo_counts == {"removed": 1, "restored": 0, "kept": 0}
    assert roster_of(batch) == [JIA]


def test_whom_a_later_import_added_again_does_not_get_the_values_that_the_first_one_replaced(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    first = an_import(batch, [typed(replace(JIA, mobile=OTHER_MOBILE))])
    removed(batch, JIA)
    an_import(batch, [typed(replace(JIA, mobile=None))])
    assert undone(batch, first).upload.undo_counts == {"removed": 0, "restored": 0, "kept": 0}
    assert roster_of(batch) == [replace(JIA, mobile=None)]


def test_whom_the_social_insurance_register_made_retired_is_what_they_were_again(batch: BatchOf) -> None:
    people_on(batch, [replace(JIA, has_si=False)])
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    done = an_import(batch, [typed(replace(JIA, has_si=False))])
    assert done.counts == {"updated": 1}
    assert undone(batch, done).upload.undo_counts == {"removed": 0, "restored": 1, "kept": 0}
    assert [person.employment_status for person in stored_people(batch)] == [EmploymentStatus.UNKNOWN]


# corrections are part of their import


def test_people_added_by_a_correction_are_removed_with_their_import(batch: BatchOf) -> None:
    people_on(batch, [DING])
    done = an_import(batch, [typed(JIA), wrong(YI), wrong(DING)])
    corrected(batch, done, {3: typed(YI), 4: typed(replace(DING, mobile=None))})
    assert undone(batch, done).upload.undo_counts == {"removed": 2, "restored": 1, "kept": 0}
    assert roster_of(batch) == [DING]


def test_whom_an_import_between_file_and_correction_met_is_judged_by_the_correction(batch: BatchOf) -> None:
    people_on(batch, [YI])
    done = an_import(batch, [typed(JIA), wrong(YI)])
    between = an_import(batch, map(typed, [JIA, YI]))
    corrected(batch, done, {3: typed(replace(YI, mobile=None))})
    assert undone(batch, done).upload.undo_counts == {"removed": 0, "restored": 1, "kept": 1}
    assert kept(done) == [("甲", "later_import", between.upload.receipt_no)]
    assert roster_of(batch) == [YI, JIA]


def test_whom_somebody_edited_before_the_correction_updated_them_is_restored_to_the_edit(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, [wrong(JIA)])
    edited(batch, JIA, mobile=OTHER_MOBILE)
    corrected(batch, done, {2: typed(JIA)})
    assert undone(batch, done).upload.undo_counts == {"removed": 0, "restored": 1, "kept": 0}
    assert roster_of(batch) == [replace(JIA, mobile=OTHER_MOBILE)]


def test_a_correction_of_an_earlier_import_keeps_whom_it_met(batch: BatchOf) -> None:
    first = an_import(batch, [wrong(JIA)])
    second = an_import(batch, [typed(JIA)])
    corrected(batch, first, {2: typed(replace(JIA, mobile=None))})
    undone(batch, second)
    assert kept(second) == [("甲", "later_import", first.upload.receipt_no)]
    undone(batch, first)
    assert roster_of(batch) == [JIA]
