"""Refusals as RFC 9457 problem details: a status, a code of the catalogue and its sentence, never what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request
from pydantic import Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from config.messages import text, text_without_row
from models.records.database import DatabaseBusyError, is_away
from models.rules.form_fields import FormRefused
from models.rules.refusal import Refused
from web.api.calls import Call
from web.api.fields import Shape
from web.api.wrong_field import by_endpoint, field_of
from web.error_pages import seconds_to_wait, status_for

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"
_DOCS = "/api/v1/docs"
_RETRY_SECONDS = 5
_TITLES = {
    401: "需要访问令牌",
    403: "没有权限",
    404: "找不到",
    405: "不支持该方法",
    409: "当前状态不允许",
    413: "内容过大",
    415: "不支持该格式",
    422: "内容有误",
    429: "过于频繁",
    503: "系统繁忙",
}
_OF_HTTP = {
    404: Refused("BAT-005"),
    405: Refused("SYS-003", field="请求方法"),
    413: Refused("IMP-008"),
    415: Refused("SYS-003", field="Content-Type"),
    429: Refused("SYS-001"),
}


class FieldError(Shape):
    """One field that is wrong."""

    field: str = Field(title="字段")
    code: str = Field(title="代码")
    message: str = Field(title="说明")


class Problem(Shape):
    """What every refusal answers (RFC 9457)."""

    type: str = Field(title="代码的说明页", examples=[f"{_DOCS}#BAT-005"])
    title: str = Field(title="原因", examples=["批次不存在或您无权查看"])
    status: int = Field(title="状态码", ge=400, le=599, examples=[404])
    detail: str = Field(title="说明", examples=["批次不存在或您无权查看。"])
    code: str = Field(title="代码", examples=["BAT-005"])
    errors: list[FieldError] | None = Field(default=None, title="有误的字段")


class WrongContentError(Exception):
    """What was sent is not what the call asks for: every field that is wrong, with its code."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(", ".join(error.code for error in errors))  # codes alone: fields are named by strangers
        self.errors = errors


def set_up(api: Blueprint, calls: Iterable[Call]) -> None:
    """Answer every refusal inside the interface by a problem."""
    called = by_endpoint(calls)

    def refuse(refused: Refused) -> Response:
        status, call = status_for(refused), called.get(request.endpoint or "")
        field = field_of(call, refused) if call and status == HTTPStatus.UNPROCESSABLE_ENTITY else None
        sentence = text(refused.code, **refused.values)
        errors = [FieldError(field=field, code=refused.code, message=sentence)] if field else []
        return problem(status, refused, errors)

    api.register_error_handler(Refused, refuse)
    api.register_error_handler(WrongContentError, _wrong_content)
    api.register_error_handler(FormRefused, _wrong_fields)
    api.register_error_handler(HTTPException, http_problem)
    api.register_error_handler(DBAPIError, _database_failed)
    for away in (DatabaseBusyError, PoolTimeoutError):
        api.register_error_handler(away, _busy)
    api.register_error_handler(Exception, _broken)


def problem(status: int, refused: Refused, errors: Sequence[FieldError] = ()) -> Response:
    """The answer that says why not, each `errors` for one thing that is in the way."""
    answer = _answer(status, refused.code, text(refused.code, **refused.values), errors)
    if status == HTTPStatus.UNAUTHORIZED:
        invalid = ', error="invalid_token"' if "Authorization" in request.headers else ""
        answer.headers["WWW-Authenticate"] = f'Bearer realm="canbao"{invalid}'
    if seconds := seconds_to_wait(refused):
        answer.headers["Retry-After"] = str(seconds)
    return answer


def http_problem(error: HTTPException) -> Response:
    """What Flask itself refuses: no such address, no such method, too large."""
    status = error.code or 500
    answer = problem(status, _OF_HTTP.get(status) or Refused("SYS-003" if status < 500 else "SYS-001", field="请求"))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _wrong_content(wrong: WrongContentError) -> Response:
    first = wrong.errors[0]
    return _answer(422, first.code, first.message, wrong.errors)


def _wrong_fields(wrong: FormRefused) -> Response:
    errors = [
        FieldError(field=name, code=no.code, message=text_without_row(no.code, **no.values))
        for name, no in wrong.problems.items()
    ]
    return _wrong_content(WrongContentError(errors))


def _answer(status: int, code: str, detail: str, errors: Sequence[FieldError] = ()) -> Response:
    body = Problem(
        type=f"{_DOCS}#{code}",
        title=_TITLES.get(status, HTTPStatus(status).phrase),
        status=status,
        detail=detail,
        code=code,
        errors=list(errors) or None,
    )
    return Response(body.model_dump_json(exclude_none=True), status, mimetype=PROBLEM_JSON)


def _database_failed(error: DBAPIError) -> Response:
    return _busy(error) if is_away(error) else _broken(error)


def _busy(error: Exception) -> Response:
    log.warning("database_away", reason=type(error).__name__)
    answer = problem(503, Refused("SYS-001"))
    answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answer


def _broken(error: Exception) -> Response:
    log.error("request_failed", endpoint=request.endpoint, exc_info=error)
    return problem(500, Refused("SYS-001"))
