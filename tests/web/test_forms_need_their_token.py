"""Every form is refused without its token, and nothing happens: generated over all pages that take one."""

from __future__ import annotations

import pytest
from flask import Flask

from models.rules.permissions import Role, scope
from tests.quick_passwords import quick_passwords
from tests.web.conftest import Browser, text_of
from tests.web.scene import OWN, Scene, address, fingerprint, rules
from web.access import asked_by

__all__ = ["quick_passwords"]


@pytest.mark.parametrize("sent", [{}, {"csrf_token": "ImZvcmdlZCI.aaaa.bbbb"}], ids=["none", "a forged one"])
def test_a_form_without_its_token_is_refused_and_does_nothing(app: Flask, scene: Scene, sent: dict[str, str]) -> None:
    browsers = {role: Browser(app.test_client()).log_in(person) for role, person in scene.people.items()}
    before, wrong, tried = fingerprint(), [], 0
    for method, rule in rules(app):
        if method == "GET" or rule.rule.startswith("/api/"):
            continue
        action = asked_by(app, rule.endpoint)
        role = next(role for role in Role if action is None or scope(role, action))
        to = address(app, rule, scene.values(rule.arguments, OWN))
        answer = browsers[role].client.open(to, method=method, data={"pick": "1", "confirmed": "1", **sent})
        tried += 1
        if answer.status_code != 400 or "没有执行任何操作" not in text_of(answer):
            wrong.append((method, rule.rule, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert tried > 10
    assert fingerprint() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_browsers_log_in_counts_for_nothing_in_the_interface(app: Flask, scene: Scene, method: str) -> None:
    li, before = Browser(app.test_client()).log_in(scene.people[Role.HANDLER]), fingerprint()
    statuses = {
        rule.rule: li.client.open(address(app, rule, scene.values(rule.arguments, OWN)), method=method).status_code
        for allowed, rule in rules(app)
        if rule.rule.startswith("/api/") and allowed == method
    }
    assert set(statuses.values()) == {401}, statuses
    assert fingerprint() == before
