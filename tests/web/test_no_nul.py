"""A NUL in what is sent is refused before PostgreSQL is asked for it."""

from __future__ import annotations

import pytest

from tests.quick_passwords import quick_passwords
from tests.web.conftest import Browser, Town, found_town, text_of

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.postgresql


@pytest.fixture
def town(postgresql: None) -> Town:
    """The town on PostgreSQL."""
    return found_town()


@pytest.mark.parametrize("name", ["batch_no", "unit", "code", "page", "status", "unknown"])
def test_in_a_filter_of_the_list(li: Browser, name: str) -> None:
    answer = li.get(f"/batches?{name}=0088%00D2")
    assert (answer.status_code, "请求不完整，请返回后重试。" in text_of(answer)) == (400, True)


def test_in_a_filter_of_a_roster(li: Browser, town: Town) -> None:
    assert li.get(f"/batches/{li.open_batch(town.li.code)}/roster?name=%00").status_code == 400


def test_in_the_address_of_the_log_in(li: Browser, town: Town) -> None:
    assert li.post("/log-in", email="a\0@unit.example", password="any").status_code == 400


@pytest.mark.parametrize("page", ["/batches/%00/roster", "/imports/%00", "/help/codes/%00", "/static/%00"])
def test_in_an_address(li: Browser, page: str) -> None:
    assert li.get(page).status_code == 404


def test_for_who_is_not_logged_in_there_is_the_log_in_first(stranger: Browser) -> None:
    assert stranger.get("/batches?batch_no=%00").status_code == 302
