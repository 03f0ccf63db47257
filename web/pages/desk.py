"""管理: where the association's own pages are found."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.permissions import Action
from web.access import asks
from web.desk import desk_of
from web.page import render
from web.sign_in import viewer

pages = Blueprint("desk", __name__)


@pages.get("/desk")
@asks(Action.USE_OWN_ACCOUNT)
def show_desk() -> ResponseReturnValue:
    """What this account may look after, beside the queues."""
    with reading() as records:
        now = business_now(records)
        return render("desk/desk.html", now=now, plan=current_plan(records, now), desk=list(desk_of(viewer().role)))
