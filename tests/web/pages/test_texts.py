"""管理 → 承诺文本: versions are added, and clerks read the one that holds."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config.clock import SHANGHAI
from config.pledge import pledge
from models.actions.move_clock import move_clock
from models.records.database import writing
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.web.api.conftest import Program, token_for
from tests.web.checks import checked, ids_by_name, over_age_rows, pledge_fields
from tests.web.conftest import Browser, Town, imported, text_of
from tests.web.forms import field

__all__ = ["quick_passwords", "silent_doorbell"]

CHANGE = datetime(2020, 4, 21, tzinfo=SHANGHAI)


def write(admin: Browser, typed: str, valid_from: str = "2020-04-21T00:00", kind: str = "pledge") -> TestResponse:
    return admin.post("/desk/texts", "/desk/texts", kind=kind, text=typed, valid_from=valid_from)


def at_the_change() -> None:
    with writing() as records:
        move_clock(records, CHANGE)


@pytest.fixture
def filled(li: Browser, batch_no: str) -> str:
    """A batch with 老甲 and 老乙, who are over age."""
    imported(li, batch_no, over_age_rows())
    return batch_no


def test_the_shipped_version_is_shown_as_the_one_that_holds(admin: Browser) -> None:
    page = text_of(admin.get("/desk/texts"))
    assert "版本 2020-1 使用中 本单位承诺： 一、" in page
    assert "随系统提供" in page


def test_a_new_version_waits_beside_the_old_one(admin: Browser) -> None:
    answer = write(admin, "本单位承诺：新。")
    assert answer.location == "/desk/texts?kind=pledge"
    page = text_of(admin.get(answer.location))
    assert "版本 2020-2 已保存，自 2020-04-21 00:00 起使用。" in page
    assert "版本 2020-2 尚未生效" in page
    assert "版本 2020-1 使用中" in page


def test_from_its_moment_on_it_holds_and_the_old_one_is_kept(admin: Browser) -> None:
    write(admin, "本单位承诺：新。")
    at_the_change()
    page = text_of(admin.get("/desk/texts"))
    assert "版本 2020-2 使用中" in page
    assert "版本 2020-1 已停用" in page
    assert "五、在规定期限内足额缴纳保费。" in page


def test_each_text_has_its_own_versions(admin: Browser) -> None:
    write(admin, "本单位承诺：此人在职。", kind="promise")
    assert "2020-2" in text_of(admin.get("/desk/texts?kind=promise"))
    assert "2020-2" not in text_of(admin.get("/desk/texts?kind=pledge"))


@pytest.mark.parametrize(
    ("typed", "valid_from", "said"),
    [
        ("", "2020-04-21T00:00", "请填写“正文”。"),
        (pledge().text, "2020-04-21T00:00", "“正文”格式不正确。"),
        ("新", "", "请填写“生效时间”。"),
        ("新", "tomorrow", "“生效时间”格式不正确。"),
        ("新", "2020-04-20T08:59", "“生效时间”格式不正确。"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(admin: Browser, typed: str, valid_from: str, said: str) -> None:
    answer = write(admin, typed, valid_from)
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert typed in text_of(answer)
    assert "2020-2" not in text_of(admin.get("/desk/texts"))


def test_clerks_read_the_version_that_holds(admin: Browser, li: Browser, filled: str) -> None:
    write(admin, "本单位承诺：新。\n第二段。")
    assert field(li.get(f"/batches/{filled}/submission"), "pledge_version") == "2020-1"
    at_the_change()
    page = li.get(f"/batches/{filled}/submission")
    assert field(page, "pledge_version") == "2020-2"
    assert "本单位承诺：新。 第二段。" in text_of(page)


def test_a_pledge_that_was_open_at_the_change_is_shown_anew_without_its_tick(
    admin: Browser, li: Browser, filled: str
) -> None:
    write(admin, "本单位承诺：新。")
    agreed = pledge_fields(li, filled)
    at_the_change()
    answer = li.post(f"/batches/{filled}/submission", **agreed)
    assert answer.status_code == 422
    assert field(answer, "pledge_version") == "2020-2"
    assert "VAL-007" in text_of(answer)
    assert 'value="1" checked' not in answer.get_data(as_text=True)


def test_programs_read_the_version_that_holds(app: Flask, town: Town, admin: Browser) -> None:
    program = Program(app.test_client(), token_for(town.li))
    write(admin, "本单位承诺：新。")
    assert program.get("/plan-years/2020").json["pledge"]["version"] == "2020-1"
    at_the_change()
    assert program.get("/plan-years/2020").json["pledge"] == {"version": "2020-2", "text": "本单位承诺：新。"}


def test_the_promise_is_read_in_its_version_and_a_stale_one_is_asked_for_again(
    admin: Browser, li: Browser, filled: str
) -> None:
    write(admin, "本单位承诺：此超龄人员在职。", kind="promise")
    sheet = f"/batches/{filled}/people/{ids_by_name()['老甲']}/promise"
    opened = li.get(sheet)
    shown = {name: field(opened, name) for name in ("version", "text_version")}
    assert shown["text_version"] == "2020-1"
    at_the_change()
    li.post(sheet, promised="1", **shown)
    assert "本单位承诺：此超龄人员在职。" in text_of(li.get(sheet))
    assert field(li.get(sheet), "promised") == "1"


def test_below_the_tab_the_promise_is_said_of_all(admin: Browser, li: Browser, filled: str) -> None:
    assert "本单位承诺：上述超龄人员为本单位在职职工" in text_of(checked(li, filled, "over_age"))
    write(admin, "本单位承诺：此超龄人员在职。", kind="promise")
    at_the_change()
    assert "本单位承诺：上述超龄人员在职。" in text_of(li.get(f"/batches/{filled}/validation?tab=over_age"))
