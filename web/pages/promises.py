"""The promise 医保享受在职待遇 for people over age (VAL-008): asked for and kept, or taken back, one by one."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from config.clock import local_date
from models.actions.batch_change import refuse_unless_possible
from models.actions.promise import promise
from models.queries.people import find_person
from models.queries.texts import wording_now
from models.queries.validation_lines import is_to_confirm
from models.queries.validation_report import Tab, report_seen
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.records.text_version import TextKind
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks
from web.check_page import age_on
from web.page import REQUEST_WAIT_SECONDS, go_to, render, version_in_form
from web.pages.checks import not_started
from web.pages.roster import roster_as_seen
from web.sign_in import viewer

pages = Blueprint("promises", __name__, url_prefix="/batches/<batch_no>/people/<int:person_id>/promise")


@pages.get("")
@asks(Action.WORK_ON_BATCH)
def ask_to_promise(batch_no: str, person_id: int) -> ResponseReturnValue:
    """VAL-008 before the tick, a question before it is taken back."""
    with reading() as records:
        now = business_now(records)
        batch, person = find_person(records, viewer(), batch_no, person_id, Action.WORK_ON_BATCH)
        refuse_unless_possible(records, batch, BatchAction.PROMISE, now)
        plan = plan_of(records, batch.plan_year)
        seen = report_seen(records, batch, plan, local_date(now))
        stands = person.promised_at is not None and not is_to_confirm(batch, person.promised_at)
        return render(
            "checks/promise.html",
            now=now,
            plan=plan,
            batch=batch,
            person=person,
            age=age_on(person.birth, seen.reference),
            promising=not stands,
            wording=wording_now(records, TextKind.PROMISE, now),
            action=url_for("promises.keep_promise", batch_no=batch_no, person_id=person_id),
            back=_over_age_tab(batch_no),
        )


@pages.post("")
@asks(Action.WORK_ON_BATCH)
def keep_promise(batch_no: str, person_id: int) -> ResponseReturnValue:
    """Ticked or unticked; the page comes back at the same person."""
    promised, version = request.form.get("promised") == "1", version_in_form()
    shown = request.form.get("text_version")
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            promise(records, viewer(), batch_no, person_id, promised, now, version=version, text_version=shown)
    except Refused as refused:
        return not_started(batch_no, refused)
    return go_to(_at_person(batch_no, person_id, version))


def _at_person(batch_no: str, person_id: int, version: int) -> str:
    """The page that lies beneath the sheet, at the person's row. The version makes it another address each time: a
    browser that is only sent to another place of a page does not load it again.
    """
    page, _, query = roster_as_seen(batch_no, otherwise=_over_age_tab(batch_no)).partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name != "after"]
    return f"{page}?{urlencode([*kept, ('after', version)])}#p{person_id}"


def _over_age_tab(batch_no: str) -> str:
    return url_for("checks.show_validation", batch_no=batch_no, tab=Tab.OVER_AGE)
