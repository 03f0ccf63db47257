"""Workbooks as answers."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response

from web.api.calls import XLSX


def workbook(content: bytes | Iterable[bytes], name: str) -> Response:
    """A workbook under its Chinese name, with a plain one for programs that know no other."""
    made = Response(content, mimetype=XLSX)
    written = quote(f"{name}.xlsx", safe="")
    made.headers["Content-Disposition"] = f"attachment; filename=\"workbook.xlsx\"; filename*=UTF-8''{written}"
    return made
