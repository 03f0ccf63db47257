"""What an account was told; and the demonstration's clock."""

from __future__ import annotations

import pytest

from models.records.database import writing
from models.records.notice import Notice
from tests.conftest import use_environment
from tests.web.api.conftest import Program, code_of, viewer_of
from tests.web.conftest import MORNING, Town


def test_notices_are_the_accounts_own_latest_first(li: Program, zhou: Program, town: Town) -> None:
    account_id = viewer_of(town.li).account_id
    with writing() as records:
        for number in range(3):
            notice = Notice(
                account_id=account_id,
                code="NTF-04",
                values={"close": "2020-05-11 17:00", "batch": f"第{number}批"},
                occasion=f"close-{number}",
                created_at=MORNING,
            )
            records.add(notice)
            records.flush()
    first = li.get("/notices?limit=2").json
    rest = li.get(f"/notices?limit=2&cursor={first['next']}").json
    assert [one["message"] for one in first["items"] + rest["items"]] == [
        f"集中参保将于2020-05-11 17:00截止，第{number}批尚未完成，请尽快办理。" for number in (2, 1, 0)
    ]
    assert first["items"][0]["created_at"] == "2020-04-20T09:00:00+08:00"
    assert zhou.get("/notices").json == {"items": [], "next": None}


def test_an_administrator_moves_the_clock_and_a_window_closes(admin: Program, li: Program, batch_no: str) -> None:
    moved = admin.call("PUT", "/clock", json={"now": "2020-05-11T09:00:00Z"})
    assert (moved.status_code, moved.json) == (200, {"now": "2020-05-11T17:00:00+08:00"})
    assert li.get(f"/batches/{batch_no}").json["actions"] == ["delete_batch"]


@pytest.mark.parametrize("now", ["2020-05-11T17:00:00", "tomorrow", "1999-12-31T00:00:00+08:00", None, 10**30])
def test_a_moment_that_is_none_moves_nothing(admin: Program, now: object) -> None:
    answer = admin.call("PUT", "/clock", json={"now": now})
    assert code_of(answer) == (422, "SYS-002" if now is None else "SYS-003")
    assert [error["field"] for error in answer.json["errors"]] == ["now"]


def test_nobody_else_moves_the_clock(li: Program, reviewer: Program) -> None:
    for program in (li, reviewer):
        assert code_of(program.call("PUT", "/clock", json="whatever")) == (403, "AUTH-006")


def test_in_production_there_is_no_clock_to_move(admin: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert code_of(admin.call("PUT", "/clock", json={"now": "2020-05-11T17:00:00+08:00"})) == (404, "BAT-005")
