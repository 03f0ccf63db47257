"""保障单 of an enrolled batch, to be printed from the browser."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from config.clock import local_date
from models.queries.batches import find_batch
from models.queries.certificate import certificate_of, insured_names
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.permissions import Action
from web.access import asks
from web.page import render
from web.sign_in import viewer

pages = Blueprint("certificate", __name__)


@pages.get("/batches/<batch_no>/certificate")
@asks(Action.READ_PEOPLE)
def show_certificate(batch_no: str) -> ResponseReturnValue:
    """Refused BAT-002: the batch is not enrolled, or its approval was taken back."""
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        found = certificate_of(records, batch)
        return render(
            "certificate/certificate.html",
            now=now,
            plan=found.plan,
            batch=batch,
            found=found,
            names=insured_names(records, batch),
            today=local_date(now),
        )
