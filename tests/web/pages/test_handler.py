"""经办人填报 as a page (AC03)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.records.account import Account, HandlerProfile
from models.records.database import reading, writing
from tests.profiles import PROFILE
from tests.sms import latest_sms_code
from tests.web.conftest import Browser, Person, Town, account_id, text_of

PHONE, OTHER = PROFILE["phone"], "14200000002"


@pytest.fixture
def new(li: Browser, town: Town) -> Browser:
    """李小满 before 经办人填报."""
    account = account_id(town.li)
    with writing() as records:
        records.delete(records.get_one(HandlerProfile, account))
    return li


def fetch_code(browser: Browser, **changes: str) -> str:
    answer = browser.post("/handler/code", "/handler", **PROFILE | changes)
    assert answer.status_code == 200, text_of(answer)
    return latest_sms_code()


def profile_of(person: Person) -> HandlerProfile | None:
    with reading() as records:
        return records.scalars(
            select(HandlerProfile).join(Account, Account.id == HandlerProfile.account_id)
            .where(Account.email == person.email)
        ).one_or_none()  # fmt: skip


def test_opening_a_batch_leads_to_the_form_and_back(new: Browser, town: Town) -> None:
    address = "/batches/open/central"
    asked = new.get(address)
    assert asked.status_code == 303
    page = new.get(asked.location)
    assert "请先完成【经办人填报】并通过手机验证，再进行后续操作。 HDL-001" in text_of(page)
    code = fetch_code(new)
    saved = new.post("/handler", asked.location, **PROFILE, sms_code=code, next=address)
    assert (saved.status_code, saved.location) == (303, address)
    assert "经办人信息已保存" in text_of(new.get(address))
    assert new.open_batch(town.li.code)


def test_a_dialog_leads_there_as_a_whole_page_and_back_to_the_page_below(new: Browser, town: Town) -> None:
    new.get("/handler")
    fields = {"csrf_token": new.token(), "code": town.li.code, "confirmed": "1"}
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/batches?page=2"}
    answer = new.client.post("/batches/open/central", data=fields, headers=headers)
    assert answer.headers["HX-Redirect"] == "/handler?next=/batches?page%3D2"


def test_a_complete_profile_is_not_asked_for_again(li: Browser, town: Town) -> None:
    assert li.open_batch(town.li.code)


def test_a_new_account_begins_with_its_own_address(new: Browser, town: Town) -> None:
    page = new.get("/handler")
    assert f'value="{town.li.email}"' in page.get_data(as_text=True)
    assert "尚未通过手机验证" in text_of(page)


def test_fetching_a_code_keeps_what_was_typed(new: Browser) -> None:
    page = new.post("/handler/code", "/handler", **PROFILE)
    assert "验证码已发送到 142****0001，5 分钟内有效。" in text_of(page)
    assert f'value="{PROFILE["address"]}"' in page.get_data(as_text=True)
    assert "<option selected>制造业</option>" in page.get_data(as_text=True)


def test_fetching_another_at_once_says_how_long_to_wait(new: Browser) -> None:
    fetch_code(new)
    again = new.post("/handler/code", "/handler", **PROFILE)
    assert again.status_code == 429
    assert "SMS-002" in text_of(again)
    assert 0 < int(again.headers["Retry-After"]) <= 60


def test_a_number_that_is_none_is_told_at_its_field(new: Browser) -> None:
    page = new.post("/handler/code", "/handler", **PROFILE | {"phone": "021-55500142"})
    assert page.status_code == 422
    assert 'id="f-phone"' in page.get_data(as_text=True)
    assert "手机号码格式不正确，请输入11位手机号码。 SMS-001" in text_of(page)


def test_every_empty_field_is_told_at_its_place(new: Browser, town: Town) -> None:
    page = new.post("/handler", "/handler", next="/batches")
    assert page.status_code == 422
    assert "有 11 处需要修改，尚未保存。" in text_of(page)
    for label in ("经办人姓名", "单位所属行业名称", "职工人数"):
        assert f"请填写“{label}”。 SYS-002" in text_of(page)
    assert profile_of(town.li) is None


def test_a_wrong_code_says_how_many_tries_are_left(new: Browser) -> None:
    right = fetch_code(new)
    page = new.post("/handler", "/handler", **PROFILE, sms_code="000000" if right != "000000" else "111111")
    assert page.status_code == 422
    assert "短信验证码错误，还可尝试4次。 SMS-004" in text_of(page)


def test_another_phone_needs_a_code_of_its_own(li: Browser, town: Town) -> None:
    page = li.post("/handler", "/handler", **PROFILE | {"phone": OTHER})
    assert "手机号码已变更，请重新获取验证码。 SMS-008" in text_of(page)
    code = fetch_code(li, phone=OTHER)
    assert li.post("/handler", "/handler", **PROFILE | {"phone": OTHER}, sms_code=code).status_code == 303
    assert (profile_of(town.li) or HandlerProfile()).phone == OTHER


def test_the_number_on_record_may_stay(li: Browser, town: Town) -> None:
    answer = li.post("/handler", "/handler", **PROFILE | {"phone": "021-55500142", "headcount": "77"})
    assert answer.status_code == 303
    assert (profile_of(town.li) or HandlerProfile()).headcount == 77


def test_it_leads_to_pages_of_ours_only(li: Browser) -> None:
    filled = PROFILE | {"phone": "021-55500142", "next": "https://elsewhere.example/"}
    assert li.post("/handler", "/handler", **filled).location == "/batches"


def test_markup_that_was_typed_is_text(new: Browser) -> None:
    page = new.post("/handler", "/handler", **PROFILE | {"name": '"><script>'}).get_data(as_text=True)
    assert "&#34;&gt;&lt;script&gt;" in page


def test_staff_have_no_such_page(reviewer: Browser) -> None:
    assert reviewer.get("/handler").status_code == 403
    assert "经办人填报" not in text_of(reviewer.get("/batches"))
