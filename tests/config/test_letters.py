"""What is sent to people, as data."""

import pytest

from config.letters import letter, letters, notice_letter, template_values
from config.messages import catalogue


def test_a_letter_has_its_values_in_it() -> None:
    subject, body = letter("login_code", code="123456")
    assert subject == "登录验证码"
    assert body.startswith("您的登录验证码是 123456，5 分钟内有效")


def test_a_missing_value_is_a_bug_and_not_a_letter() -> None:
    with pytest.raises(KeyError):
        letter("login_code")


@pytest.mark.parametrize("name", letters())
def test_every_letter_has_a_subject_and_a_body_that_ends_like_a_sentence(name: str) -> None:
    assert set(letters()[name]) == {"subject", "body"}
    assert letters()[name]["body"].endswith("。")


@pytest.mark.parametrize("code", [code for code in catalogue() if code.startswith("NTF-")])
def test_the_letter_of_a_notice_has_a_subject_its_text_and_the_way_on(code: str) -> None:
    subject, body = notice_letter(code, "批次已失效。", link="https://canbao.example/notices", hotline="12351")
    assert subject.startswith("【职工互助保障】")
    assert len(subject) > len("【职工互助保障】")
    assert "批次已失效。" in body
    assert "https://canbao.example/notices " in body  # a mail program ends the link at the blank
    assert "12351" in body


def test_a_template_of_sms_is_filled_in_the_order_of_the_text() -> None:
    assert template_values("NTF-03", {"cutoff": "2020-05-31", "amount": "1.00", "batch": "B", "more": ""}) == [
        "B",
        "1.00",
        "2020-05-31",
    ]
    assert template_values("sms_code", {"purpose": "经办人填报", "code": "123456"}) == ["123456", "经办人填报"]
