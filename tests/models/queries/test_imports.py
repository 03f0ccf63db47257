"""Imports as their pages show them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.queries.batches import find_batch
from models.queries.imports import (
    finding_groups,
    finding_page,
    first_import_named,
    import_seen,
    imports_of,
    rows_to_mend,
)
from models.records.database import reading
from models.rules.findings import Column, Outcome
from models.rules.permissions import Role
from models.rules.roster import Odd
from tests.imports import an_import
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused
from tests.statements import statements
from tests.workbooks import a_workbook, some_people

NUMBER_CELL, NO_NAME, NO_SI = 2, 3, 4


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def wrong_rows(count: int = 3) -> bytes:
    """Rows 2, 3, 4 and again: a number in a number cell, no name, no word on social insurance; then one good row."""
    rows = []
    for number, row in enumerate(some_people(count)):
        cells: list[str | int] = list(row)
        if number % 3 == 0:
            cells[2] = 12345678901234567
        elif number % 3 == 1:
            cells[0] = ""
        else:
            cells[6] = "有"
        rows.append(cells)
    return a_workbook([*rows, *some_people(1, 9000)])


def test_an_import_is_seen_with_its_batch_its_job_and_its_uploader(batch: BatchOf) -> None:
    receipt = an_upload(batch)
    with reading() as session:
        seen = import_seen(session, batch.viewer, receipt.import_id)
    assert (seen.batch.batch_no, seen.job.id, seen.uploader) == (batch.batch_no, receipt.job_id, "李小满")


def test_another_accounts_import_does_not_exist(batch: BatchOf) -> None:
    receipt, stranger = an_upload(batch), a_batch_to_fill("3019BJ").viewer
    with reading() as session, refused("BAT-005"):
        import_seen(session, stranger, receipt.import_id)


def test_the_first_import_of_a_files_name_is_found_by_the_code_alone(batch: BatchOf) -> None:
    a_batch_to_fill("3019BJ")
    first, _ = an_upload(batch), an_upload(batch, repeat=True)
    with reading() as session:
        assert first_import_named(session, "0088D2", "清册.xlsx") == first.import_id
        assert first_import_named(session, "0088D2", "another.xlsx") is None
        assert first_import_named(session, "3019BJ", "清册.xlsx") is None


def test_an_unknown_import_does_not_exist(batch: BatchOf) -> None:
    with reading() as session, refused("BAT-005"):
        import_seen(session, batch.viewer, 4711)


def test_staff_see_every_import(batch: BatchOf) -> None:
    receipt = an_upload(batch)
    with reading() as session:
        seen = import_seen(session, replace(batch.viewer, role=Role.REVIEWER), receipt.import_id)
    assert seen.upload.id == receipt.import_id


def test_the_history_of_a_batch_has_the_latest_upload_first(batch: BatchOf) -> None:
    first, second = an_upload(batch, b"PK one"), an_upload(batch, b"PK two")
    an_upload(a_batch_to_fill("3019BJ"), b"PK three")
    with reading() as session:
        seen, total = imports_of(session, find_batch(session, batch.viewer, batch.batch_no))
    assert ([each.upload.id for each in seen], total) == ([second.import_id, first.import_id], 2)


def test_findings_are_grouped_by_code_with_the_first_rows(batch: BatchOf) -> None:
    done = an_import(batch, wrong_rows(14))
    with reading() as session:
        groups = finding_groups(session, done.upload.id)
    assert [(group.code, group.rows, list(group.first_rows)) for group in groups] == [
        ("ROW-001", 5, [3, 6, 9]),
        ("ROW-013", 5, [2, 5, 8]),
        ("ROW-004", 4, [4, 7, 10]),
    ]


def test_findings_come_row_by_row_with_what_was_typed(batch: BatchOf) -> None:
    done = an_import(batch, wrong_rows())
    with reading() as session:
        page = finding_page(session, done.upload.id)
    assert [(line.row, line.column, line.code, line.typed) for line in page.lines] == [
        (NUMBER_CELL, Column.ID_NO, "ROW-013", page.lines[0].typed),
        (NO_NAME, Column.NAME, "ROW-001", ""),
        (NO_SI, Column.HAS_SI, "ROW-004", "有"),
    ]


def test_a_typed_number_is_shown_masked(batch: BatchOf) -> None:
    done = an_import(batch, wrong_rows())
    with reading() as session:
        typed = finding_page(session, done.upload.id).lines[0].typed
    assert "***" in typed
    assert len(typed) < 10


def test_findings_are_narrowed_to_an_outcome_and_to_a_code(batch: BatchOf) -> None:
    done = an_import(batch, wrong_rows())
    with reading() as session:
        by_code = finding_page(session, done.upload.id, code="ROW-004")
        by_outcome = finding_page(session, done.upload.id, outcomes=[Outcome.OCCUPIED])
    assert ([line.row for line in by_code.lines], by_code.total, by_outcome.total) == ([NO_SI], 1, 0)


def test_pages_of_findings_follow_each_other(batch: BatchOf) -> None:
    done = an_import(batch, wrong_rows(7))
    with reading() as session:
        pages = [finding_page(session, done.upload.id, page=number, size=3) for number in (1, 2, 3, 4)]
    assert [[line.row for line in page.lines] for page in pages] == [[2, 3, 4], [5, 6, 7], [8], []]
    assert {page.total for page in pages} == {7}


def test_rows_to_mend_are_as_they_were_typed(batch: BatchOf) -> None:
    done = an_import(batch, wrong_rows())
    with reading() as session:
        rows = rows_to_mend(session, done.upload.id)
    assert [row.row for row, _ in rows] == [2, 3, 4]
    assert isinstance(rows[0][0].cells[2], Odd)
    assert [[finding.code for finding in findings] for _, findings in rows] == [["ROW-013"], ["ROW-001"], ["ROW-004"]]


@pytest.mark.parametrize("rows", [3, 45])
def test_the_statements_of_a_result_do_not_grow_with_its_rows(batch: BatchOf, rows: int) -> None:
    done = an_import(batch, wrong_rows(rows))
    counted = []
    with reading() as session:
        for look in (finding_groups, finding_page, rows_to_mend):
            with statements() as asked:
                look(session, done.upload.id)
            counted.append(len(asked))
    assert counted == [2, 2, 2]


@pytest.mark.parametrize("uploads", [1, 6])
def test_the_statements_of_a_history_do_not_grow_with_its_uploads(batch: BatchOf, uploads: int) -> None:
    for number in range(uploads):
        an_upload(batch, b"PK %d" % number)
    with reading() as session:
        own = find_batch(session, batch.viewer, batch.batch_no)
        with statements() as asked:
            imports_of(session, own)
    assert len(asked) == 2
