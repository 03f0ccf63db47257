"""图形验证码."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions import picture_code
from models.actions.picture_code import VALID, digits_of, new_picture, use_picture
from models.records.database import reading, writing
from models.records.login_attempt import UsedPictureCode


def used(token: str, typed: str) -> bool:
    with writing() as session:
        return use_picture(session, token, typed)


def test_the_digits_in_the_picture_are_right_once(database: str) -> None:
    token = new_picture()
    assert used(token, f" {digits_of(token)} ")
    assert not used(token, digits_of(token))


def test_a_wrong_answer_uses_the_picture_up(database: str) -> None:
    token = new_picture()
    assert not used(token, "")
    assert not used(token, digits_of(token))


def test_making_a_picture_writes_nothing(database: str) -> None:
    digits_of(new_picture())
    with reading() as session:
        assert session.query(UsedPictureCode).count() == 0


def test_a_picture_is_valid_for_five_minutes(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_code, "VALID", timedelta(seconds=-1))
    old = new_picture()
    assert not used(old, digits_of(old))
    assert timedelta(minutes=5) == VALID


def test_the_browser_cannot_read_what_it_keeps() -> None:
    token = new_picture()
    assert digits_of(token).isdigit()
    assert len({new_picture()[:40] for _ in range(3)}) == 3


@pytest.mark.parametrize("token", ["", "x", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "图", "====", "/w=="])
def test_a_token_that_is_none_of_ours_is_wrong(sqlite: None, token: str) -> None:
    assert not used(token, "1234")
