"""管理 → 保障年度: drafts by file, by copy and by form; published once, and then fixed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from config.plans import FOLDER
from models.actions.keep_plans import fingerprint_of
from models.records.database import reading
from models.records.plan_year import PlanYearRecord
from models.rules.plan import PlanYear
from tests.quick_passwords import quick_passwords
from tests.web.audited_plans import DRAFT, a_draft
from tests.web.conftest import Browser, text_of
from web.plan_form import typed_values

__all__ = ["quick_passwords"]

EDIT = f"/desk/plans/{DRAFT}/edit"


@pytest.fixture
def draft(admin: Browser) -> dict[str, Any]:
    """2021 as a draft; its data."""
    return a_draft()


def stored(year: str = DRAFT) -> dict[str, Any] | None:
    with reading() as records:
        record = records.get(PlanYearRecord, year)
        return dict(record.data) if record else None


def is_published(year: str) -> bool:
    with reading() as records:
        return records.get_one(PlanYearRecord, year).published_at is not None


def upload(admin: Browser, content: bytes, **fields: object) -> TestResponse:
    return admin.post("/desk/plans/upload", "/desk/plans", file=(io.BytesIO(content), "plan.toml"), **fields)


def save(admin: Browser, data: dict[str, Any], **typed: str) -> TestResponse:
    """The form of the draft, sent with some fields changed."""
    return admin.post(EDIT, EDIT, **{**typed_values(data), "fingerprint": fingerprint_of(data), **typed})


def field_of(data: dict[str, Any], code: str, part: str) -> str:
    """The name of a project's field in the form."""
    return f"project-{list(data['prices_fen']).index(code)}-{part}"


def wrong_fields(answer: TestResponse) -> set[str]:
    """The fields below which something is said."""
    page = answer.get_data(as_text=True)
    return {part.split('"')[0] for part in page.split('id="wrong-')[1:]}


def test_the_list_tells_drafts_from_what_is_published(admin: Browser, draft: dict[str, Any]) -> None:
    page = text_of(admin.get("/desk/plans"))
    assert page.index("2021 上海职工互助保障项目2020 草稿") < page.index("2020 上海职工互助保障项目2020 已发布")


def test_a_year_is_shown_with_dates_prices_rules_and_account(admin: Browser) -> None:
    page = text_of(admin.get("/desk/plans/2020"))
    assert "保障期限 2020-04-01 至 2021-03-31 24:00" in page
    assert "即时参保 2020-05-12 00:00 至 2021-03-31 00:00" in page
    assert "A0 A 在职住院 基本保障层 120.00 最高10万元" in page
    assert "A0 B0 C0 同时参加 180.00 元" in page
    assert "A 在职住院 0 30 加强保障层" in page
    assert "单位社保比例 75%" in page
    assert "户名 演示收款单位 账号 0000000000000000 开户行 演示银行" in page


def test_a_small_units_share_is_shown_where_there_is_one(admin: Browser) -> None:
    upload(admin, (FOLDER / "2024.toml").read_bytes())
    assert "单位社保比例 75%，10 人及以下 100%" in text_of(admin.get("/desk/plans/2024"))


def test_a_file_becomes_a_draft(admin: Browser) -> None:
    answer = upload(admin, (FOLDER / "2024.toml").read_bytes())
    assert answer.location == "/desk/plans/2024"
    assert not is_published("2024")
    assert "2024 保障年度已保存为草稿，尚未发布。" in text_of(admin.get(answer.location))


@pytest.mark.parametrize("content", [b"", b"no toml", b'plan_year = "2022"\n', "名".encode("gb18030")])
def test_a_file_that_is_no_plan_is_refused_and_nothing_is_stored(admin: Browser, content: bytes) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert "没有保存任何内容" in text_of(answer)
    assert stored("2022") is None


def test_a_draft_is_replaced_by_a_file_only_when_that_is_ticked(admin: Browser) -> None:
    content = (FOLDER / "2024.toml").read_bytes()
    upload(admin, content)
    changed = content.replace(b"payment_days = 15", b"payment_days = 20")
    answer = upload(admin, changed)
    assert (answer.status_code, "2024 保障年度已有草稿，没有改动。" in text_of(answer)) == (422, True)
    assert upload(admin, changed, replace="1").status_code == 303
    assert (stored("2024") or {})["payment_days"] == 20


def test_a_published_year_is_not_replaced_by_a_file(admin: Browser) -> None:
    answer = upload(admin, (FOLDER / "2020.toml").read_bytes(), replace="1")
    assert answer.status_code == 409
    assert "2020 保障年度已发布，不能在这里修改或删除。没有改动。 BAT-002" in text_of(answer)


def test_a_year_is_copied_into_the_next(admin: Browser) -> None:
    answer = admin.post("/desk/plans/2020/copy", "/desk/plans")
    assert answer.location == "/desk/plans/2021"
    page = text_of(admin.get(answer.location))
    assert "2021 保障年度已建为草稿，各日期顺延一年。" in page
    assert "保障期限 2021-04-01 至 2022-03-31 24:00" in page


def test_a_copy_writes_over_nothing(admin: Browser, draft: dict[str, Any]) -> None:
    save(admin, draft, payment_days="20")
    answer = admin.post("/desk/plans/2020/copy", "/desk/plans")
    assert "2021 保障年度已有草稿，没有改动。" in text_of(admin.get(answer.location))
    assert (stored() or {})["payment_days"] == 20


def test_the_form_sent_back_as_it_was_changes_nothing(admin: Browser, draft: dict[str, Any]) -> None:
    answer = save(admin, draft)
    assert answer.location == f"/desk/plans/{DRAFT}"
    assert PlanYear.from_data(stored() or {}) == PlanYear.from_data(draft)


def test_every_kind_of_value_is_changed_by_the_form(admin: Browser, draft: dict[str, Any]) -> None:
    typed = {
        "name": "互助保障",
        "coverage_end": "2022-06-30",
        "central_close_at": "2021-05-20T16:30",
        "ratio_rule-small_unit_max_headcount": "10",
        "ratio_rule-small_unit_percent": "100",
        "age_rule-mode": "statutory_2025",
        "reminders-payment_due_days": "7，3",
        "reminders-untouched_batch_days": "",
        "combo-items": "a0 b0",
        "combo-price_fen": "170",
        "group-0-instant": "45",
        "group-1-exempt_basic": "1",
        field_of(draft, "A1", "price"): "1,135.50",
        field_of(draft, "A1", "benefits"): "一\n\n二 ",
        field_of(draft, "B0", "si_only"): "1",
    }
    assert save(admin, draft, **typed).status_code == 303
    plan = PlanYear.from_data(stored() or {})
    assert (plan.name, str(plan.coverage_end), plan.central_close_at.isoformat()) == (
        "互助保障",
        "2022-06-30",
        "2021-05-20T16:30:00+08:00",
    )
    assert (plan.ratio_rule.small_unit_max_headcount, plan.ratio_rule.small_unit_percent) == (10, 100)
    assert (plan.age_rule.mode, plan.reminders.payment_due_days) == ("statutory_2025", (7, 3))
    assert plan.reminders.untouched_batch_days == ()
    assert (plan.combo.items, plan.combo.price_fen) == (("A0", "B0"), 17_000)
    assert plan.waiting_days["instant"]["A"] == 45  # type: ignore[index]  # its keys are such words
    assert plan.waiting_accident_exempt_groups == {"A_enhanced", "B_basic"}
    assert (plan.projects["A1"].price_fen, plan.projects["A1"].benefits) == (113_550, ("一", "二"))
    assert plan.si_only == {"A0", "B0"}


def test_a_project_for_one_unit_is_added_and_another_is_taken_out(admin: Browser, draft: dict[str, Any]) -> None:
    free = len(draft["prices_fen"])
    typed = {
        field_of(draft, "C3", "code"): "",
        f"project-{free}-code": "x1",
        f"project-{free}-group": "B",
        f"project-{free}-tier": "custom",
        f"project-{free}-price": "50",
        f"project-{free}-only_for": "0088d2 0088D3",
    }
    assert save(admin, draft, **typed).status_code == 303
    plan = PlanYear.from_data(stored() or {})
    assert "C3" not in plan.projects
    assert (plan.projects["X1"].price_fen, plan.projects["X1"].only_for) == (5000, {"0088D2", "0088D3"})
    assert "仅限 0088D2、0088D3" in text_of(admin.get(f"/desk/plans/{DRAFT}"))


@pytest.mark.parametrize(
    ("code", "part", "value"),
    [
        ("A1", "price", "135.01"),
        ("A1", "price", "0"),
        ("A1", "price", "many"),
        ("A1", "price", ""),
        ("A1", "group", "Z"),
        ("A1", "tier", "gold"),
        ("A1", "code", "A0"),
        ("A1", "code", "甲"),
        ("A1", "only_for", "0088D2"),
        ("A1", "only_for", "12"),
    ],
)
def test_a_wrong_project_is_told_at_its_field_and_nothing_is_saved(
    admin: Browser, draft: dict[str, Any], code: str, part: str, value: str
) -> None:
    name = field_of(draft, code, part)
    answer = save(admin, draft, **{name: value})
    assert (answer.status_code, wrong_fields(answer)) == (422, {name})
    assert stored() == draft


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("payment_days", "", "请填写“缴费天数”。"),
        ("payment_days", "-1", "“缴费天数”格式不正确。"),
        ("coverage_end", "2021-13-01", "“保障期满”格式不正确。"),
        ("coverage_end", "2020-01-01", "保障期满不能早于保障开始。"),
        ("central_close_at", "2021-04-01T00:00", "集中参保截止须晚于集中参保开始。"),
        ("instant_open_at", "2022-03-31T00:00", "即时参保开放须早于保障期的最后一天。"),
        ("combo-price_fen", "190.02", "优惠价不能高于各项目价格之和。"),
        ("combo-price_fen", "180.01", "金额须大于0，且折半后仍为整分"),
        ("combo-items", "A0 Z9", "优惠组合中的项目没有价格。"),
        ("bank_account-number", " ", "请填写“账号”。"),
        ("age_rule-mode", "guess", "“超龄认定”格式不正确。"),
        ("reminders-payment_due_days", "soon", "“缴费截止前”格式不正确。"),
        ("group-0-central", "", "请填写“免责期”。"),
        ("group-0-name", "", "请填写“项目组名称”。"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_what_was_typed_stays(
    admin: Browser, draft: dict[str, Any], name: str, value: str, said: str
) -> None:
    answer = save(admin, draft, **{name: value, "name": "改过的名称"})
    assert (answer.status_code, wrong_fields(answer)) == (422, {name})
    assert said in text_of(answer)
    assert 'value="改过的名称"' in answer.get_data(as_text=True)
    assert stored() == draft


def test_all_wrong_values_are_told_at_once(admin: Browser, draft: dict[str, Any]) -> None:
    answer = save(admin, draft, payment_days="", resubmit_days="x", **{field_of(draft, "A0", "price"): "1.01"})
    assert wrong_fields(answer) == {"payment_days", "resubmit_days", field_of(draft, "A0", "price")}
    assert "有 3 处需要修改，尚未保存。" in text_of(answer)


def test_a_form_from_before_anothers_change_is_not_saved(admin: Browser, draft: dict[str, Any]) -> None:
    save(admin, draft, payment_days="20")
    answer = save(admin, draft, payment_days="30")
    assert (answer.status_code, "草稿已被别人更新" in text_of(answer)) == (409, True)
    assert (stored() or {})["payment_days"] == 20


def test_publishing_asks_first_and_shows_what_to_look_at(admin: Browser, draft: dict[str, Any]) -> None:
    page = text_of(admin.get(f"/desk/plans/{DRAFT}/publish"))
    assert "发布前请核对： 收款账号全为0，还不是真实账号。" in page
    assert "项目名称 上海职工互助保障项目2020" in page
    answer = admin.post(f"/desk/plans/{DRAFT}/publish", f"/desk/plans/{DRAFT}/publish")
    assert answer.location == f"/desk/plans/{DRAFT}/publish"
    assert not is_published(DRAFT)


def test_a_confirmed_draft_is_published_and_cannot_be_edited_any_more(admin: Browser, draft: dict[str, Any]) -> None:
    to = f"/desk/plans/{DRAFT}/publish"
    admin.post(to, to, confirmed="1", fingerprint=fingerprint_of(draft))
    assert is_published(DRAFT)
    assert admin.get(EDIT).status_code == 404
    assert "编辑" not in text_of(admin.get(f"/desk/plans/{DRAFT}"))


def test_a_draft_that_changed_since_the_question_is_not_published(admin: Browser, draft: dict[str, Any]) -> None:
    save(admin, draft, payment_days="20")
    to = f"/desk/plans/{DRAFT}/publish"
    answer = admin.post(to, to, confirmed="1", fingerprint=fingerprint_of(draft))
    assert "草稿已被别人更新" in text_of(admin.get(answer.location))
    assert not is_published(DRAFT)


def test_dates_that_cannot_be_meant_offer_no_button(admin: Browser, draft: dict[str, Any]) -> None:
    save(admin, draft, instant_open_at="2021-03-01T00:00")
    to = f"/desk/plans/{DRAFT}/publish"
    page = admin.get(to)
    assert "不能发布： 即时参保开放过早" in text_of(page)
    assert '<button class="btn btn-primary"' not in page.get_data(as_text=True)
    admin.post(to, confirmed="1", fingerprint=fingerprint_of(stored() or {}))
    assert not is_published(DRAFT)


def test_a_draft_is_deleted_after_a_question(admin: Browser, draft: dict[str, Any]) -> None:
    to = f"/desk/plans/{DRAFT}/delete"
    assert admin.post(to, to).location == to
    assert stored() == draft
    assert admin.post(to, to, confirmed="1").location == "/desk/plans"
    assert stored() is None


@pytest.mark.parametrize(
    ("path", "said"), [("delete", "已发布，不能在这里修改或删除。没有改动。 BAT-002"), ("publish", "已发布。")]
)
def test_a_published_year_is_neither_deleted_nor_published_again(admin: Browser, path: str, said: str) -> None:
    answer = admin.post(f"/desk/plans/2020/{path}", "/desk/plans", confirmed="1")
    assert f"2020 保障年度{said}" in text_of(admin.get(answer.location))
    assert is_published("2020")


@pytest.mark.parametrize("path", ["", "/edit", "/publish", "/delete"])
def test_a_year_that_is_not_there_has_no_page(admin: Browser, path: str) -> None:
    assert admin.get(f"/desk/plans/2031{path}").status_code == 404


def test_before_there_is_any_year_the_list_says_how_to_begin(admin: Browser) -> None:
    from models.records.database import writing

    with writing() as records:
        records.query(PlanYearRecord).delete()
    assert "还没有保障年度" in text_of(admin.get("/desk/plans"))
