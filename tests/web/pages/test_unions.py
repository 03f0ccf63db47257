"""工委与对口联系人 as pages, and where clerks see them (Appendix B)."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from models.records.account import HandlerProfile
from models.records.database import reading, writing
from models.records.union import DistrictUnion
from tests.applications import applied
from tests.web.api.conftest import viewer_of
from tests.web.conftest import MORNING, Browser, Town, account_id, text_of

DING = {"name": "丁一", "phone": "14200000021", "liaison_group": "1"}


def union_id(name: str = "机电") -> int:
    with reading() as records:
        return records.query(DistrictUnion).filter_by(name=name).one().id


def send(admin: Browser, path: str, **fields: str) -> TestResponse:
    return admin.post(f"/unions{path}", "/unions", **fields)


def choices(li: Browser) -> str:
    return li.get("/codes/apply").get_data(as_text=True)


def test_the_page_shows_six_groups_and_nobody_who_was_not_entered(admin: Browser) -> None:
    page = text_of(admin.get("/unions"))
    assert page.count("还没有填写对口联系人。") == 6
    assert "诺基亚贝尔" in page


def test_a_contact_is_seen_with_the_batch_and_the_application_of_a_unit_of_the_group(
    admin: Browser, li: Browser, town: Town
) -> None:
    batch_no, application = li.open_batch(town.li.code), applied(viewer_of(town.li), MORNING)
    handler = account_id(town.li)
    with writing() as records:
        records.get_one(HandlerProfile, handler).union_first_level = "机电"
    paths = (f"/batches/{batch_no}", f"/codes/{application}")
    before = [text_of(li.get(path)) for path in paths]
    assert send(admin, "/contacts", **DING).status_code == 303
    for page, path in zip(before, paths, strict=True):
        assert "对口联系人" not in page
        assert "对口联系人 工委 机电 丁一 14200000021" in text_of(li.get(path))


def test_a_contact_that_is_removed_is_seen_no_more(admin: Browser, li: Browser, town: Town) -> None:
    application = applied(viewer_of(town.li), MORNING)
    send(admin, "/contacts", **DING)
    send(admin, "/contacts/remove", contact="1")
    assert "联系人已移除" in text_of(admin.get("/unions"))
    assert "对口联系人" not in text_of(li.get(f"/codes/{application}"))


def test_a_wrong_contact_comes_back_as_typed(admin: Browser) -> None:
    page = send(admin, "/contacts", **DING | {"phone": "12345"})
    assert page.status_code == 422
    assert "手机号码格式不正确，请输入11位手机号码。 SMS-001" in text_of(page)
    html = page.get_data(as_text=True)
    assert 'id="contact-name" name="name" value="丁一"' in html
    assert 'id="union-name" name="name" value=""' in html


def test_a_new_union_can_be_chosen(admin: Browser, li: Browser) -> None:
    assert send(admin, "/add", name="豆业", liaison_group="2").status_code == 303
    assert "<option>豆业</option>" in choices(li)


def test_a_name_that_there_is_comes_back_as_typed(admin: Browser) -> None:
    page = send(admin, "/add", name="机电", liaison_group="2")
    assert page.status_code == 422
    assert "SYS-004" in text_of(page)
    assert 'id="union-name" name="name" value="机电"' in page.get_data(as_text=True)


def test_a_union_is_renamed_closed_and_opened_again(admin: Browser, li: Browser) -> None:
    number = union_id()
    assert send(admin, f"/{number}", name="机电装备", liaison_group="1").status_code == 303
    assert "<option>机电装备</option>" in choices(li)
    send(admin, f"/{number}/close")
    assert "机电装备（已关闭）" in text_of(admin.get("/unions"))
    assert "<option>机电装备</option>" not in choices(li)
    assert "重新开放" in text_of(admin.get(f"/unions/{number}"))
    send(admin, f"/{number}/reopen")
    assert "<option>机电装备</option>" in choices(li)


def test_a_refused_name_of_a_union_comes_back_as_typed(admin: Browser) -> None:
    page = admin.post(f"/unions/{union_id()}", f"/unions/{union_id()}", name="百联", liaison_group="2")
    assert page.status_code == 422
    assert 'value="百联"' in page.get_data(as_text=True)
    assert "SYS-004" in text_of(page)


def test_handlers_are_offered_the_unions_that_are_in_use(admin: Browser, li: Browser) -> None:
    send(admin, f"/{union_id()}/close")
    page = li.get("/handler").get_data(as_text=True)
    assert '<option value="百联">' in page
    assert '<option value="机电">' not in page


@pytest.mark.parametrize("path", ["/unions/9999", "/unions/9999/close"])
def test_a_union_that_there_is_not_is_not_found(admin: Browser, path: str) -> None:
    answer = admin.post(path, "/unions", name="豆业", liaison_group="1")
    assert (answer.status_code, "BAT-005" in text_of(answer)) == (404, True)


def test_the_page_is_narrowed_by_name(admin: Browser) -> None:
    page = admin.get("/unions?name=机电")
    assert "第 1 组" in text_of(page)
    assert "普陀" not in text_of(page)
    assert 'value="机电"' in page.get_data(as_text=True)
    assert "没有名称中含“火星”的工委" in text_of(admin.get("/unions?name=火星"))
