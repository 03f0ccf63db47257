"""Uploads: their bytes, their marked workbook and the cells of their rows, each sealed to its place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag

from models.records.roster_import import RosterImport, seal_typed, unseal_typed

SHA256, ANOTHER = "a" * 64, "b" * 64


def an_upload(import_id: int = 1, sha256: str = SHA256) -> RosterImport:
    return RosterImport(
        id=import_id,
        sha256=sha256,
        content_sealed=RosterImport.seal_content(b"PK...", SHA256),
        received_at=datetime.now(UTC),
    )


def test_an_upload_opens_again() -> None:
    assert an_upload().content() == b"PK..."


def test_an_upload_under_another_ones_hash_does_not_open() -> None:
    with pytest.raises(InvalidTag):
        an_upload(sha256=ANOTHER).content()


def test_an_erased_upload_says_so() -> None:
    upload = an_upload()
    upload.content_sealed = None
    with pytest.raises(LookupError, match="erased"):
        upload.content()


def test_before_it_is_made_there_is_no_marked_workbook() -> None:
    assert an_upload().report() is None


def test_a_marked_workbook_opens_in_its_own_import_only() -> None:
    upload, another = an_upload(1), an_upload(2)
    upload.store_report(b"marked")
    another.report_sealed = upload.report_sealed
    assert upload.report() == b"marked"
    with pytest.raises(InvalidTag):
        another.report()


@pytest.mark.parametrize("place", [(1, 3), (2, 2)], ids=["another row", "another import"])
def test_typed_cells_open_in_their_own_row_only(place: tuple[int, int]) -> None:
    sealed = seal_typed(1, 2, ("王豆豆", ["number", "1.1E+17"]))
    assert unseal_typed(1, 2, sealed) == ["王豆豆", ["number", "1.1E+17"]]
    with pytest.raises(InvalidTag):
        unseal_typed(*place, sealed)
