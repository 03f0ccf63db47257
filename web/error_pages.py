"""What people read when something can't be done: a sentence, its code, and the way on. Never a trace."""

from __future__ import annotations

import structlog
from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from config.messages import remedy, text
from config.settings import settings
from models.records.database import DatabaseBusyError, is_away
from models.rules.attachment import MAX_MEGABYTES
from models.rules.refusal import Refused, TooOften
from web import sign_in
from web.attachment import files_are_taken
from web.page import go_to, in_dialog, layout, say

log = structlog.get_logger()

_STATUS = {
    "AUTH-001": 401,
    "AUTH-002": 401,
    "AUTH-003": 429,
    "AUTH-005": 401,
    "AUTH-006": 403,
    "AUTH-007": 403,
    "AUTH-010": 401,
    "APP-004": 413,
    "BAT-005": 404,
    "IMP-008": 413,
    "SMS-002": 429,
    "SMS-003": 429,
    "SMS-007": 503,
    "SYS-001": 503,
}
_STATES = frozenset(
    {
        *("BAT-001", "BAT-002", "BAT-004", "BAT-006", "BAT-007", "BAT-008"),
        *("WIN-001", "WIN-002", "WIN-003", "WIN-004", "WIN-005"),
        *("RST-001", "RST-004", "RST-005", "RST-009", "RST-010", "VAL-001", "VAL-005", "VAL-006"),
        *("IMP-010", "HDL-001", "APP-011", "COD-006"),
        *("WDR-002", "WDR-005", "WDR-006", "FEE-001", "PAY-005", "PAY-006", "PAY-009", "RCP-004"),
    }
)
"""Codes that say no to a state, 409, whatever was sent; all others say no to what was sent, 422 (INTERFACES 3)."""
_PAGES_OF_THEIR_OWN = {401, 403, 404}

_OF_HTTP = {
    400: ("请求不完整，请返回后重试。", ""),
    404: ("没有这个页面。", ""),
    405: ("没有这个页面。", ""),
    413: (text("IMP-008"), "IMP-008"),
}


def set_up(app: Flask) -> None:
    """Register a page for every kind of no."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database_failed)
    for away in (DatabaseBusyError, PoolTimeoutError):
        app.register_error_handler(away, _busy)
    app.register_error_handler(Exception, _broken)


def status_of(code: str) -> int:
    """The HTTP status of a refusal, on pages and in the interface alike."""
    return _STATUS.get(code) or (409 if code in _STATES else 422)


def status_for(refused: Refused) -> int:
    """The HTTP status of this very refusal: SYS-001 is 503 where the service is busy, 429 where the account is."""
    return 429 if isinstance(refused, TooOften) else status_of(refused.code)


def has_its_own_page(refused: Refused) -> bool:
    """Whether there is nothing to come back to yet: the form, or the page it lies on, is not this viewer's to see, or
    another form comes first (HDL-001).
    """
    return status_of(refused.code) in _PAGES_OF_THEIR_OWN or refused.code == "HDL-001"


def refused_with(body: ResponseReturnValue, refused: Refused) -> Response:
    """A page that says no, under the status of the refusal, with the time to wait where there is one."""
    answer = make_response(body, status_for(refused))
    if seconds := seconds_to_wait(refused):
        answer.headers["Retry-After"] = str(seconds)
    return answer


def seconds_to_wait(refused: Refused) -> int:
    """After how long it is worth trying again; 0 where waiting is no help."""
    if isinstance(refused, TooOften):
        return refused.seconds
    if status_of(refused.code) == 429:
        return int(refused.values.get("seconds", 0)) or int(refused.values["minutes"]) * 60
    return 0


def ask_to_log_in() -> ResponseReturnValue:
    """A page asks for the log-in and comes back; a form or a part of a page says that the log-in is over (AUTH-005)."""
    if in_dialog() or request.method != "GET":
        return session_over()
    return redirect(url_for("account.show_log_in", next=request.full_path.rstrip("?")))


def session_over() -> ResponseReturnValue:
    """AUTH-005, with the way back to the page on which the work was done."""
    body = render_template("errors/session_over.html", layout=layout(), back=_page_before())
    return make_response(body, 401)


def _page_before() -> str:
    """The page on which a form or a dialog was."""
    page = request.headers.get("HX-Current-URL") or request.referrer or ""
    return sign_in.safe_next(page.removeprefix(request.host_url.rstrip("/")) if page else None)


def refused(refusal: Refused) -> ResponseReturnValue:
    """A code of the catalogue as a page."""
    if refusal.code == "AUTH-005":
        return ask_to_log_in()
    if refusal.code == "AUTH-007":
        return go_to(url_for("account.ask_for_new_password"))
    if refusal.code == "HDL-001":
        say(text(refusal.code), refusal.code, tone="todo")
        here = request.method == "GET" and not in_dialog()
        return go_to(url_for("handler.show_handler", next=request.full_path.rstrip("?") if here else _page_before()))
    page = _page(status_for(refusal), text(refusal.code, **refusal.values), refusal.code, remedy(refusal.code))
    return refused_with(page, refusal)


def forged(_error: CSRFError) -> ResponseReturnValue:
    """A form without the token of this log-in."""
    if sign_in.viewer_or_nobody() is None and request.endpoint != "account.log_in":
        return session_over()
    return _page(400, "本页已过期，没有执行任何操作。", "", "请返回上一页，刷新后再试")


def _http(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith(sign_in.API):  # no such address of the interface, or not with this method
        from web.api.problems import http_problem

        return http_problem(error)
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    message, code = _OF_HTTP.get(error.code or 500, ("请求无法处理，请返回后重试。", ""))
    if error.code == 413 and files_are_taken():
        message, code = text("APP-004", n=MAX_MEGABYTES), "APP-004"
    return _page(error.code or 500, message, code, remedy(code) if code else "")


def _database_failed(error: DBAPIError) -> ResponseReturnValue:
    return _busy(error) if is_away(error) else _broken(error)


def _busy(error: Exception) -> ResponseReturnValue:
    log.warning("database_away", reason=type(error).__name__)
    sign_in.ask_no_more()
    answer = make_response(_page(503, text("SYS-001"), "SYS-001", "已收到的文件不会丢失"))
    answer.headers["Retry-After"] = "5"
    return answer


def _broken(error: Exception) -> ResponseReturnValue:
    log.error("request_failed", endpoint=request.endpoint, exc_info=error)
    return _page(500, text("SYS-001"), "SYS-001", f"如多次出现，请拨打 {settings().hotline}")


def _page(status: int, message: str, code: str, advice: str) -> ResponseReturnValue:
    try:
        home = url_for("home")
        body = render_template(
            "errors/refusal.html",
            layout=layout(),
            heading="找不到" if status == 404 else "未能完成",
            message=message,
            code=code,
            advice=advice,
            home=home,
        )
    except Exception:  # the page of an error must not need what is broken
        log.exception("error_page_failed")
        body = message
    return make_response(body, status)
