"""One line a request in the log, and the request's id in every line that is written on its way."""

from __future__ import annotations

import re
import time
import uuid
from datetime import UTC, datetime

import structlog
from flask import Flask, Response, g, request

from models.records.business_clock import received_at
from models.records.patience import be_patient_for
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import known_account

log = structlog.get_logger()

HEADER = "X-Request-ID"
PATIENCE_SECONDS = REQUEST_WAIT_SECONDS + 0.2
"""What a request may wait for the database in all; a little longer than for its turn, which has a gentler end."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{21,64}")
"""Longer than any number of a person: what a caller puts here stands in the log."""
_MANY_DIGITS = re.compile(r"\d(?:[_-]?\d){14,}")


def set_up(app: Flask) -> None:
    """Before everything else: what fails later is logged under the request's id, and nothing waits for ever."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def request_id(given: str | None) -> str:
    """The caller's id of the request, so that its log and ours can be read together, or one of our own."""
    if given and _WELL_FORMED.fullmatch(given) and not _MANY_DIGITS.search(given):
        return given
    return uuid.uuid4().hex


def _begin() -> None:
    received_at(datetime.now(UTC))
    be_patient_for(PATIENCE_SECONDS)
    g.began, g.request_id = time.monotonic(), request_id(request.headers.get(HEADER))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    """The route's template and never the address itself: values in it, and what is asked after ?, are people's."""
    response.headers[HEADER] = g.request_id
    log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=round((time.monotonic() - g.began) * 1000, 1),
        account=known_account(),
    )
    return response


def _forget(_error: BaseException | None) -> None:
    be_patient_for(None)
    received_at(None)
    structlog.contextvars.clear_contextvars()
