from datetime import date

import pytest

from models.rules.payment import check_receipts, due_dates, refund_due_fen
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from tests.models.rules.plan_years import EXAMPLES, PLAN_2020

SETTLED = EXAMPLES["payment_and_receipts"]


@pytest.mark.parametrize(
    "example", EXAMPLES["payment_due"], ids=lambda each: f"{each['enrolment_type']} {each['fee_confirmed_on']}"
)
def test_a_premium_is_due_as_in_the_examples(example):
    confirmed_on = date.fromisoformat(example["fee_confirmed_on"])
    dates = due_dates(PLAN_2020, EnrolmentType(example["enrolment_type"]), confirmed_on)
    found = {"payment_due_on": dates.due_on.isoformat(), "payment_cutoff_on": dates.cutoff_on.isoformat()}
    assert found == example["expected"]


@pytest.mark.parametrize("example", SETTLED, ids=lambda each: each["note"])
def test_payments_and_receipts_are_judged_as_in_the_examples(example):
    given, expected = example["input"], example["expected"]
    due_fen = sum(given["batch_due_fen"])
    found = {"due_fen": due_fen, "ok": True}
    try:
        found["refund_fen"] = refund_due_fen(given["paid_fen"], due_fen)
        found["refund_info_required"] = found["refund_fen"] > 0
        check_receipts(given["receipts_fen"], due_fen)
    except Refused as refused:
        found |= {"ok": False, "code": refused.code}
        found.pop("refund_info_required", None)
        if refused.code == "PAY-002":
            found["short_fen"] = due_fen - given["paid_fen"]
    assert found == expected


def test_a_refusal_for_too_little_says_how_much_is_missing():
    with pytest.raises(Refused) as refused:
        refund_due_fen(944_999, 945_000)
    assert refused.value.values == {"paid": "9,449.99", "due": "9,450.00", "short": "0.01"}


@pytest.mark.parametrize("paid_fen", [0, -1])
def test_nothing_is_no_payment(paid_fen):
    with pytest.raises(Refused, match="PAY-008"):
        refund_due_fen(paid_fen, 0)
