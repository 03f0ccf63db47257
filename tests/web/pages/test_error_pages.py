"""Pages that say no: under which status, and what is nobody's fault but ours."""

from __future__ import annotations

import pytest

from tests.web.conftest import Browser, text_of
from tests.web.databases import AWAY, ask_for_a_misspelt_column, traced_without_its_message
from web.error_pages import status_of


@pytest.mark.parametrize(
    "code", ["BAT-002", "WIN-004", "RST-001", "RST-004", "RST-005", "HDL-001", "WDR-002", "WDR-005", "WDR-006"]
)
def test_a_state_that_says_no_is_a_conflict(code: str) -> None:
    assert status_of(code) == 409


@pytest.mark.parametrize("code", ["BAT-003", "RST-002", "RST-006", "COD-002", "WDR-001", "PRJ-002"])
def test_content_that_is_wrong_is_no_conflict(code: str) -> None:
    assert status_of(code) == 422


@pytest.mark.parametrize("away", AWAY, ids=lambda away: type(away).__name__)
def test_a_database_that_is_away_is_503_with_the_time_to_wait(
    li: Browser, monkeypatch: pytest.MonkeyPatch, away: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise away

    monkeypatch.setattr("web.pages.batches.list_batches", fail)
    answer = li.get("/batches")
    assert (answer.status_code, answer.headers.get("Retry-After"), "SYS-001" in text_of(answer)) == (503, "5", True)


def test_a_statement_that_the_database_does_not_understand_is_a_bug_and_is_traced(
    li: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.batches.list_batches", ask_for_a_misspelt_column)
    with traced_without_its_message():
        answer = li.get("/batches")
    assert (answer.status_code, "Retry-After" in answer.headers, "SYS-001" in text_of(answer)) == (500, False, True)
