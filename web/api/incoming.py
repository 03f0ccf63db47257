"""What programs send, as pydantic models. What doesn't fit is named by its field and never repeated (DOMAIN 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from config.messages import text, text_without_row
from models.rules.attachment import MAX_MEGABYTES
from models.rules.findings import Finding
from models.rules.refusal import Refused
from web.api.problems import FieldError, WrongContentError
from web.attachment import let_attachments_in

Model = TypeVar("Model", bound=BaseModel)

_WHOLE_BODY = "body"
_EMPTY: Sequence[object] = (None, "")


def body(model: type[Model]) -> Model:
    """The JSON that was sent. WrongContentError: not JSON, or not of this shape."""
    sent = request.get_data()
    if sent and not request.is_json:
        raise UnsupportedMediaType
    try:
        return model.model_validate_json(sent or b"{}")
    except ValidationError as wrong:
        raise _named(wrong, model) from None


def query(model: type[Model]) -> Model:
    """The query of the address; an empty parameter is one that was not sent."""
    return _checked(model, {name: value for name, value in request.args.items() if value})


def form(model: type[Model], *, several: Collection[str] = ()) -> Model:
    """The fields and files of a form; a field that is sent several times counts as one list with commas.

    `several` are the files that may be sent more than once; of the others the first counts.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    fields: dict[str, object] = {name: ",".join(values) for name, values in request.form.lists()}
    files = {name: sent if name in several else sent[0] for name, sent in request.files.lists()}
    return _checked(model, {**fields, **files})


def form_with_files(model: type[Model]) -> Model:
    """The same with up to ten files called `file`. Refused APP-004: all together are larger than those may be."""
    let_attachments_in()
    try:
        return form(model, several=("file",))
    except RequestEntityTooLarge:
        raise Refused("APP-004", n=MAX_MEGABYTES) from None


def wrong(field: str, code: str, label: str) -> WrongContentError:
    """One field that is missing (SYS-002) or malformed (SYS-003)."""
    return WrongContentError([FieldError(field=field, code=code, message=text(code, field=label))])


def refused_person(findings: Sequence[Finding], place: str = "") -> WrongContentError:
    """Why one person can't be taken, field by field, by the codes of a roster's row, in the words of `place`."""
    return WrongContentError(
        [
            FieldError(
                field=str(finding.column or _WHOLE_BODY),
                code=finding.code,
                message=text_without_row(finding.code, place, **finding.values),
            )
            for finding in findings
        ]
    )


def version_asked() -> int | None:
    """The batch's version in `If-Match`; None: none was sent, or any is right. One that can't be any is 0."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    tags = request.if_match.as_set()
    tag = next(iter(tags)) if len(tags) == 1 else ""
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else 0


def _checked(model: type[Model], values: dict[str, Any]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        raise _named(wrong, model) from None


def _named(wrong: ValidationError, model: type[BaseModel]) -> WrongContentError:
    errors: dict[tuple[str, str], FieldError] = {}
    for error in wrong.errors(include_url=False, include_context=False):
        place = error["loc"]
        known = model.model_fields.get(str(place[0])) if place else None
        field = str(place[0]) if known else _WHOLE_BODY
        missing = known is not None and (error["type"] == "missing" or (len(place) == 1 and error["input"] in _EMPTY))
        code = "SYS-002" if missing else "SYS-003"
        label = (known.title if known else "请求内容") or field
        errors.setdefault((field, code), FieldError(field=field, code=code, message=text(code, field=label)))
    return WrongContentError(list(errors.values()))
