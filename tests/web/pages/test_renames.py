"""单位名称变更 as pages: from the desk to the name that a code shows (AC06)."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.actions.exchange_names import exchange_names
from models.actions.keep_accounts import add_account
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.rename import PendingNameChange
from models.rules.permissions import Role
from tests.conftest import use_environment
from tests.vouchers import a_photo
from tests.web.conftest import MORNING, Browser, Person, Town, text_of

OLD, NEW = "上海豆豆精密机械有限公司", "上海豆豆智能装备有限公司"


@pytest.fixture
def desk(app: Flask, town: Town) -> Browser:
    """A district desk, logged in."""
    with writing() as records:
        _, password = add_account(records, "desk@union.example", Role.SERVICE_DESK, now=MORNING, name="黄浦服务处")
    return Browser(app.test_client()).log_in(Person("desk@union.example", password))


def evidence(content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(a_photo() if content is None else content), "变更申请表.png"


def register(browser: Browser, path: str = "/renames/register", **changes: object) -> TestResponse:
    """Fill in the form and send it."""
    typed = {"code": "0088D2", "new_name": NEW, "file": evidence()} | changes
    return browser.post(path, f"{path}?code=0088D2", **typed)


def the_change() -> int:
    with reading() as records:
        return records.query(PendingNameChange).one().id


def test_a_change_appears_after_the_exchange_and_not_before_and_old_batches_keep_the_old_name(
    desk: Browser, li: Browser, admin: Browser, town: Town
) -> None:
    batch_no = li.open_batch(town.li.code)
    assert register(desk).status_code == 303
    assert "在此之前仍显示原名称" in text_of(desk.get("/renames/register"))
    assert f"单位名称 {OLD}" in text_of(li.get(f"/batches/{batch_no}"))
    assert OLD in text_of(li.get("/batches"))
    with writing() as records:
        exchange_names(records, business_now(records))
    details = text_of(li.get(f"/batches/{batch_no}"))
    assert f"单位名称 {OLD}" in details
    assert f"单位现名 {NEW}" in details
    assert NEW in text_of(li.get("/batches"))
    assert batch_no in text_of(li.get("/batches?unit=智能装备"))


def test_entering_the_code_shows_the_name_of_that_time_with_its_code(desk: Browser, li: Browser, town: Town) -> None:
    def shown() -> str:
        return text_of(li.post("/batches/open/central", "/batches/open/central", code=town.li.code))

    register(desk)
    before = shown()
    with writing() as records:
        exchange_names(records, business_now(records))
    assert f"单位名称：{OLD}。若单位名称有误" in before
    assert "COD-005" in before
    assert f"单位名称：{NEW}。若单位名称有误" in shown()


def test_the_desk_asks_for_the_code_first_and_shows_the_present_name(desk: Browser) -> None:
    assert "新单位名称" not in text_of(desk.get("/renames/register"))
    page = desk.get("/renames/register?code=0088d2")
    assert f"参保编码 0088D2 现在的名称 {OLD}" in text_of(page)


@pytest.mark.parametrize(("code", "no"), [("0088", "COD-003"), ("999999", "COD-001")])
def test_a_code_that_is_none_is_told_at_its_field(desk: Browser, code: str, no: str) -> None:
    page = desk.get(f"/renames/register?code={code}")
    assert page.status_code == 422
    assert no in text_of(page)
    assert f'value="{code}"' in page.get_data(as_text=True)
    assert register(desk, code=code).status_code == 422


def test_what_is_missing_is_told_and_what_was_typed_survives(desk: Browser) -> None:
    page = register(desk, file=(io.BytesIO(b""), ""))
    assert page.status_code == 422
    assert "请填写“证明材料”。 SYS-002" in text_of(page)
    assert f'value="{NEW}"' in page.get_data(as_text=True)
    same = register(desk, new_name=OLD)
    assert "“新单位名称”格式不正确。 SYS-003" in text_of(same)
    assert "APP-003" in text_of(register(desk, file=evidence(b"PK\x03\x04")))
    assert "还没有登记过名称变更" in text_of(desk.get("/renames/register"))


def test_a_second_change_of_a_unit_has_to_wait(desk: Browser) -> None:
    register(desk)
    page = register(desk, new_name="上海豆荚有限公司")
    assert page.status_code == 422
    assert "请勿重复提交。 SYS-004" in text_of(page)


def test_the_desk_sees_what_became_of_its_changes(desk: Browser, admin: Browser) -> None:
    register(desk)
    assert f"{OLD} → {NEW} 0088D2" in text_of(desk.get("/renames/register"))
    number = the_change()
    admin.post(f"/renames/{number}/refuse", f"/renames/{number}", reason="没有盖公章")
    assert "不予变更 没有盖公章" in text_of(desk.get("/renames/register"))
    assert OLD in text_of(desk.get("/renames/register?code=0088D2"))


def test_an_administrator_sees_the_evidence_and_applies(desk: Browser, admin: Browser, li: Browser) -> None:
    register(desk)
    assert "黄浦服务处" in text_of(admin.get("/renames"))
    number = the_change()
    page = admin.get(f"/renames/{number}")
    assert "变更申请表.jpg" in text_of(page)
    picture = admin.get(f"/renames/{number}/files/1")
    assert picture.mimetype == "image/jpeg"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    admin.post(f"/renames/{number}/apply", f"/renames/{number}")
    assert "没有等候交换的名称变更" in text_of(admin.get("/renames"))
    assert "已变更" in text_of(admin.get("/renames?status=all"))
    assert NEW in text_of(li.post("/batches/open/central", "/batches/open/central", code="0088D2"))


def test_a_refusal_without_a_reason_is_none(desk: Browser, admin: Browser) -> None:
    register(desk)
    number = the_change()
    page = admin.post(f"/renames/{number}/refuse", f"/renames/{number}", reason=" ")
    assert (page.status_code, "APP-012" in text_of(page)) == (422, True)
    assert "等候交换" in text_of(page)


def test_what_was_decided_meanwhile_is_said(desk: Browser, admin: Browser) -> None:
    register(desk)
    number = the_change()
    admin.post(f"/renames/{number}/apply", f"/renames/{number}")
    page = admin.post(f"/renames/{number}/refuse", "/accounts/new", reason="因")
    assert page.status_code == 409
    assert "当前状态为“单位名称变更已变更”，不能再次审核。 BAT-002" in text_of(page)


def test_the_exchange_can_be_watched_in_a_demonstration(desk: Browser, admin: Browser) -> None:
    register(desk)
    admin.post("/renames/exchange", "/renames")
    assert "已交换 1 个单位名称；已有批次保留原名称。" in text_of(admin.get("/renames"))
    admin.post("/renames/exchange", "/renames")
    assert "没有等候交换的单位名称，没有任何变化。" in text_of(admin.get("/renames"))


def test_in_production_the_exchange_is_left_to_the_night(
    app: Flask, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = admin.get("/renames")
    use_environment(monkeypatch, CANBAO_ENV="production", CANBAO_SECURE_COOKIES="0")
    assert "立即交换单位名称" in text_of(page)
    assert "立即交换单位名称" not in text_of(admin.get("/renames"))
    assert admin.post("/renames/exchange").status_code == 404


def test_at_the_counter_the_name_holds_at_once(admin: Browser, li: Browser) -> None:
    assert register(admin, "/renames/at-counter").status_code == 303
    assert f"{NEW}：单位名称已变更；已有批次保留原名称。" in text_of(admin.get("/renames"))
    assert NEW in text_of(li.post("/batches/open/central", "/batches/open/central", code="0088D2"))


def test_the_list_is_narrowed_and_keeps_what_was_asked(desk: Browser, admin: Browser) -> None:
    register(desk)
    page = admin.get("/renames?code=0088d2&unit=智能&status=pending")
    assert NEW in text_of(page)
    assert 'value="智能"' in page.get_data(as_text=True)
    assert "没有符合条件的名称变更" in text_of(admin.get("/renames?unit=仪表"))
    assert NEW in text_of(admin.get("/renames?status=nonsense"))
