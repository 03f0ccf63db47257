"""帮助: reachable from where it is needed, with something to do for each code."""

from __future__ import annotations

import pytest

from config.messages import catalogue, remedy
from tests.conftest import use_environment
from tests.web.conftest import Browser, Town, text_of
from web.api.interface import FAMILIES
from web.pages.help import GROUPS

CLERKS = [code for code in catalogue() if code.partition("-")[0] in GROUPS]
NOTHING_TO_MEND = {
    "IMP-007": "a result",
    "IMP-011": "a result",
    "AUTH-004": "says itself what to do",
    "AUTH-008": "says itself what to do",
    "COD-005": "says itself what to do",
    "WIN-005": "nothing can be done",
    "BAT-003": "a question",
    "RST-003": "a question",
    "RST-007": "a question",
    "RST-008": "a question",
    "RST-011": "a question",
    "PRJ-001": "says itself what to do",
    "PRJ-006": "says itself what to do",
    "PRJ-008": "a hint",
    "PRJ-009": "a hint",
    "PRJ-010": "a hint",
    "PRJ-011": "says itself what to do",
    "PRJ-012": "says itself what to do",
    "FEE-001": "says itself what to do",
    "FEE-002": "a question",
    "APP-002": "says itself what to do",
    "APP-006": "says itself what to do",
    "APP-008": "says itself what to do",
    "APP-010": "says itself what to do",
    "APP-012": "says itself what to do",
    "SMS-001": "says itself what to do",
    "SMS-002": "says itself what to do",
    "SMS-003": "says itself what to do",
    "SMS-005": "says itself what to do",
    "SMS-006": "says itself what to do",
    "SMS-007": "says itself what to do",
    "SMS-008": "says itself what to do",
}


@pytest.mark.parametrize("code", CLERKS)
def test_each_code_has_something_to_do_about_it(code: str) -> None:
    assert bool(remedy(code)) != (code in NOTHING_TO_MEND), code


def test_every_code_of_the_catalogue_leads_to_its_page(stranger: Browser) -> None:
    assert [code for code in catalogue() if stranger.get(f"/help/codes/{code}").status_code == 404] == []


def test_no_call_is_refused_by_a_code_without_a_page() -> None:
    refused = {
        code for family in FAMILIES for call in family.calls for code in (*call.refuses, *call.absent, *call.of_state)
    }
    assert refused <= set(CLERKS)


def test_each_code_has_a_page_that_says_its_sentence_and_its_remedy(stranger: Browser) -> None:
    words = {code: text_of(stranger.get(f"/help/codes/{code}")) for code in CLERKS}
    assert [code for code, said in words.items() if code not in said or remedy(code) not in said or "{" in said] == []


def test_a_code_that_nobody_knows_is_not_found(stranger: Browser) -> None:
    assert stranger.get("/help/codes/XYZ-001").status_code == 404


def test_who_is_not_logged_in_can_read_how_the_template_is_filled_in(stranger: Browser) -> None:
    words = text_of(stranger.get("/help"))
    assert "110101199003079091" in words
    assert "证件号码变成了 1.10101E+17" in words


def test_the_help_says_how_a_batch_is_withdrawn_and_how_it_is_deleted(li: Browser) -> None:
    words = text_of(li.get("/help"))
    assert "批次撤回 ：已提交清册、还没有提交缴费凭证审核的批次" in words
    assert "批次删除 ：参保编码用错了" in words
    assert "15 天内汇款，并上传缴费凭证（集中参保可延至 2020年5月26日）" in words


def test_codes_by_e_mail_are_promised_only_where_they_are_sent(
    stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "多次输错后需要输入图形验证码，也可改用邮件验证码。" in text_of(stranger.get("/help"))
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert "邮件验证码" not in text_of(stranger.get("/help"))


def test_the_list_of_codes_names_every_one(stranger: Browser) -> None:
    words = text_of(stranger.get("/help/codes"))
    assert [code for code in CLERKS if code not in words] == []


def test_help_is_in_the_navigation_of_a_clerk(li: Browser) -> None:
    assert '<a href="/help">帮助</a>' in li.get("/batches").get_data(as_text=True)


def test_a_refusal_leads_to_the_page_of_its_code(li: Browser, town: Town) -> None:
    answer = li.get("/batches/SZSH202004200999/roster")
    assert answer.status_code == 404
    assert 'href="/help/codes/BAT-005"' in answer.get_data(as_text=True)
