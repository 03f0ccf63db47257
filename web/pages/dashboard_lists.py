"""The lists behind 工作台's money and reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from config.clock import SHANGHAI
from config.messages import catalogue, text
from models.queries.dashboard_money import MoneyPage, due_page, received_page, refunds_page
from models.queries.dashboard_reminders import notices_sent
from models.queries.plan_years import plans_now, published_plans
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.deadlines import end_of
from models.rules.notices import REMINDERS
from models.rules.progress import DUE_STATES
from models.rules.voucher import VoucherState
from web.access import asks
from web.badges import BATCH
from web.dashboard_words import notice_name
from web.dashboard_year import chosen_year
from web.moments import day_or_none
from web.page import render
from web.pages.dashboard import OF_STAFF
from web.paging import SIZES, Pages, page_number

pages = Blueprint("dashboard_lists", __name__, url_prefix="/dashboard")

_VOUCHER_STATES = (VoucherState.APPROVED, VoucherState.SUBMITTED)


@pages.get("/due")
@asks(OF_STAFF)
def show_due() -> ResponseReturnValue:
    """Batches whose premium was confirmed, and what they come to."""
    asked = request.args.get("state", "")
    state = asked if asked in list(DUE_STATES) else ""
    states = {one.value: BATCH[one.value].text for one in DUE_STATES}
    return _of_a_year("dashboard/due.html", partial(due_page, state=state), state=state, states=states)


@pages.get("/received")
@asks(OF_STAFF)
def show_received() -> ResponseReturnValue:
    """Vouchers that were approved, or that wait, and what was paid with them."""
    asked = request.args.get("state", "")
    state = VoucherState(asked) if asked in list(_VOUCHER_STATES) else VoucherState.APPROVED
    states = {one.value: one.text for one in _VOUCHER_STATES}
    return _of_a_year("dashboard/received.html", partial(received_page, state=state), state=state, states=states)


@pages.get("/refunds")
@asks(OF_STAFF)
def show_refunds() -> ResponseReturnValue:
    """What is still to be paid back for this year; what was, stands under 缴费凭证."""
    return _of_a_year("dashboard/refunds.html", refunds_page)


@pages.get("/reminders")
@asks(OF_STAFF)
def show_reminders() -> ResponseReturnValue:
    """Notices that were sent, the latest first: reminders, or one code, of a day or of some."""
    asked, page = request.args.get("code", ""), page_number(request.args.get("page"))
    known = [code for code in catalogue() if code.startswith("NTF-")]
    code = asked if asked in known else ""
    with reading() as records:
        now, plans = business_now(records), published_plans(records)
        first, last = _days(now)
        since = datetime.combine(first, datetime.min.time(), tzinfo=SHANGHAI)
        found = notices_sent(records, [code] if code else REMINDERS, since, end_of(last), page, SIZES[0])
        return render(
            "dashboard/reminders.html",
            now=now,
            plan=next(iter(plans_now(plans, now)), None),
            rows=[(sent, text(sent.notice.code, **sent.notice.values)) for sent in found.notices],
            pages=Pages(page, SIZES[0], found.total),
            code=code,
            codes={one: notice_name(one) for one in known},
            first=first,
            last=last,
        )


def _of_a_year(template: str, find: Callable[..., MoneyPage[Any]], **more: object) -> str:
    """One page of the year that is asked for, or is in season."""
    page = page_number(request.args.get("page"))
    with reading() as records:
        now, plans = business_now(records), published_plans(records)
        plan = chosen_year(plans, now)
        found = find(records, plan.plan_year if plan else "", page=page, size=SIZES[0])
        return render(
            template,
            now=now,
            plan=plan,
            years=[one.plan_year for one in plans],
            lines=found.lines,
            together=found.together,
            pages=Pages(page, SIZES[0], found.together.number),
            **more,
        )


def _days(now: datetime) -> tuple[date, date]:
    """The days that are asked for, both included; without any the last seven."""
    today = now.astimezone(SHANGHAI).date()
    first, last = day_or_none(request.args.get("from", "")), day_or_none(request.args.get("to", ""))
    last = last or today
    return min(first or last - timedelta(days=6), last), last
