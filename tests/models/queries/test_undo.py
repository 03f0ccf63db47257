"""What an undo would do, before it is done, and what it did, afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.actions.edit_person import edit_person
from models.queries.undo import UndoLineSeen, UndoPreview, undo_lines, undo_preview
from models.records.database import reading, writing
from models.records.roster_import import RosterImport, UndoReason, UndoResult
from models.rules.findings import Column
from tests.builders import a_person, resident_id
from tests.imports import Imported, an_import, corrected, typed, undone
from tests.people import a_passport
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.statements import statements
from tests.undoing import BING, DING, JIA, OTHER_MOBILE, YI, edited, id_of, removed


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def preview(done: Imported) -> UndoPreview:
    with reading() as session:
        return undo_preview(session, session.get_one(RosterImport, done.upload.id))


def lines(done: Imported, *, page: int = 1, size: int = 50, result: str = "") -> tuple[list[UndoLineSeen], int]:
    with reading() as session:
        upload = session.get_one(RosterImport, done.upload.id)
        found, total = undo_lines(session, upload, page=page, size=size, result=result)
        return list(found), total


@pytest.fixture
def of_every_kind(batch: BatchOf) -> Imported:
    """乙 was updated, and added were 丙, who is edited since, 丁, whom a later import met, 甲, and one who is gone."""
    people_on(batch, [YI])
    gone = a_person(name="戊", id_no=resident_id(sequence=9))
    done = an_import(batch, map(typed, [replace(YI, mobile=None), BING, DING, JIA, gone]))
    edited(batch, BING)
    an_import(batch, [typed(DING)])
    removed(batch, gone)
    return done


def test_the_preview_counts_each_kind(of_every_kind: Imported) -> None:
    assert preview(of_every_kind) == UndoPreview(removed=1, restored=1, kept=2, gone=1, people_now=4, people_after=3)


def test_every_person_has_a_line_in_the_order_of_the_sheet(of_every_kind: Imported) -> None:
    found, total = lines(of_every_kind)
    assert total == 4
    assert [(line.sheet_row, line.name, line.result, line.reason) for line in found] == [
        (2, "乙", UndoResult.RESTORED, None),
        (3, "丙", UndoResult.KEPT, UndoReason.EDITED),
        (4, "丁", UndoResult.KEPT, UndoReason.LATER_IMPORT),
        (5, "甲", UndoResult.REMOVED, None),
    ]


def test_the_later_import_is_named_by_its_receipt(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    later = an_import(batch, [typed(JIA)], repeat=True)
    ((line,), _) = lines(done)
    assert line.later_receipt_no == later.upload.receipt_no


def test_what_was_done_is_what_was_shown_before(batch: BatchOf, of_every_kind: Imported) -> None:
    before = lines(of_every_kind)
    undone(batch, of_every_kind)
    assert lines(of_every_kind) == before


@pytest.mark.parametrize("afterwards", [False, True], ids=["before", "afterwards"])
def test_lines_come_by_pages_and_by_result(batch: BatchOf, of_every_kind: Imported, afterwards: bool) -> None:
    if afterwards:
        undone(batch, of_every_kind)
    assert [[line.sheet_row for line in lines(of_every_kind, page=page, size=3)[0]] for page in (1, 2, 3)] == [
        [2, 3, 4],
        [5],
        [],
    ]
    kept, total = lines(of_every_kind, result="kept")
    assert ([line.name for line in kept], total) == (["丙", "丁"], 2)
    assert lines(of_every_kind, result="nothing of the kind") == ([], 0)


def test_a_corrected_row_took_effect_when_it_was_corrected(batch: BatchOf) -> None:
    """An import in between met the person before the correction updated them: that is not later."""
    people_on(batch, [JIA])
    done = an_import(batch, [(*typed(JIA)[:6], "有")])
    an_import(batch, [typed(JIA)])
    corrected(batch, done, {2: typed(replace(JIA, mobile=None))})
    assert [line.result for line in lines(done)[0]] == [UndoResult.RESTORED]


def test_an_earlier_import_whose_row_was_corrected_afterwards_is_a_later_one(batch: BatchOf) -> None:
    earlier = an_import(batch, [(*typed(JIA)[:6], "有")])
    done = an_import(batch, [typed(JIA)])
    corrected(batch, earlier, {2: typed(JIA)})
    assert [line.reason for line in lines(done)[0]] == [UndoReason.LATER_IMPORT]


def test_a_check_met_nobody(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    an_import(batch, [typed(JIA), typed(YI)], check_only=True)
    assert [line.result for line in lines(done)[0]] == [UndoResult.REMOVED]


def test_a_row_that_was_refused_met_nobody(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    an_import(batch, [typed(replace(JIA, name="甲甲"))])
    assert [line.result for line in lines(done)[0]] == [UndoResult.REMOVED]


def test_an_edit_before_the_import_is_none_since(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    edited(batch, JIA)
    done = an_import(batch, [typed(JIA)])
    assert [line.result for line in lines(done)[0]] == [UndoResult.RESTORED]


def test_somebody_whose_name_was_edited_is_still_the_same_and_kept(batch: BatchOf) -> None:
    people_on(batch, [wang := a_passport()])
    done = an_import(batch, [typed(replace(wang, mobile=OTHER_MOBILE))])
    with writing() as session:
        edit_person(session, batch.viewer, batch.batch_no, id_of(batch, wang), {Column.NAME: "王豆芽"}, batch.now)
    assert [(line.result, line.reason) for line in lines(done)[0]] == [(UndoResult.KEPT, UndoReason.EDITED)]


@pytest.mark.parametrize("people", [3, 200])
def test_preview_and_lines_take_a_fixed_number_of_statements(batch: BatchOf, people: int) -> None:
    crowd = [a_person(name="某", id_no=resident_id(sequence=number)) for number in range(people)]
    people_on(batch, crowd[: people // 2])
    done = an_import(batch, [typed(replace(person, mobile="13912345678")) for person in crowd])
    with reading() as session:
        upload = session.get_one(RosterImport, done.upload.id)
        with statements() as asked:
            undo_preview(session, upload)
        assert len(asked) == 4
        with statements() as asked:
            undo_lines(session, upload)
        assert len(asked) == 3
