"""Attachments on their way in and out, of pages and of the interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from models.rules.attachment import MAX_BYTES, MAX_FILES, Attachment
from tasks.attachment.safe_file import safe_file
from web import sign_in
from web.file_name import base_name

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

_BESIDE_BYTES = 256 * 1024
"""What a form may send beside its files."""

NOTHING_RUNS = "; ".join(
    ("sandbox", "default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
)


def takes_files(view: View) -> View:
    """Mark a page whose form may bring as many files as a voucher holds."""
    view.takes_files = True  # type: ignore[attr-defined]  # a mark on a function, read by `files_are_taken`
    return view


def files_are_taken() -> bool:
    """Whether this request is for a page that takes files."""
    return hasattr(current_app.view_functions.get(request.endpoint or ""), "takes_files")


def set_up(app: Flask) -> None:
    """Let files in where they are taken, before anything reads the form; strangers send no more than elsewhere."""

    @app.before_request
    def let_in() -> None:
        if files_are_taken() and sign_in.viewer_or_nobody() is not None:
            let_attachments_in()


def let_attachments_in() -> None:
    """This request may bring as many files as a voucher holds. Before its form is read."""
    request.max_content_length = MAX_FILES * MAX_BYTES + _BESIDE_BYTES


def received(files: Sequence[FileStorage]) -> list[Attachment]:
    """What was sent, made safe one by one, outside of any transaction. Refused as `safe_file`, by the first."""
    return [safe_file(base_name(file.filename or ""), file.read(MAX_BYTES + 1)) for file in files]


def attachment(file: Attachment) -> Response:
    """The file to be saved under its own name, of the type that it was stored as; browsers run nothing of it."""
    made = Response(file.content, mimetype=file.kind)
    plain = f"attachment{file.kind.suffix}"
    made.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    )
    made.headers["Content-Security-Policy"] = NOTHING_RUNS
    made.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return made
