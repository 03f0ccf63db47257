"""Pages that write are made after their transaction: SQLite has one writer, and a page takes longer than its record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, before_render_template

from models.records.database import writing
from tests.web.conftest import Browser


@contextmanager
def somebody_writes_while_pages_are_made(app: Flask) -> Iterator[list[str]]:
    """The names of the templates at whose beginning somebody else could write."""
    written: list[str] = []

    def write(_app: Flask, template: object, **_: object) -> None:
        with writing(0.2):
            written.append(str(getattr(template, "name", "")))

    with before_render_template.connected_to(write, app):
        yield written


@pytest.mark.parametrize("address", ["", "/edit"])
def test_nobody_waits_for_the_page_of_a_person(
    app: Flask, li: Browser, batch_no: str, two: tuple[int, int], address: str
) -> None:
    with somebody_writes_while_pages_are_made(app) as written:
        assert li.get(f"/batches/{batch_no}/people/{two[1]}{address}").status_code == 200
    assert written == ["people/edit.html" if address else "people/view.html"]
