"""A wrong file fails its job with its IMP code, and leaves nothing; loose notes are only counted."""

from __future__ import annotations

import pytest

from models.records.job import JobState
from tests.imports import an_import, roster_of, the_batch
from tests.records import BatchOf, a_batch_to_fill
from tests.workbooks import WANG_DOUDOU, a_workbook, some_people


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "IMP-001"),
        (a_workbook(header=("姓名", "身份证号")), "IMP-002"),
        (a_workbook([]), "IMP-004"),
        (b"PK\x03\x04 cut off", "IMP-005"),
    ],
    ids=["an .xls", "another header", "nobody inside", "damaged"],
)
def test_a_wrong_file_fails_as_a_whole_with_its_code(batch: BatchOf, content: bytes, code: str) -> None:
    done = an_import(batch, content)
    assert (done.job.state, done.job.code, done.upload.counts) == (JobState.FAILED, code, None)


def test_5001_people_are_refused_and_counted(batch: BatchOf) -> None:
    done = an_import(batch, some_people(5001))
    assert (done.job.state, done.job.code, done.job.values) == (JobState.FAILED, "IMP-003", {"n": 5001})
    assert (roster_of(batch), the_batch(batch).roster_version) == ([], 0)


def test_notes_beside_the_table_are_ignored_and_counted(batch: BatchOf) -> None:
    done = an_import(batch, [(*WANG_DOUDOU, "", "待核实"), (), ("", "", "", "", "", "", "", "", "", "另一条")])
    assert (done.counts, done.upload.notes_ignored) == ({"added": 1}, 2)


def test_the_same_wrong_file_may_be_uploaded_again(batch: BatchOf) -> None:
    first = an_import(batch, b"PK\x03\x04 cut off")
    assert an_import(batch, b"PK\x03\x04 cut off").upload.id != first.upload.id
