"""发件箱 of a demonstration."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.records.database import writing
from models.records.notice import OutgoingMessage
from tests.conftest import use_environment
from tests.web.conftest import Browser, text_of


def sent(count: int, channel: str = "email") -> None:
    with writing() as records:
        records.add_all(
            OutgoingMessage(
                channel=channel,
                recipient=f"clerk{number}@unit.example",
                subject="登录验证码",
                body=f"<b>第{number}封</b>",
                created_at=datetime.now(UTC),
            )
            for number in range(count)
        )


def test_an_empty_outbox_says_so(admin: Browser) -> None:
    assert "还没有发出过邮件或短信" in text_of(admin.get("/outbox"))


def test_the_newest_message_comes_first_and_markup_in_it_is_text(admin: Browser) -> None:
    sent(2)
    page = admin.get("/outbox")
    assert text_of(page).index("clerk1@unit.example") < text_of(page).index("clerk0@unit.example")
    assert "&lt;b&gt;第1封" in page.get_data(as_text=True)


def test_an_sms_is_told_from_an_email(admin: Browser) -> None:
    sent(1, "sms")
    assert "短信" in text_of(admin.get("/outbox"))


def test_older_messages_are_on_the_next_page(admin: Browser) -> None:
    sent(21)
    assert "clerk0@unit.example" not in text_of(admin.get("/outbox"))
    assert "clerk0@unit.example" in text_of(admin.get("/outbox?page=2"))


def test_administrators_find_it_beside_the_clock_and_nobody_else_does(admin: Browser, li: Browser) -> None:
    assert "演示时钟 发件箱" in text_of(admin.get("/batches"))
    assert "发件箱" not in text_of(li.get("/batches"))
    assert li.get("/outbox").status_code == 403


def test_in_production_there_is_no_such_page(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert admin.get("/outbox").status_code == 404
