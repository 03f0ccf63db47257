"""The web: `flask --app web.app run`, or any WSGI server with `web.app:create_app()`."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from config.logging import log_as_json
from config.settings import keyring, settings
from models.rules.money import yuan
from models.rules.permissions import Action, Role
from models.rules.person import mask_id_no
from models.rules.plan import EnrolmentType
from models.rules.roster import MAX_FILE_BYTES
from web import access, attachment, error_pages, formats, headers, no_nul, request_log, sign_in
from web.api import interface
from web.badges import BATCH, of_batch
from web.navigation import navigation
from web.page import here

_FORM_BYTES = 256 * 1024
"""What a form may send beside its file."""


def create_app() -> Flask:
    """The application, configured from the environment; the database is opened at the first request."""
    log_as_json()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=keyring().session,
        MAX_CONTENT_LENGTH=MAX_FILE_BYTES + _FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_FORM_BYTES,
        SESSION_COOKIE_NAME="canbao",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings().https_only,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the log-in
    )
    request_log.set_up(app)
    attachment.set_up(app)
    csrf = CSRFProtect(app)
    sign_in.set_up(app)
    access.set_up(app)
    no_nul.set_up(app)
    error_pages.set_up(app)
    app.after_request(headers.protect)
    _set_up_templates(app)
    _register_pages(app)
    interface.set_up(app, csrf)
    access.require_everywhere(app)
    return app


def _register_pages(app: Flask) -> None:
    from web.pages import (
        account,
        accounts,
        audit_log,
        batch,
        batches,
        books,
        certificate,
        checks,
        clock,
        codes,
        corrections,
        dashboard,
        dashboard_lists,
        deadline,
        deliveries,
        desk,
        exceptions,
        handler,
        health,
        imports,
        moved_deadlines,
        notices,
        outbox,
        overrides,
        passports,
        people,
        person_corrections,
        plans,
        projects,
        promises,
        reference,
        registration,
        reinstating,
        removal,
        renames,
        roster,
        search,
        staff_door,
        suggested,
        texts,
        undo,
        unfinished_units,
        unions,
        voucher_edit,
        voucher_receipts,
        voucher_review,
        vouchers,
        work_jobs,
    )
    from web.pages import help as help_pages

    families = (
        account,
        registration,
        dashboard,
        dashboard_lists,
        work_jobs,
        unfinished_units,
        staff_door,
        batches,
        batch,
        roster,
        suggested,
        people,
        removal,
        checks,
        promises,
        imports,
        corrections,
        undo,
        projects,
        certificate,
        vouchers,
        voucher_edit,
        voucher_review,
        voucher_receipts,
        exceptions,
        reinstating,
        passports,
        moved_deadlines,
        search,
        person_corrections,
        desk,
        accounts,
        renames,
        unions,
        audit_log,
        books,
        plans,
        texts,
        reference,
        overrides,
        clock,
        outbox,
        notices,
        deliveries,
        deadline,
        handler,
        codes,
        health,
        help_pages,
    )
    for pages in families:
        app.register_blueprint(pages.pages)

    @app.get("/")
    @access.asks(Action.USE_OWN_ACCOUNT)
    def home() -> ResponseReturnValue:
        return redirect(sign_in.home_of(sign_in.viewer()))


def _set_up_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        people=formats.people,
        yuan=yuan,
        kilobytes=formats.kilobytes,
        to_the_second=formats.to_the_second,
        to_the_minute=formats.to_the_minute,
        brief=formats.brief,
        handbook_day=formats.handbook_day,
        duration=formats.duration,
        for_input=formats.for_input,
        masked=mask_id_no,
        batch_badge=BATCH.__getitem__,
        batch_line_badge=of_batch,
        role_text=lambda role: Role(role).text,
        type_text=lambda kind: EnrolmentType(kind).text,
        channel_text=formats.CHANNEL_TEXTS.__getitem__,
    )
    static = Path(str(app.static_folder))

    @cache
    def asset(name: str) -> str:
        version = hashlib.sha256((static / name).read_bytes()).hexdigest()[:10]
        return f"{app.static_url_path}/{name}?v={version}"

    app.jinja_env.globals.update(asset=asset, hotline=settings().hotline, here=here)

    @app.context_processor
    def frame() -> dict[str, Any]:
        viewer = sign_in.viewer_or_nobody()
        return {"viewer": viewer, "unread": sign_in.unread(), "navigation": navigation(viewer)}
