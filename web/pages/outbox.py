"""发件箱: the e-mail and SMS that would have gone out, for an administrator of a demonstration."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from config.settings import settings
from models.queries.outbox import outgoing_messages
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.permissions import Action
from web.access import asks
from web.page import render
from web.paging import SIZES, Pages, page_number

pages = Blueprint("outbox", __name__)


@pages.get("/outbox")
@asks(Action.READ_OUTBOX)
def show_outbox() -> ResponseReturnValue:
    """Newest first. In production there is no such page: messages really go out, and codes are nobody else's."""
    if not settings().demonstration:
        abort(404)
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        messages, total = outgoing_messages(records, page, SIZES[0])
        return render(
            "outbox/outbox.html",
            now=now,
            plan=current_plan(records, now),
            messages=messages,
            pages=Pages(page, SIZES[0], total),
            channels={"email": "邮件", "sms": "短信"},
        )
