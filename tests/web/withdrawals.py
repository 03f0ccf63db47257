"""Batches taken back and deleted through the web, as tests/web/test_audit.py tries it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from werkzeug.test import TestResponse

from tests.web.conftest import Browser
from tests.web.forms import field
from tests.web.premiums import ready

if TYPE_CHECKING:
    from tests.web.test_audit import Stage

REASON = "漏了三个人"


def withdraw_by_form(browser: Browser, batch_no: str, to: str = "withdraw_to_roster", **changes: str) -> TestResponse:
    """批次撤回 by its two steps: 确认操作 and 确定; the first refusal is the answer."""
    address = f"/batches/{batch_no}/withdraw"
    version = field(browser.get(address), "version")
    asked = browser.post(address, version=version, **{"to": to, "reason": REASON} | changes)
    if asked.status_code != 200:
        return asked
    sent = {name: field(asked, name) for name in ("version", "to", "reason", "confirmed")}
    return browser.post(address, **sent)


def delete_by_form(browser: Browser, batch_no: str) -> TestResponse:
    """批次删除, confirmed."""
    address = f"/batches/{batch_no}/delete"
    return browser.post(address, version=field(browser.get(address), "version"))


def _withdraw(stage: Stage) -> TestResponse:
    return withdraw_by_form(stage.browser, _submitted(stage))


def _withdraw_by_call(stage: Stage) -> TestResponse:
    return stage.call("POST", f"/batches/{_submitted(stage)}/withdraw", {"to": "roster", "reason": REASON})


WITHDRAWAL_ACTS: Mapping[str, tuple[str, Callable[[Stage], TestResponse]]] = {
    "batch.withdraw": ("withdraw_to_roster", _withdraw),
    "api.withdraw_one_batch": ("withdraw_to_roster", _withdraw_by_call),
    "batch.delete": ("delete_batch", lambda stage: delete_by_form(stage.browser, stage.at("{batch_no}"))),
    "api.delete_one_batch": ("delete_batch", lambda stage: stage.call("DELETE", "/batches/{batch_no}")),
}
"""What is written down, and how it is done."""


def _submitted(stage: Stage) -> str:
    return ready(stage.town.li, stage.browser.open_batch("0088D8"), 1, 0, first=950)
