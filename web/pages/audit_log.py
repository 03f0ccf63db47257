"""审计日志: who did what and when, for administrators; nothing of it can be changed."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from models.queries.audit_log import MOST_READ, SYSTEM, AuditFilters, audit_page
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.permissions import Action
from web.access import asks
from web.audit_words import ACTIONS, action_text, details_in_words
from web.moments import day_or_none
from web.page import here, render
from web.paging import Pages, page_number, page_size

pages = Blueprint("audit_log", __name__)


@pages.get("/desk/audit")
@asks(Action.OVERRIDE)
def show_audit_log() -> ResponseReturnValue:
    """The latest first; numbers are stored masked."""
    page, size = page_number(request.args.get("page")), page_size(request.args.get("size"))
    filters = AuditFilters(
        first_day=day_or_none(request.args.get("from", "")),
        last_day=day_or_none(request.args.get("to", "")),
        account=request.args.get("account", "").strip()[:254],
        action=_action(),
        batch_no=request.args.get("batch_no", "").strip()[:20],
    )
    with reading() as records:
        now = business_now(records)
        found = audit_page(records, filters, page, size)
        if found.total and not found.lines:
            return redirect(here(page=Pages(page, size, found.total).count))
        return render(
            "audit_log/audit_log.html",
            now=now,
            plan=current_plan(records, now),
            lines=[(line, action_text(line.entry.action), list(details_in_words(line.entry.details)))
                   for line in found.lines],
            pages=Pages(page, size, found.total),
            more=found.more,
            most=MOST_READ,
            filters=filters,
            filtered=filters != AuditFilters(),
            actions=sorted(ACTIONS.items(), key=lambda action: action[1]),
            system=SYSTEM,
        )  # fmt: skip


def _action() -> str:
    asked = request.args.get("action", "")
    return asked if asked in ACTIONS else ""
