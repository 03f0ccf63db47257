"""What is sent to people, as data."""

import pytest

from config.letters import letter, letters


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
