"""Every endpoint x every role x own, foreign and unknown objects: what DOMAIN 2 permits, and nothing else.

Generated from the application's addresses, so that a new page or call takes part by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models.rules.permissions import Action, Role, Scope, scope
from tests.quick_passwords import quick_passwords
from tests.web.api.conftest import token_for
from tests.web.conftest import Browser, Town, text_of
from tests.web.scene import FOREIGN, OWN, SHARED, UNKNOWN, Scene, Snapshot, address, fingerprint, rules
from web.access import NobodyAskedError, asked_by

__all__ = ["quick_passwords"]

API = "/api/"
_REACHED_BY_READERS_OF_PEOPLE = {"job_id"}
"""Objects that belong to a batch, or to an account, whatever action the endpoint asks for."""


@dataclass
class Caller:
    """Somebody who calls pages as a browser and the interface as a program, each time from a fresh start."""

    app: Flask
    cookie: str | None
    csrf: str
    token: str | None

    def call(self, method: str, rule: Rule, to: str) -> TestResponse:
        """One request, with what a form or a program sends along at least."""
        client = self.app.test_client()
        if rule.rule.startswith(API):
            sent: dict[str, Any] = {} if method == "GET" else {"json": {}}
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            return client.open(to, method=method, headers=headers, **sent)
        if self.cookie:
            client.set_cookie("canbao", self.cookie)
        if method == "GET":
            return client.get(to)
        answer = client.open(to, method=method, data={"csrf_token": self.csrf, "pick": "1", "confirmed": "1"})
        # A form may lead to the page of its object, which says no: whoever follows sees that.
        return client.get(answer.location) if answer.status_code == 303 else answer


def caller(app: Flask, scene: Scene, role: Role | None) -> Caller:
    """Somebody of this role, logged in; None: nobody."""
    browser = Browser(app.test_client())
    if role is None:
        browser.get("/log-in")
        token = None
    else:
        browser.log_in(scene.people[role]).get("/account/password")
        token = token_for(scene.people[role])
    cookie = browser.client.get_cookie("canbao")
    assert cookie is not None
    return Caller(app, cookie.value, browser.token(), token)


def within_reach(role: Role, action: Action, objects: set[str], whose: str) -> bool:
    """Whether DOMAIN 2 lets the role reach that object with the action.

    李小满 is the handler, below the 上级工会; 周谷雨 has none.
    """
    if objects & _REACHED_BY_READERS_OF_PEOPLE:
        action = Action.READ_PEOPLE
    match scope(role, action):
        case Scope.ALL | Scope.BY_CODE_NO_NUMBERS | Scope.AT_THE_COUNTER:
            return whose in {OWN, FOREIGN}
        case Scope.OWN | Scope.OWN_CODES | Scope.UNITS_BELOW_TOTALS | Scope.ACCOUNTS_BELOW:
            return whose == OWN
        case Scope.ACCOUNTS_WITHOUT_UNION:
            return whose == FOREIGN
        case _:
            return False


def asked_for_log_in(method: str, rule: Rule, answer: TestResponse) -> bool:
    """Whether nobody is let in without a log-in, in the way of pages and of the interface."""
    if rule.rule.startswith(API):
        return answer.status_code == 401 and answer.get_json()["code"] == "AUTH-005"
    if method == "GET":
        return answer.status_code == 302 and answer.location.startswith("/log-in")
    return answer.status_code == 401 and "AUTH-005" in text_of(answer)


def refused_by(code: str, status: int, rule: Rule, answer: TestResponse) -> bool:
    if answer.status_code != status:
        return False
    return answer.get_json()["code"] == code if rule.rule.startswith(API) else code in text_of(answer)


def was_let_in(method: str, rule: Rule, answer: TestResponse, *, about_objects: bool) -> bool:
    """Whether the caller got as far as the act, though perhaps no further: a form without its cells is told so."""
    if answer.status_code == 404:
        return not about_objects and "BAT-005" not in body(answer)
    if answer.status_code == 401:  # a wrong present password, asked of somebody who is logged in
        return "AUTH-001" in body(answer)
    return answer.status_code != 403 and answer.status_code < 500 and not asked_for_log_in(method, rule, answer)


def body(answer: TestResponse) -> str:
    """What is read, without the tokens of forms."""
    return text_of(answer) if answer.mimetype == "text/html" else answer.get_data(as_text=True)


def test_nobody_gets_in_anywhere_but_where_it_is_marked_open(app: Flask, scene: Scene) -> None:
    nobody, before, wrong = caller(app, scene, None), fingerprint(), []
    for method, rule in rules(app):
        for whose in (OWN, UNKNOWN):
            answer = nobody.call(method, rule, address(app, rule, scene.values(rule.arguments, whose)))
            asked = asked_for_log_in(method, rule, answer)
            if asked == (asked_by(app, rule.endpoint) is None):
                wrong.append((method, rule.rule, whose, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert fingerprint() == before


@pytest.mark.parametrize("role", Role)
def test_each_role_does_what_the_table_says_and_nothing_else(app: Flask, scene: Scene, role: Role) -> None:
    who, wrong = caller(app, scene, role), []
    before, snapshot = fingerprint(), Snapshot()
    for method, rule in rules(app):
        action = asked_by(app, rule.endpoint)
        if action is None:
            continue
        objects = set(rule.arguments) - set(SHARED)
        missing = []
        for whose in (UNKNOWN, FOREIGN, OWN) if objects else (OWN,):
            answer = who.call(method, rule, address(app, rule, scene.values(rule.arguments, whose)))
            if scope(role, action) is None:
                right = refused_by("AUTH-006", 403, rule, answer)
            elif objects and not within_reach(role, action, objects, whose):
                right = refused_by("BAT-005", 404, rule, answer)
                missing.append(body(answer))
            else:
                right = was_let_in(method, rule, answer, about_objects=bool(objects))
                snapshot.restore()
            if not right:
                wrong.append((method, rule.rule, whose, answer.status_code, body(answer)[:200]))
        if len(set(missing)) > 1:
            wrong.append((method, rule.rule, "what is foreign looks different from what is unknown", missing))
        if fingerprint() != before:
            wrong.append((method, rule.rule, "a refused call changed something"))
    assert not wrong, "\n".join(map(str, wrong))


def test_an_object_of_anothers_is_not_reached_through_an_own_one(app: Flask, scene: Scene) -> None:
    li, before, wrong, tried = caller(app, scene, Role.HANDLER), fingerprint(), [], 0
    for method, rule in rules(app):
        objects = [name for name in rule.arguments if name not in SHARED]
        if len(objects) < 2:
            continue
        for inner in set(objects) - {"batch_no"}:
            for whose in (FOREIGN, UNKNOWN):
                values = scene.values(rule.arguments, OWN) | {inner: scene.things[whose][inner]}
                answer = li.call(method, rule, address(app, rule, values))
                tried += 1
                if answer.status_code != 404:
                    wrong.append((method, rule.rule, inner, whose, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert tried
    assert fingerprint() == before


def test_an_endpoint_that_asks_nobody_stops_the_application(
    app: Flask, monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    from web.app import create_app
    from web.pages import outbox

    monkeypatch.delattr(outbox.show_outbox, "asks")
    with pytest.raises(NobodyAskedError, match=r"outbox\.show_outbox"):
        create_app()
