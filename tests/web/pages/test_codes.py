"""参保编码申请 as pages (AC05)."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.actions.keep_accounts import add_account
from models.records.database import reading, writing
from models.records.notice import Notice
from models.rules.permissions import Role
from tests.applications import TYPED, applied
from tests.sms import latest_sms_code
from tests.vouchers import a_photo
from tests.web.api.conftest import viewer_of
from tests.web.conftest import MORNING, Browser, Person, Town, text_of

UNIT = TYPED["unit_name"]
Upload = tuple[io.BytesIO, str]


def licence(content: bytes | None = None, name: str = "营业执照.jpg") -> Upload:
    return io.BytesIO(a_photo() if content is None else content), name


def apply(browser: Browser, *files: Upload, code: str | None = None, **changes: str) -> TestResponse:
    """Fetch a code and press 提交申请."""
    typed = TYPED | changes
    if code is None:
        browser.post("/codes/apply", "/codes/apply", **typed, get_code="1")
        code = latest_sms_code()
    return browser.post("/codes/apply", "/codes/apply", **typed, sms_code=code, file=list(files))


def made_by(town: Town, **changes: str) -> int:
    return applied(viewer_of(town.li), MORNING, **changes)


def row(page: TestResponse, unit: str = UNIT) -> str:
    """A line of the list."""
    rows = re.findall(r"<tr>.*?</tr>", page.get_data(as_text=True), re.S)
    found = [one for one in rows if unit in one]
    assert found, text_of(page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_from_the_form_to_the_code_and_the_first_batch(li: Browser, reviewer: Browser) -> None:
    done = apply(li, licence())
    assert (done.status_code, done.location) == (303, "/codes")
    page = li.get("/codes")
    assert "申请已提交，请等待市职保会审核" in text_of(page)
    assert all(word in row(page) for word in (UNIT, " - ", "丁一", TYPED["phone"], "申请中", "查看详情"))
    number = re.search(r"/codes/(\d+)", page.get_data(as_text=True))
    assert number
    assert "审核" in row(reviewer.get("/codes"))
    answer = reviewer.post(f"/codes/{number[1]}/approve", f"/codes/{number[1]}")
    assert answer.status_code == 303
    given = re.search("参保编码为 ([0-9A-Z]{6})", text_of(reviewer.get("/codes")))
    assert given
    assert all(word in row(li.get("/codes")) for word in (given[1], "审核通过"))
    assert li.open_batch(given[1])


def test_a_rejection_shows_why_and_can_be_mended(li: Browser, reviewer: Browser, town: Town) -> None:
    number = made_by(town)
    reviewer.post(f"/codes/{number}/reject", f"/codes/{number}", reason="没有盖公章")
    page = li.get("/codes")
    assert all(word in row(page) for word in ("审核不通过", "没有盖公章", "编辑"))
    form = li.get(f"/codes/{number}/edit")
    assert "审核不通过的原因： 没有盖公章" in text_of(form)
    assert f'value="{UNIT}"' in form.get_data(as_text=True)
    files = [licence(name="盖章.png")]
    again = li.post(f"/codes/{number}/edit", **TYPED | {"headcount": "201"}, remove="1", file=files)
    assert (again.status_code, again.location) == (303, "/codes")
    assert "申请中" in row(li.get("/codes"))
    details = text_of(li.get(f"/codes/{number}"))
    assert "盖章.jpg" in details
    assert "营业执照.jpg" not in details
    assert "在职人数 201" in details


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_what_was_submitted_again_is_not_decided_from_the_page_before(
    li: Browser, reviewer: Browser, town: Town, decision: str
) -> None:
    number = made_by(town)
    page = reviewer.get(f"/codes/{number}").get_data(as_text=True)
    shown = re.search('name="seen" value="([^"]+)"', page)
    assert shown
    reviewer.post(f"/codes/{number}/reject", f"/codes/{number}", reason="没有盖公章")
    li.post(f"/codes/{number}/edit", f"/codes/{number}/edit", **TYPED | {"headcount": "201"}, file=[licence()])
    answer = reviewer.post(f"/codes/{number}/{decision}", seen=shown[1], reason="章不清楚")
    assert (answer.status_code, "BAT-004" in text_of(answer)) == (409, True)
    assert "在职人数 201" in text_of(answer)
    assert "申请中" in row(li.get("/codes"))
    again = re.search('name="seen" value="([^"]+)"', answer.get_data(as_text=True))
    assert again
    assert reviewer.post(f"/codes/{number}/{decision}", seen=again[1], reason="章不清楚").status_code == 303


def test_only_what_was_rejected_is_edited(li: Browser, town: Town) -> None:
    number = made_by(town)
    answer = li.get(f"/codes/{number}/edit")
    assert answer.status_code == 409
    assert "当前状态为“申请中”，不可编辑。" in text_of(answer)
    assert "APP-011" in text_of(answer)
    assert li.post(f"/codes/{number}/edit", "/codes/apply", **TYPED).status_code == 409


def test_without_a_file_nothing_is_applied_for(li: Browser) -> None:
    page = apply(li)
    assert page.status_code == 422
    assert "请上传社保缴费通知书" in text_of(page)
    assert "APP-002" in text_of(page)
    assert "还没有参保编码申请" in text_of(li.get("/codes"))


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"PK\x03\x04", "APP-003"), (b"", "APP-003"), (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "APP-004")],
    ids=["another type", "empty", "more than 10 MB"],
)
def test_a_file_that_is_no_picture_or_too_large_is_refused(li: Browser, content: bytes, code: str) -> None:
    page = apply(li, licence(content))
    assert page.status_code == 422
    assert code in text_of(page)


def test_every_wrong_field_is_told_at_its_place(li: Browser) -> None:
    page = apply(li, licence(), code="", uscc="123", postcode="123", email="x", headcount="0", contact="")
    assert page.status_code == 422
    assert "有 5 处需要修改，申请尚未提交。" in text_of(page)
    for sentence in (
        "统一社会信用代码不正确，请核对。 APP-005",
        "邮政编码应为6位数字。 APP-006",
        "邮箱格式不正确。 APP-007",
        "在职人数应为大于0的整数。 APP-008",
        "请填写“联系人”。 SYS-002",
    ):
        assert sentence in text_of(page)


def test_fetching_a_code_keeps_what_was_typed(li: Browser) -> None:
    page = li.post("/codes/apply", "/codes/apply", **TYPED, get_code="1")
    assert "验证码已发送到 142****0011" in text_of(page)
    assert f'value="{UNIT}"' in page.get_data(as_text=True)
    again = li.post("/codes/apply", "/codes/apply", **TYPED, get_code="1")
    assert (again.status_code, "SMS-002" in text_of(again)) == (429, True)


def test_a_unit_that_waits_or_has_a_code_is_told_so(li: Browser, zhou: Browser, town: Town) -> None:
    made_by(town)
    assert "该单位已有参保编码申请正在审核中，请勿重复提交。 APP-009" in text_of(
        apply(zhou, licence(), phone="14200000013")
    )
    known = apply(li, licence(), unit_name="上海豆苗仪表有限公司", uscc="", phone="14200000014")
    assert "APP-010" in text_of(known)


def test_the_list_is_narrowed_by_name_and_status(li: Browser, town: Town) -> None:
    made_by(town)
    assert UNIT in text_of(li.get("/codes?unit=豆角&status=pending"))
    assert "没有符合条件的申请" in text_of(li.get("/codes?unit=豆角&status=approved"))
    assert UNIT in text_of(li.get("/codes?status=nonsense"))


def test_the_queue_begins_with_what_waits_and_holds_the_rest_too(reviewer: Browser, town: Town) -> None:
    number = made_by(town)
    assert UNIT in text_of(reviewer.get("/codes"))
    reviewer.post(f"/codes/{number}/reject", f"/codes/{number}", reason="因")
    assert "没有等候审核的申请" in text_of(reviewer.get("/codes"))
    assert UNIT in text_of(reviewer.get("/codes?status=all"))


def test_a_rejection_without_a_reason_is_none(reviewer: Browser, town: Town) -> None:
    number = made_by(town)
    page = reviewer.post(f"/codes/{number}/reject", f"/codes/{number}", reason=" ")
    assert page.status_code == 422
    assert "请填写审核不通过的原因。 APP-012" in text_of(page)


def test_a_code_that_is_taken_is_not_given_twice(reviewer: Browser, town: Town) -> None:
    number = made_by(town)
    page = reviewer.post(f"/codes/{number}/approve", f"/codes/{number}", enrolment_code=town.zhou.code)
    assert page.status_code == 422
    assert f"参保编码{town.zhou.code}已被使用，请更换。 APP-013" in text_of(page)


def test_what_another_reviewer_decided_meanwhile_is_said(reviewer: Browser, admin: Browser, town: Town) -> None:
    number = made_by(town)
    reviewer.post(f"/codes/{number}/approve", f"/codes/{number}")
    page = admin.post(f"/codes/{number}/reject", "/codes", reason="因")
    assert page.status_code == 409
    assert "当前状态为“参保编码申请审核通过”，不能再次审核。 BAT-002" in text_of(page)


def test_pictures_are_shown_and_files_are_saved(li: Browser, town: Town) -> None:
    apply(li, licence(), licence(b"%PDF-1.4\nstartxref\n0\n%%EOF", "通知书.pdf"))
    address = re.search(r'href="(/codes/\d+)"', li.get("/codes").get_data(as_text=True))
    assert address
    page = li.get(address[1]).get_data(as_text=True)
    assert re.findall(r'<img src="[^"]*/files/(\d)"', page) == ["1"]
    picture = li.get(f"{address[1]}/files/1")
    assert picture.mimetype == "image/jpeg"
    assert picture.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in picture.headers["Content-Security-Policy"]


def test_anothers_application_is_like_none(zhou: Browser, town: Town) -> None:
    number = made_by(town)
    for path in (f"/codes/{number}", f"/codes/{number}/edit", f"/codes/{number}/files/1", "/codes/9999"):
        assert zhou.get(path).status_code == 404, path
    assert UNIT not in text_of(zhou.get("/codes"))


def test_the_unit_is_told_of_the_decision(reviewer: Browser, town: Town) -> None:
    number = made_by(town)
    reviewer.post(f"/codes/{number}/reject", f"/codes/{number}", reason="没有盖公章")
    with reading() as records:
        notice = records.query(Notice).filter_by(code="NTF-10").one()
    assert notice.values == {"result": "审核不通过", "detail": "没有盖公章"}


def test_the_desk_fills_in_the_form_for_a_visitor(app: Flask, town: Town) -> None:
    with writing() as records:
        account, password = add_account(records, "desk@union.example", Role.SERVICE_DESK, now=MORNING)
    desk = Browser(app.test_client()).log_in(Person(account.email, password))
    assert "参保编码申请" in text_of(desk.get("/batches"))
    done = apply(desk, licence())
    assert (done.status_code, done.location) == (303, "/codes/apply")
    assert f"{UNIT} 的参保编码申请已提交" in text_of(desk.get(done.location))
    assert desk.get("/codes").status_code == 403
