"""The strip under the navigation alone, as an open page asks for it again and again."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from models.queries.batches import find_batch
from models.queries.plan_years import published_plans
from models.records.business_clock import business_now
from models.records.database import reading
from models.records.plan_year import plan_of
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks, open_to_all
from web.deadline import deadline_strip
from web.sign_in import viewer

pages = Blueprint("deadline", __name__)


@pages.get("/deadline/<year>")
@open_to_all
def show_deadline(year: str) -> ResponseReturnValue:
    """What a page about no batch says of the year's dates, which are no secret."""
    with reading() as records:
        plan = next((plan for plan in published_plans(records) if plan.plan_year == year), None)
        if plan is None:
            raise Refused("BAT-005")
        return render_template("deadline.html", plan=plan, strip=deadline_strip(plan, business_now(records)))


@pages.get("/batches/<batch_no>/deadline")
@asks(Action.READ_BATCH)
def show_deadline_of_batch(batch_no: str) -> ResponseReturnValue:
    """The same on a page about a batch: also whether its own window has closed meanwhile."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no)
        plan, now = plan_of(records, batch.plan_year), business_now(records)
        return render_template("deadline.html", plan=plan, batch=batch, strip=deadline_strip(plan, now, batch))
