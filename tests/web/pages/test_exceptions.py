"""特殊事项 as pages: a reviewer asks, an administrator decides."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.actions.move_clock import move_clock
from models.records.database import reading, writing
from models.records.exception import ExceptionProposal
from models.records.unit import EnrolmentCode
from models.rules.exceptions import ExceptionKind
from tests.exceptions import proposed
from tests.web.conftest import MORNING, Browser, Town, text_of
from tests.web.forms import field
from web.exception_forms import FORMS

CHANNEL = "/exceptions/new/special_channel"
EXEMPT = {"plan_year": "2020", "ratio_exempt": "1", "reason": "外省市调入人员较多"}


def asked(reviewer: Browser, town: Town, **changes: str) -> int:
    """A reviewer asks for the special channel; the number of what was made of it."""
    form = f"{CHANNEL}?code={town.li.code}&year=2020"
    answer = reviewer.post(f"{CHANNEL}/proposal", form, code=town.li.code, **EXEMPT | changes)
    assert answer.status_code == 303, text_of(answer)
    return int(answer.location.rsplit("/", 1)[1])


def the_state(exception_id: int) -> str:
    with reading() as records:
        return records.get_one(ExceptionProposal, exception_id).state


def test_from_the_code_to_the_grant_and_the_clerks_list(
    reviewer: Browser, admin: Browser, li: Browser, town: Town, batch_no: str
) -> None:
    assert "特殊事项" in text_of(reviewer.get("/batches"))
    page = reviewer.get(f"/exceptions/find?q={batch_no}")
    assert all(word in text_of(page) for word in ("上海豆豆精密机械有限公司", "李小满", "已核实", batch_no))
    made = asked(reviewer, town)
    waiting = text_of(reviewer.get(f"/exceptions/{made}"))
    assert "等待管理员批准；目前没有任何变更" in waiting
    assert "校验 免校验" in waiting
    assert "批准并生效" not in waiting
    assert "处理" in text_of(admin.get("/exceptions"))
    version = field(admin.get(f"/exceptions/{made}"), "version")
    answer = admin.post(f"/exceptions/{made}/grant", version=version)
    assert (answer.status_code, answer.location) == (303, "/exceptions")
    assert "特殊通道已批准并生效" in text_of(admin.get("/exceptions"))
    assert "特殊" in text_of(li.get("/batches"))
    assert "免校验" in text_of(li.get(f"/batches/{batch_no}"))


def test_the_same_asked_for_another_reason_is_not_said_to_be_submitted(reviewer: Browser, town: Town) -> None:
    made = asked(reviewer, town)
    assert "申请已提交" in text_of(reviewer.get(f"/exceptions/{made}"))
    assert asked(reviewer, town) == made
    assert "申请已提交" in text_of(reviewer.get(f"/exceptions/{made}"))
    assert asked(reviewer, town, reason="另一个原因") == made
    page = text_of(reviewer.get(f"/exceptions/{made}"))
    assert "同样的申请已在等待批准，见下；这次填写的原因没有保存。" in page
    assert "申请已提交" not in page


def test_an_administrator_grants_at_once(admin: Browser, li: Browser, town: Town, batch_no: str) -> None:
    form = f"{CHANNEL}?code={town.li.code}&year=2020"
    assert "批准并生效" in text_of(admin.get(form))
    answer = admin.post(f"{CHANNEL}/grant", form, code=town.li.code, **EXEMPT)
    assert answer.status_code == 303
    assert "已批准" in text_of(admin.get(answer.location))
    assert "特殊" in text_of(li.get("/batches"))


def test_what_was_typed_survives_a_refusal(reviewer: Browser, town: Town) -> None:
    form = f"{CHANNEL}?code={town.li.code}&year=2020"
    typed = EXEMPT | {"central_extension_until": "2020-05-01T17:00"}
    answer = reviewer.post(f"{CHANNEL}/proposal", form, code=town.li.code, **typed)
    assert answer.status_code == 409
    assert "延长的时间须晚于现在、晚于集中参保截止时间2020-05-11 17:00" in text_of(answer)
    assert "批次当前状态" not in text_of(answer)
    assert field_of(answer.get_data(as_text=True), "central_extension_until") == "2020-05-01T17:00"
    assert "外省市调入人员较多" in text_of(answer)


def test_a_missing_reason_is_told_at_its_field(reviewer: Browser, town: Town) -> None:
    form = f"{CHANNEL}?code={town.li.code}&year=2020"
    answer = reviewer.post(f"{CHANNEL}/proposal", form, code=town.li.code, **EXEMPT | {"reason": ""})
    assert answer.status_code == 422
    assert 'id="wrong-reason"' in answer.get_data(as_text=True)
    assert "请填写“原因”" in text_of(answer)


def test_a_refusal_needs_a_reason_that_the_reviewer_reads(reviewer: Browser, admin: Browser, town: Town) -> None:
    made = asked(reviewer, town)
    version = field(admin.get(f"/exceptions/{made}"), "version")
    answer = admin.post(f"/exceptions/{made}/refuse", version=version, reason="")
    assert (answer.status_code, the_state(made)) == (422, "open")
    assert "请填写“不予批准的原因”" in text_of(answer)
    answer = admin.post(f"/exceptions/{made}/refuse", version=version, reason="材料不全")
    assert (answer.status_code, the_state(made)) == (303, "refused")
    assert "不予批准的原因： 材料不全" in text_of(reviewer.get(f"/exceptions/{made}"))


def test_what_no_longer_fits_is_said_before_and_stays_open(reviewer: Browser, admin: Browser, town: Town) -> None:
    made = asked(reviewer, town)
    admin.post(
        f"{CHANNEL}/grant", f"{CHANNEL}?code={town.li.code}&year=2020", code=town.li.code, plan_year="2020",
        central_extension_until="2020-05-20T17:00", reason="停业",
    )  # fmt: skip
    page = admin.get(f"/exceptions/{made}")
    assert "提出申请后情况已有变化" in text_of(page)
    answer = admin.post(f"/exceptions/{made}/grant", version=field(page, "version"))
    assert (answer.status_code, the_state(made)) == (409, "open")
    assert "提出申请后情况已有变化，不能进行“特殊通道”" in text_of(answer)


def test_a_stale_page_decides_nothing(reviewer: Browser, admin: Browser, town: Town) -> None:
    made = asked(reviewer, town)
    admin.get(f"/exceptions/{made}")
    answer = admin.post(f"/exceptions/{made}/grant", version="9")
    assert (answer.status_code, the_state(made)) == (409, "open")
    assert "该事项或有关批次已有变化" in text_of(answer)


def test_the_list_keeps_its_filters_and_says_when_there_is_nothing(reviewer: Browser, town: Town) -> None:
    assert "没有待批准的特殊事项" in text_of(reviewer.get("/exceptions"))
    made = asked(reviewer, town)
    assert f"/exceptions/{made}" in reviewer.get("/exceptions").get_data(as_text=True)
    page = reviewer.get("/exceptions?kind=change_handler&state=granted&code=0088d2")
    assert "没有符合条件的特殊事项" in text_of(page)
    body = page.get_data(as_text=True)
    assert field(page, "code") == "0088D2"
    assert re.search(r'value="change_handler" selected', body)
    assert re.search(r'value="granted" selected', body)
    assert "0088D2" in text_of(reviewer.get("/exceptions?kind=nonsense&state=nonsense"))


@pytest.mark.parametrize("wanted", ["", "9999ZZ", "SZSH209901010001"])
def test_a_code_that_is_not_found_is_asked_for_again(reviewer: Browser, wanted: str) -> None:
    page = reviewer.get(f"/exceptions/find?q={wanted}")
    assert page.status_code == 200
    assert ("没有“" + wanted if wanted else "请先输入") in text_of(page)
    assert reviewer.get(f"/exceptions/new/change_handler?code={wanted}").status_code == 302


def test_there_is_no_form_of_an_unknown_kind(reviewer: Browser, town: Town) -> None:
    assert reviewer.get(f"/exceptions/new/miracle?code={town.li.code}").status_code == 404


@pytest.mark.parametrize("kind", ["special_channel", "release_binding", "transfer_binding", "change_handler"])
def test_each_kind_has_its_form_and_says_what_it_does(reviewer: Browser, town: Town, kind: str) -> None:
    assert ExceptionKind(kind).text in text_of(reviewer.get(f"/exceptions/find?q={town.li.code}"))
    page = reviewer.get(f"/exceptions/new/{kind}?code={town.li.code}")
    assert page.status_code == 200
    assert "上海豆豆精密机械有限公司" in text_of(page)
    assert FORMS[ExceptionKind(kind)] in text_of(page)


def test_a_confirmed_binding_is_not_offered_again(reviewer: Browser, town: Town) -> None:
    find = f"/exceptions/find?q={town.li.code}"
    assert "核实参保编码归属" not in text_of(reviewer.get(find))
    with writing() as records:
        records.execute(update(EnrolmentCode).values(bound_by="first_batch"))
    assert "核实参保编码归属" in text_of(reviewer.get(find))


def test_the_form_of_a_new_handler_holds_the_present_one(reviewer: Browser, town: Town) -> None:
    page = reviewer.get(f"/exceptions/new/change_handler?code={town.li.code}")
    assert field_of(page.get_data(as_text=True), "name") == "李小满"


def test_after_the_close_the_button_is_there_for_who_was_given_time(
    admin: Browser, li: Browser, zhou: Browser, town: Town
) -> None:
    form = f"{CHANNEL}?code={town.li.code}&year=2020"
    until = "2020-05-20T17:00"
    admin.post(
        f"{CHANNEL}/grant", form, code=town.li.code, plan_year="2020", central_extension_until=until, reason="停业"
    )
    with writing() as records:
        move_clock(records, MORNING + timedelta(days=23))
    batch_no = li.open_batch(town.li.code)
    assert batch_no in text_of(li.get("/batches"))
    assert 'href="/batches/open/central"' in li.get("/batches").get_data(as_text=True)
    assert 'href="/batches/open/central"' not in zhou.get("/batches").get_data(as_text=True)


def test_the_one_that_waits_longest_comes_first(reviewer: Browser, town: Town) -> None:
    for code, days in ((town.zhou.code, 1), (town.li.code, 0)):
        proposed(
            MORNING + timedelta(days=days), ExceptionKind.SPECIAL_CHANNEL, code=code, plan_year="2020", ratio_exempt="1"
        )
    body = text_of(reviewer.get("/exceptions"))
    assert body.index("0088D2") < body.index("0088D3")


def field_of(body: str, name: str) -> str:
    """What stands in an input whose name comes before other attributes."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', body)
    assert found, name
    return found[1]
