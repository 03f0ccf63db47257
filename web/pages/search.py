"""人员查询: the association looks for people on all rosters, to answer calls about 占用 (DOMAIN 9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models.actions.search_people import TypedSearch, find_people, sought_by, write_down_search
from models.queries.people_search import MOST_FOUND, PeopleFound
from models.queries.plan_years import current_plan, published_plans
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from web.access import asks
from web.error_pages import refused_with
from web.page import REQUEST_WAIT_SECONDS, here, render, say
from web.paging import SIZES, Pages, page_number
from web.sealed_query import sealed_query, unsealed_query
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("search", __name__, url_prefix="/people")

_EVERY_YEAR = "all"


@pages.get("")
@asks(Action.SEARCH_PEOPLE)
def show_search() -> ResponseReturnValue:
    """The empty form; or whom the sealed search of the address finds, which is written down each time."""
    token = request.args.get("f")
    if token is None:
        with reading() as records:
            return _page(records, TypedForm({}))
    values = unsealed_query(token, _bound_to())
    if values is None:
        say("查询条件已过期，请重新查询。", tone="todo")
        return redirect(url_for("search.show_search"), 303)
    page, typed = page_number(request.args.get("page")), TypedSearch(**values)
    with reading() as records:
        now = business_now(records)
        found = find_people(records, viewer(), typed, now, page, SIZES[0])
    with writing(REQUEST_WAIT_SECONDS) as records:
        write_down_search(records, viewer(), typed, now, len(found.people))
    if found.total and not found.people:
        return redirect(here(page=Pages(page, SIZES[0], found.total).count))
    with reading() as records:
        return _page(records, TypedForm(_fields(typed)), found, page)


@pages.post("/search")
@asks(Action.SEARCH_PEOPLE)
def search() -> ResponseReturnValue:
    """查询: an address that can be come back to, with no number in clear; else the form and what is wrong."""
    typed = _typed()
    try:
        with reading() as records:
            sought_by(typed, business_now(records))
    except FormRefused as refused:
        form = TypedForm(_fields(typed))
        form.refuse(refused, unsaved="没有查询")
        with reading() as records:
            return refused_with(_page(records, form), refused)
    return redirect(url_for("search.show_search", f=sealed_query(asdict(typed), _bound_to())), 303)


def _typed() -> TypedSearch:
    year = request.form.get("plan_year", "")
    return TypedSearch(
        id_no=request.form.get("id_no", "")[:40],
        name=request.form.get("name", "")[:60],
        part_of_name=request.form.get("match") == "part",
        plan_year="" if year == _EVERY_YEAR else year[:10],
    )


def _fields(typed: TypedSearch) -> dict[str, object]:
    return {
        "id_no": typed.id_no,
        "name": typed.name,
        "match": "part" if typed.part_of_name else "",
        "plan_year": typed.plan_year or _EVERY_YEAR,
    }


def _page(records: Session, form: TypedForm, found: PeopleFound | None = None, page: int = 1) -> str:
    now = business_now(records)
    plan = current_plan(records, now)
    years: Sequence[str] = [published.plan_year for published in published_plans(records)]
    return render(
        "search/search.html",
        now=now,
        plan=plan,
        form=form,
        years=years,
        year=form.value("plan_year") or (plan.plan_year if plan else _EVERY_YEAR),
        every_year=_EVERY_YEAR,
        found=found,
        pages=Pages(page, SIZES[0], found.total) if found else None,
        most=MOST_FOUND,
    )


def _bound_to() -> bytes:
    return b"people search:%d" % viewer().account_id
