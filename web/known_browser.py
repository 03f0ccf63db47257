"""Browsers that have logged in before: a signed cookie names the browser and the accounts, so that what strangers try
elsewhere never slows down the owner (AUTH-003). It lets nobody in.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, request
from itsdangerous import BadSignature, URLSafeSerializer

from config.settings import keyring, settings
from models.records.sealing import address_digest

_COOKIE = "canbao_known"
_DAYS = 400
"""The longest that browsers keep a cookie."""
_ACCOUNTS = 10
_PATH = "/log-in"


def known_browser(email: str) -> str | None:
    """This browser's name, if the account of this address has logged in from it."""
    content = _content()
    return content["browser"] if _mark(email) in content["accounts"] else None


def remember(answer: Response, email: str) -> None:
    """Let the browser know that this account has logged in from it."""
    content = _content()
    accounts = [mark for mark in content["accounts"] if mark != _mark(email)]
    content["accounts"] = [_mark(email), *accounts][:_ACCOUNTS]
    answer.set_cookie(
        _COOKIE,
        str(_signer().dumps(content)),
        max_age=_DAYS * 24 * 3600,
        path=_PATH,
        secure=settings().https_only,
        httponly=True,
        samesite="Lax",
    )


def _content() -> dict[str, Any]:
    try:
        content: dict[str, Any] = _signer().loads(request.cookies.get(_COOKIE, ""))
    except BadSignature:
        return {"browser": secrets.token_urlsafe(12), "accounts": []}
    return content


def _mark(email: str) -> str:
    return address_digest(email).hex()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keyring().session, salt="known browser")
