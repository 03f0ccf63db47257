"""What must be true of the whole database after every action (DOMAIN 5.3, 9.2, 10, 11), read from its rows alone.

Nothing here asks the program's own rules but the table of transitions and the prices of the plan year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.rules.lifecycle import TRANSITIONS

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Every table by its name, its rows in the order of their keys."""

CLAIMING = ("roster_submitted", "awaiting_payment", "payment_review", "payment_rejected", "enrolled")
PRICED = CLAIMING[1:]
LOCKED = ("submitted", "approved")
"""States of a voucher in which its receipts and files are what they are."""
VOUCHER_OF = {"payment_review": "submitted", "payment_rejected": "rejected", "enrolled": "approved"}
"""In which state the voucher is that brought a batch into this one."""

EXPIRE, CORRECT = "expire", "correct_person"
"""What the tests do in the calendar's place, and what the association alone may do to a submitted roster."""
CHARGED = {"charge_fen"}
"""What may change of somebody on a submitted roster: it comes with the premium."""


def broken(rows: Rows) -> Iterator[str]:
    """Whatever is wrong with the database as it is, a line each; none if all is well."""
    yield from _claims(rows)
    yield from _sums(rows)
    yield from _vouchers(rows)
    yield from _receipts(rows)
    yield from _dates(rows)


def broken_step(before: Rows, after: Rows, action: str, *, refused: bool) -> Iterator[str]:
    """Whatever is wrong with how one action changed it."""
    changed = {table for table in after if before[table] != after[table]}
    if refused and changed:
        yield f"refused: {action} was refused and changed {sorted(changed)}"
    kept = len(before["audit_entry"])
    if after["audit_entry"][:kept] != before["audit_entry"]:
        yield f"audit: {action} changed what was written down earlier"
    if changed and not refused and action != EXPIRE and len(after["audit_entry"]) == kept:
        yield f"audit: {action} changed {sorted(changed)} and nothing is written down"
    yield from _moves(before, after, action)
    yield from _locks(before, after, action)


def _claims(rows: Rows) -> Iterator[str]:
    states = {batch["id"]: batch for batch in rows["batch"]}
    held = {(one["batch_id"], one["person_id"], one["id_digest"]) for one in rows["claim"]}
    enrolled = {
        (one["batch_id"], one["id"], one["id_digest"])
        for one in rows["batch_person"]
        if states[one["batch_id"]]["state"] in CLAIMING
    }
    yield from (f"claims: batch {one[0]} holds a claim of nobody" for one in held - enrolled)
    yield from (f"claims: batch {one[0]} holds no claim of person {one[1]}" for one in enrolled - held)
    numbers = Counter((one["plan_year"], one["id_type"], one["id_digest"], one["variant"]) for one in rows["claim"])
    yield from (f"claims: one number is claimed {count} times" for count in numbers.values() if count > 1)
    central = Counter(
        (one["code_id"], one["plan_year"])
        for one in rows["batch"]
        if one["enrolment_type"] == "central" and one["state"] not in {"deleted", "expired"}
    )
    yield from (f"claims: {count} live central batches of one code" for count in central.values() if count > 1)


def _sums(rows: Rows) -> Iterator[str]:
    plans = {plan["year"]: plan["data"] for plan in rows["plan_year"]}
    for batch in rows["batch"]:
        people = [person for person in rows["batch_person"] if person["batch_id"] == batch["id"]]
        charges = [person["charge_fen"] for person in people]
        if batch["state"] not in PRICED:
            if batch["state"] != "expired" and (batch["total_fen"] is not None or any(charges)):
                yield f"sums: batch {batch['id']} in {batch['state']} still has a premium"
            continue
        right = [_charge(plans[batch["plan_year"]], batch, person) for person in people]
        if charges != right:
            yield f"sums: batch {batch['id']} charges {charges}, not {right}"
        if batch["total_fen"] != sum(right):
            yield f"sums: batch {batch['id']} is to pay {batch['total_fen']}, its people {sum(right)}"


def _charge(plan: Mapping[str, Any], batch: Row, person: Row) -> int:
    """What one person pays, by DOMAIN 5.3 worked out once more."""
    prices = plan["prices_fen"]
    taken = [code for code in batch["projects"] if person["has_si"] or code not in plan["si_only"]]
    combo = plan["combo"]
    annual = sum(prices[code] for code in taken)
    if set(combo["items"]) <= set(taken):
        annual += combo["price_fen"] - sum(prices[code] for code in combo["items"])
    return annual // 2 if batch["half_price"] else annual


def _vouchers(rows: Rows) -> Iterator[str]:
    states = {voucher["id"]: voucher["state"] for voucher in rows["voucher"]}
    live: dict[int, list[str]] = {}
    for link in rows["voucher_batch"]:
        if link["live"]:
            live.setdefault(link["batch_id"], []).append(states[link["voucher_id"]])
    for batch in rows["batch"]:
        of_batch = live.get(batch["id"], [])
        if len(of_batch) > 1:
            yield f"vouchers: batch {batch['id']} is in {len(of_batch)} live vouchers"
        wanted = VOUCHER_OF.get(batch["state"])
        left = batch["state"] == "payment_rejected" and batch["reinstated_until"]  # by expiring (T24)
        if wanted and of_batch != [wanted] and not left:
            yield f"vouchers: batch {batch['id']} is in {batch['state']}, its vouchers in {of_batch}"
        if not wanted and set(of_batch) & {"submitted", "approved"}:
            yield f"vouchers: batch {batch['id']} in {batch['state']} has a voucher in {of_batch}"


def _receipts(rows: Rows) -> Iterator[str]:
    due = {batch["id"]: batch["total_fen"] or 0 for batch in rows["batch"]}
    for voucher in rows["voucher"]:
        if voucher["state"] not in LOCKED:
            continue
        batches = [link["batch_id"] for link in rows["voucher_batch"] if link["voucher_id"] == voucher["id"]]
        owed = sum(due[batch] for batch in batches)
        given = sum(one["amount_fen"] for one in rows["receipt"] if one["voucher_id"] == voucher["id"])
        if given != owed:
            yield f"receipts: voucher {voucher['id']} has receipts of {given}, {owed} is due"
        if voucher["amount_fen"] < owed:
            yield f"receipts: voucher {voucher['id']} pays {voucher['amount_fen']}, {owed} is due"
        tasks = [
            one for one in rows["refund_task"] if one["voucher_id"] == voucher["id"] and one["state"] != "cancelled"
        ]
        if voucher["state"] == "approved" and sum(one["amount_fen"] for one in tasks) != voucher["amount_fen"] - owed:
            yield f"receipts: voucher {voucher['id']} was paid in excess, and no refund says so"


def _dates(rows: Rows) -> Iterator[str]:
    for batch in rows["batch"]:
        if batch["state"] in CLAIMING and not (batch["coverage_start"] and batch["coverage_end"]):
            yield f"dates: batch {batch['id']} in {batch['state']} is not covered"
        if batch["state"] in PRICED and not (batch["payment_due_on"] and batch["payment_cutoff_on"]):
            yield f"dates: batch {batch['id']} in {batch['state']} has no day by which it is paid"
        if batch["state"] in {"roster_draft", "roster_failed"} and batch["coverage_start"]:
            yield f"dates: batch {batch['id']} in {batch['state']} is already covered"


def _moves(before: Rows, after: Rows, action: str) -> Iterator[str]:
    """A state changes as the table says, and never without a new version."""
    was = {batch["id"]: batch for batch in before["batch"]}
    for batch in after["batch"]:
        earlier = was.get(batch["id"])
        if earlier is None or earlier["state"] == batch["state"]:
            continue
        to = {
            row.to or earlier["state_before_expiry"]
            for row in TRANSITIONS
            if row.action == action and earlier["state"] in row.from_states
        }
        if batch["state"] not in to | ({"expired"} if action == EXPIRE else set()):
            yield f"table: {action} led batch {batch['id']} from {earlier['state']} to {batch['state']}"
        if batch["version"] <= earlier["version"]:
            yield f"table: {action} moved batch {batch['id']} under the same version"


def _locks(before: Rows, after: Rows, action: str) -> Iterator[str]:
    submitted = {one["id"] for one in before["batch"] if one["state"] in CLAIMING}
    submitted &= {one["id"] for one in after["batch"] if one["state"] in CLAIMING}
    for batch_id in submitted if action != CORRECT else ():
        if _people(before, batch_id) != _people(after, batch_id):
            yield f"locks: {action} changed the submitted roster of batch {batch_id}"
    locked = {one["id"] for one in before["voucher"] if one["state"] in LOCKED}
    locked &= {one["id"] for one in after["voucher"] if one["state"] in LOCKED}
    for voucher_id in locked:
        for table in ("receipt", "voucher_file"):
            if _of_voucher(before[table], voucher_id) != _of_voucher(after[table], voucher_id):
                yield f"locks: {action} changed what voucher {voucher_id} was submitted with"


def _people(rows: Rows, batch_id: int) -> list[dict[str, Any]]:
    people = [one for one in rows["batch_person"] if one["batch_id"] == batch_id]
    return [{name: value for name, value in one.items() if name not in CHARGED} for one in people]


def _of_voucher(rows: Sequence[Row], voucher_id: int) -> list[Row]:
    return [one for one in rows if one["voucher_id"] == voucher_id]
