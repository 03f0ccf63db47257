"""A NUL in what is sent is refused at the edge: PostgreSQL stores none and can't even be asked for one."""

from __future__ import annotations

from flask import Flask, abort, request

from web.sign_in import API


def set_up(app: Flask) -> None:
    """404 for an address with a NUL, 400 for a form or a query. The interface names the field (web/api/fields.py)."""

    @app.before_request
    def refuse_nul() -> None:
        if any("\0" in str(value) for value in (request.view_args or {}).values()):
            abort(404)
        if request.endpoint is None or request.path.startswith(API):
            return
        for sent in (request.args, request.form):
            if any("\0" in value for _, values in sent.lists() for value in values):
                abort(400)
