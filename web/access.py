"""Who may open what: every endpoint names the action of DOMAIN 2 that it asks for, and is not entered without it.

An endpoint that asks nothing can't be started: `require_everywhere` refuses the whole application. So forgetting a line
closes a page and never opens one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from models.actions.permit import permit
from models.rules.permissions import Action, scope
from models.rules.refusal import Refused
from web.sign_in import viewer

View = TypeVar("View", bound=Callable[..., Any])

_OPEN = "open to all"
_STATIC = "static"
"""Flask's own endpoint for the files of `web/static`: style sheets and scripts."""


class NobodyAskedError(Exception):
    """An endpoint was registered that asks for no permission and is not declared open."""


def asks(action: Action) -> Callable[[View], View]:
    """Mark a view: it is entered by those whose role has `action`; which objects they reach is the query's to say."""

    def mark(view: View) -> View:
        view.asks = action  # type: ignore[attr-defined]  # a mark on a function
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view that needs no log-in."""
    view.asks = _OPEN  # type: ignore[attr-defined]  # a mark on a function
    return view


def before_new_password(view: View) -> View:
    """Mark a view that is entered also by who must first change the password (AUTH-007)."""
    view.before_new_password = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def asked_by(app: Flask, endpoint: str) -> Action | None:
    """The action that an endpoint asks for; None: it is open to all. NobodyAskedError: neither."""
    if endpoint == _STATIC:
        return None
    asked = getattr(app.view_functions[endpoint], "asks", None)
    if isinstance(asked, Action):
        return asked
    if asked != _OPEN:
        raise NobodyAskedError(endpoint)
    return None


def may(action: Action) -> bool:
    """Whether the viewer's role ever has the action: whether a link to a view that asks for it is offered at all."""
    return scope(viewer().role, action) is not None


def set_up(app: Flask) -> None:
    """Ask before each view; Refused AUTH-005, AUTH-007, AUTH-006."""

    @app.before_request
    def ask() -> None:
        if request.endpoint is None:  # there is no such page
            return
        action = asked_by(current_app, request.endpoint)
        if action is None:
            return
        who = viewer()
        view = current_app.view_functions[request.endpoint]
        if who.must_change_password and not getattr(view, "before_new_password", False):
            raise Refused("AUTH-007")
        permit(who, action)


def require_everywhere(app: Flask) -> None:
    """Refuse an application of which some endpoint asks nobody."""
    for endpoint in app.view_functions:
        asked_by(app, endpoint)
