"""Workbooks as answers, of pages and of the interface."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(content: bytes | Iterable[bytes], name: str) -> Response:
    """A workbook to be saved under its Chinese name, with a plain one for programs that know no other."""
    made = Response(content, mimetype=XLSX)
    written = quote(f"{name}.xlsx", safe="")
    made.headers["Content-Disposition"] = f"attachment; filename=\"workbook.xlsx\"; filename*=UTF-8''{written}"
    return made
