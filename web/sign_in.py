"""Who is there. A browser's signed cookie holds a random token, a program sends its own with each request; the server
knows the hashes of both and can end either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, g, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user, logout_user

from models.actions.keep_tokens import viewer_of_token
from models.actions.log_in import viewer_of
from models.queries.notices import unread_notices
from models.records.database import reading
from models.records.viewer import Viewer
from models.rules.permissions import Action, scope
from models.rules.refusal import Refused

API = "/api/"
"""Where programs call: they bring a token with each request, and a browser's log-in does not count."""


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login publishes no types
    """A log-in as Flask-Login carries it through a request."""

    viewer: Viewer
    token: str
    unread: int = 0
    """Notices that the account has not read, for the top bar."""

    def get_id(self) -> str:
        """What the cookie keeps: the token, never the account's id."""
        return self.token


def set_up(app: Flask) -> None:
    """Let the cookie say who is there."""
    LoginManager(app).user_loader(_signed_in)


def viewer() -> Viewer:
    """The account behind this request. Refused AUTH-005: nobody is logged in."""
    who = viewer_or_nobody()
    if who is None:
        raise Refused("AUTH-005")
    return who


def viewer_or_nobody() -> Viewer | None:
    """The account behind this request, if any."""
    if request.path.startswith(API):
        if "caller" not in g:
            g.caller = _caller()
        return cast(Viewer | None, g.caller)
    return current_user.viewer if current_user.is_authenticated else None


def known_account() -> int | None:
    """The account behind this request as far as it was asked already; asks nobody."""
    who = g.get("caller") or getattr(g.get("_login_user"), "viewer", None)
    return who.account_id if who else None


def ask_no_more() -> None:
    """The database is away: for the rest of this request nobody is logged in, unless it is known already."""
    if "_login_user" not in g:
        g._login_user = AnonymousUserMixin()
    if "caller" not in g:
        g.caller = None


def begin(who: Viewer, token: str) -> None:
    """Give the browser its token, in a fresh cookie: nothing of the time before the log-in stays in it."""
    session.clear()
    login_user(SignedIn(who, token))


def unread() -> int:
    """How many notices the browser's account has not read; asks nobody."""
    return getattr(g.get("_login_user"), "unread", 0)


def token() -> str | None:
    """The browser's token, by which the server can end the log-in."""
    return current_user.token if current_user.is_authenticated else None


def end() -> None:
    """Take the token from the browser, once the server has ended the log-in: else a kept cookie would go on."""
    logout_user()
    session.clear()


def home_of(who: Viewer) -> str:
    """The page that somebody begins at: staff's 工作台, the batches, or the accounts that those help who read none."""
    if scope(who.role, Action.DECIDE_VOUCHER) is not None:
        return url_for("dashboard.show_dashboard")
    if scope(who.role, Action.READ_BATCH) is None:
        return url_for("accounts.show_accounts")
    return url_for("batches.show_batches")


def safe_next(target: str | None, home: str = "/") -> str:
    """Where to go after the log-in: a page of ours, or `home`. An address elsewhere is ignored."""
    if not target or not target.startswith("/") or "\\" in target or any(ord(char) < 32 for char in target):
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc or target.startswith("//") else target


def _caller() -> Viewer | None:
    """Whose token the request brings: `Authorization: Bearer TOKEN`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    with reading() as records:
        return viewer_of_token(records, token.strip(), request.remote_addr)


def _signed_in(token: str) -> SignedIn | None:
    with reading() as records:
        who = viewer_of(records, token, request.remote_addr)
        a_part_of_a_page = request.headers.get("HX-Request") == "true"
        unread = unread_notices(records, who.account_id) if who and not a_part_of_a_page else 0
    return SignedIn(who, token, unread) if who else None
