"""移除, 批量移除 of the ticked or of everybody found, 移除全部: first who it is, then, that confirmed, gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.clock import local_date
from config.messages import text
from models.actions.remove_people import remove_everybody, remove_found, remove_people
from models.queries.batches import find_batch
from models.queries.people import named_among
from models.queries.roster import Named, RosterFilters, named_of, people_on, people_wanted
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks
from web.error_pages import has_its_own_page
from web.formats import people as figure
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.pages.roster import picked_people, roster_as_seen
from web.roster_filters import unsealed
from web.sign_in import viewer

pages = Blueprint("removal", __name__, url_prefix="/batches/<batch_no>/people")


@pages.post("/remove")
@asks(Action.WORK_ON_BATCH)
def remove_ticked(batch_no: str) -> ResponseReturnValue:
    """移除 of one person, and 批量移除 of the ticked ones."""
    picked = picked_people()
    if not picked:
        return _not_removed(batch_no, Refused("RST-006"))
    if not request.form.get("confirmed"):
        return _ask(batch_no, "removal.remove_ticked", lambda records, batch, _: named_among(records, batch, picked))
    return _remove(batch_no, lambda records, now: remove_people(records, viewer(), batch_no, picked, now))


@pages.post("/remove-found")
@asks(Action.WORK_ON_BATCH)
def remove_all_found(batch_no: str) -> ResponseReturnValue:
    """批量移除 of everybody under the page's filters, which come sealed."""
    filters = unsealed(viewer(), batch_no, request.form.get("found_by", ""))
    if filters is None or filters == RosterFilters():  # never everybody by accident (DOMAIN 7.8)
        return _not_removed(batch_no, Refused("BAT-004"))
    if not request.form.get("confirmed"):
        return _ask(
            batch_no,
            "removal.remove_all_found",
            lambda records, batch, now: _found(records, batch, filters, now),
        )
    counted = request.form.get("found", "")
    found = int(counted) if counted.isascii() and counted.isdigit() and len(counted) < 10 else -1
    return _remove(batch_no, lambda records, now: remove_found(records, viewer(), batch_no, filters, now, found=found))


@pages.get("/remove-all")
@asks(Action.WORK_ON_BATCH)
def ask_to_remove_all(batch_no: str) -> ResponseReturnValue:
    """移除全部 names how many before anything happens."""
    return _ask(batch_no, "removal.remove_all", lambda records, batch, _: named_of(records, batch, []))


@pages.post("/remove-all")
@asks(Action.WORK_ON_BATCH)
def remove_all(batch_no: str) -> ResponseReturnValue:
    """移除全部, confirmed."""
    return _remove(batch_no, lambda records, now: remove_everybody(records, viewer(), batch_no, now))


def _ask(batch_no: str, endpoint: str, who_leaves: Callable[[Session, Batch, datetime], Named]) -> ResponseReturnValue:
    """The confirmation. Who is named is looked up again: only people of this roster can be removed."""
    everybody = endpoint == "removal.remove_all"
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        leaving = who_leaves(records, batch, now)
        if not leaving.people and not everybody:  # they are gone already
            return _not_removed(batch_no, Refused("BAT-004"))
        return render(
            "roster/remove.html",
            now=now,
            plan=plan_of(records, batch.plan_year),
            batch=batch,
            picked=picked_people() if endpoint == "removal.remove_ticked" else [],
            found_by=request.form.get("found_by", ""),
            everybody=everybody,
            action=url_for(endpoint, batch_no=batch_no),
            back=roster_as_seen(batch_no),
            people=people_on(records, batch.id),
            leaving=leaving.people,
            names=_in_a_sentence(leaving),
            message=text("RST-008" if everybody else "RST-007", n=leaving.people),
        )


def _found(records: Session, batch: Batch, filters: RosterFilters, now: datetime) -> Named:
    plan = plan_of(records, batch.plan_year)
    return named_of(records, batch, people_wanted(records, batch, plan, filters, local_date(now)))


def _in_a_sentence(named: Named) -> str:
    """王豆豆、李雷、韩梅梅 等 12 人; up to three people by name alone."""
    names = "、".join(named.names)
    return names if named.people <= len(named.names) else f"{names} 等 {figure(named.people)} 人"


def _remove(batch_no: str, removal: Callable[[Session, datetime], int]) -> ResponseReturnValue:
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            removed = removal(records, business_now(records))
    except Refused as refused:
        return _not_removed(batch_no, refused)
    say(f"已移除 {figure(removed)} 人。", tone="good")
    return go_to(roster_as_seen(batch_no))


def _not_removed(batch_no: str, refused: Refused) -> ResponseReturnValue:
    if has_its_own_page(refused):
        raise refused
    with reading() as records:  # BAT-005 before whatever else is wrong
        find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
    say(text(refused.code, **refused.values), refused.code, tone="bad")
    return go_to(roster_as_seen(batch_no))
