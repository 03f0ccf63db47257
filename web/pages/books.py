"""对账与留存: whether sums and claims agree, what was erased when, and what comes next. Nothing is changed here."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from models.actions.calendar.reconcile import AT as RECONCILED_AT
from models.actions.calendar.scheduled import daily_after
from models.queries.plan_years import current_plan
from models.queries.reconciliation import latest_report, nights
from models.queries.retention import ERASE_BATCH, batches_to_come, erased_lately, imports_to_come
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.books import NAMED, REGISTER_DAYS
from models.rules.notices import RECIPIENT_KEPT
from models.rules.permissions import Action
from web.access import asks
from web.audit_words import details_in_words
from web.book_words import disagreement_lines, figure_line
from web.page import here, render
from web.paging import Pages, page_number, page_size

pages = Blueprint("books", __name__, url_prefix="/desk/books")

_NIGHTS = 14
_TO_COME = 20


@pages.get("")
@asks(Action.OVERRIDE)
def show_books() -> ResponseReturnValue:
    """The latest figures, each disagreement with its batch, and what the nights before found."""
    page, size = page_number(request.args.get("page")), page_size(request.args.get("size"))
    with reading() as records:
        now = business_now(records)
        figures = latest_report(records)
        lines = disagreement_lines(figures)
        shown = Pages(page, size, len(lines))
        if page > shown.count:
            return redirect(here(page=shown.count))
        return render(
            "books/books.html",
            now=now,
            plan=current_plan(records, now),
            figures=[figure_line(figure) for figure in figures],
            disagreeing=sum(figure.disagreeing for figure in figures),
            lines=lines[(page - 1) * size : page * size],
            pages=shown,
            nights=nights(records, _NIGHTS),
            most=NAMED,
            register_days=REGISTER_DAYS,
            next_at=daily_after(now, RECONCILED_AT),
        )


@pages.get("/retention")
@asks(Action.OVERRIDE)
def show_retention() -> ResponseReturnValue:
    """What will be erased next, and what was, as the audit log has it."""
    page, size = page_number(request.args.get("page")), page_size(request.args.get("size"))
    with reading() as records:
        now = business_now(records)
        erased, total = erased_lately(records, size, (page - 1) * size)
        if total and not erased:
            return redirect(here(page=Pages(page, size, total).count))
        batches, kept_batches = batches_to_come(records, _TO_COME)
        imports, kept_imports = imports_to_come(records, _TO_COME)
        return render(
            "books/retention.html",
            now=now,
            plan=current_plan(records, now),
            batches=batches,
            kept_batches=kept_batches,
            imports=imports,
            kept_imports=kept_imports,
            erased=[
                (entry, batch_no, entry.action == ERASE_BATCH, list(details_in_words(entry.details)))
                for entry, batch_no in erased
            ],
            pages=Pages(page, size, total),
            recipient_days=RECIPIENT_KEPT.days,
        )
