"""Which field of a call a single refusal is about, so that a program can mark it (INTERFACES 3: `errors`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.rules.refusal import Refused
from web.api.calls import Call

_OF_CODES: Mapping[str, str] = {
    **dict.fromkeys(("APP-002", "APP-003", "APP-004", "PAY-007"), "file"),
    **dict.fromkeys(("APP-012", "WDR-001"), "reason"),
    **dict.fromkeys(("APP-013", "COD-001", "COD-002", "COD-003", "COD-004"), "enrolment_code"),
    **dict.fromkeys(("PRJ-001", "PRJ-002", "PRJ-003", "PRJ-004", "PRJ-005", "PRJ-007"), "projects"),
    **dict.fromkeys(("RCP-002", "RCP-003"), "items"),
    **dict.fromkeys(("PAY-004", "PAY-005", "PAY-006", "PAY-012"), "batches"),
    "PAY-008": "amount_fen",
    "PAY-011": "refund_account_no",
    "RST-006": "ids",
    "SMS-001": "phone",
    "WDR-003": "to",
}
"""A code that is about one field -> what the calls name it."""
_OF_NAMED = {"SYS-002", "SYS-003"}
"""Codes that say the field's name as people read it."""


def field_of(call: Call, refused: Refused) -> str | None:
    """The field of this call's body that the refusal is about; None: it is about none of them, or about the whole."""
    shape = call.body or call.form
    fields = shape.model_fields if shape else {}
    if refused.code in _OF_NAMED:
        called = str(refused.values.get("field", ""))
        titles = {name: (one.title or name).removesuffix("（分）") for name, one in fields.items()}
        return next((name for name, title in titles.items() if called == title), None) or (
            "reason" if called.endswith("原因") and "reason" in fields else None
        )
    name = _OF_CODES.get(refused.code)
    return name if name in fields else None


def by_endpoint(calls: Iterable[Call]) -> Mapping[str, Call]:
    """Each call by the endpoint that Flask knows it by."""
    return {f"api.{call.name}": call for call in calls}
