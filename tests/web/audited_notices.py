"""What is done about notices and messages, for the test of the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from werkzeug.test import TestResponse

from tests.web.conftest import Browser


class Stage(Protocol):
    """Who acts."""

    browser: Browser

    def at(self, path: str, **values: int) -> str:
        """An address about 李小满's things."""
        ...


@dataclass(frozen=True)
class NoticeAct:
    """One form."""

    written: str
    who: str
    """Whose name it has in `Town`."""
    act: Callable[[Stage], TestResponse]


NOTICE_ACTS: Mapping[str, NoticeAct] = {
    "notices.choose": NoticeAct(
        "choose_channels",
        "li",
        lambda stage: stage.browser.post("/notices/channels", "/notices/channels", year_email="1"),
    ),
    "deliveries.send_one_again": NoticeAct(
        "send_message_again",
        "admin",
        lambda stage: stage.browser.post(stage.at("/deliveries/{message_id}/again"), "/deliveries"),
    ),
    "deliveries.give_one_up": NoticeAct(
        "give_message_up",
        "admin",
        lambda stage: stage.browser.post(stage.at("/deliveries/{message_id}/give-up"), "/deliveries"),
    ),
    "deliveries.send_all_failed_again": NoticeAct(
        "send_message_again", "admin", lambda stage: stage.browser.post("/deliveries/again", "/deliveries")
    ),
}
"""Endpoint -> what it writes down, who does it, and how."""
