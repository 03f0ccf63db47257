"""What people do, each by its real action: the clerk, the association, and the calendar that lets batches expire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from models.actions.add_person import add_person
from models.actions.check_roster import submit_at_once
from models.actions.correct_person import Evidence, correct_person
from models.actions.decide_voucher import approve_voucher, reject_voucher, reverse_approval, void_voucher
from models.actions.delete_batch import delete_batch
from models.actions.draft_voucher import Typed, cancel_voucher, change_voucher, create_voucher
from models.actions.edit_person import edit_person
from models.actions.open_batch import open_batch
from models.actions.price_batch import confirm_premium, generate_premium
from models.actions.promise import promise
from models.actions.queue_check import queue_validation
from models.actions.receipts import set_receipts
from models.actions.reinstate_batch import reinstate_batch
from models.actions.remove_people import remove_people
from models.actions.set_in_service import set_in_service
from models.actions.submit_voucher import submit_voucher
from models.actions.withdraw_batch import withdraw_batch
from models.records.database import writing
from models.records.premium import PremiumPreview
from models.rules.lifecycle import CLAIMING, BatchAction, BatchState
from models.rules.plan import EnrolmentType
from models.rules.receipt import ReceiptLine
from models.rules.refusal import Refused
from models.rules.reinstatement import REINSTATED_TO
from models.rules.roster import as_typed
from tasks.roster_check import validate
from tests.expired import expired
from tests.records import BatchOf
from tests.vouchers import A_FILE, FORM, REFUND
from tests.walks.walker import CODES, Move, Walk, crowd

A, S = BatchAction, BatchState
EXPIRE, CORRECT = "expire", "correct_person"
"""What the calendar does, and the association without moving a batch."""
CHOICES: tuple[list[str], ...] = (
    ["A0", "B0", "C0"],
    ["B0"],
    ["A0"],
    ["A0", "B0", "C0", "A3"],
    ["B0", "C0", "C1"],
    ["A1"],
    [],
)
EDITABLE = (S.ROSTER_DRAFT, S.ROSTER_FAILED)


def _open(walk: Walk) -> None:
    kind = EnrolmentType.CENTRAL if walk.luck.random() < 0.6 else EnrolmentType.INSTANT
    number = walk.luck.randrange(len(CODES))
    who, code = walk.clerks[number], walk.luck.choice([*CODES, CODES[number], CODES[number]])
    with writing() as session:
        open_batch(session, who, code=code, enrolment_type=kind, now=walk.now)


def _add(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    cells = as_typed(walk.luck.choice(crowd()))
    with writing() as session:
        add_person(session, who, batch.batch_no, cells, walk.now)


def _edit(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    cells = {"name": walk.luck.choice(("王豆", "王小豆")), "id_no": walk.luck.choice(("H801213602X", "E12345678"))}
    with writing() as session:
        edit_person(session, who, batch.batch_no, walk.person_on(batch), cells, walk.now)


def _set_in_service(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    with writing() as session:
        set_in_service(session, who, batch.batch_no, [walk.person_on(batch)], walk.now)


def _remove(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    with writing() as session:
        remove_people(session, who, batch.batch_no, [walk.person_on(batch)], walk.now)


def _promise(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    with writing() as session:
        promise(session, who, batch.batch_no, walk.person_on(batch), walk.luck.random() < 0.8, walk.now)


def _validate(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    with writing() as session:
        job_id = queue_validation(session, who, batch.batch_no, walk.now, lambda _: "roster.small").id
    validate(job_id)


def _submit(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    with writing() as session:
        submit_at_once(session, who, batch.batch_no, walk.now)


def _delete(walk: Walk) -> None:
    who, batch = walk.batch(*EDITABLE)
    with writing() as session:
        delete_batch(session, who, batch.batch_no, walk.now)


def _price(walk: Walk) -> None:
    who, batch = walk.batch(S.ROSTER_SUBMITTED)
    with writing() as session:
        generate_premium(session, who, batch.batch_no, walk.luck.choice(CHOICES), walk.now)


def _confirm(walk: Walk) -> None:
    who, batch = walk.batch(S.ROSTER_SUBMITTED)
    with writing() as session:
        preview = session.get(PremiumPreview, batch.id)
        warnings = {notice["code"] for notice in preview.premium["notices"]} if preview else set()
        confirm_premium(session, who, batch.batch_no, preview.token if preview else "", warnings, walk.now)


def _withdraw(to: BatchAction) -> Callable[[Walk], None]:
    def act(walk: Walk) -> None:
        who, batch = walk.batch(S.ROSTER_SUBMITTED, S.AWAITING_PAYMENT)
        with writing() as session:
            withdraw_batch(session, who, batch.batch_no, to, walk.luck.choice(("漏了人", "漏了人", "")), walk.now)

    return act


def _create_voucher(walk: Walk) -> None:
    who, batch = walk.batch(S.AWAITING_PAYMENT)
    _, other = walk.batch(S.AWAITING_PAYMENT)
    numbers = sorted({batch.batch_no, other.batch_no} if walk.luck.random() < 0.3 else {batch.batch_no})
    files = [A_FILE] if walk.luck.random() < 0.9 else []
    with writing() as session:
        create_voucher(session, who, replace(FORM, **_amount(walk, batch.total_fen or 0)), numbers, files, walk.now)


def _change_voucher(walk: Walk) -> None:
    who, voucher, due = walk.voucher("draft", "rejected")
    _, batch = walk.batch(S.AWAITING_PAYMENT)
    numbers = [batch.batch_no] if walk.luck.random() < 0.3 else None
    with writing() as session:
        change_voucher(session, who, voucher.id, Typed(**_amount(walk, due)), walk.now, batch_nos=numbers)


def _amount(walk: Walk, due: int) -> dict[str, Any]:
    """Mostly what is due, sometimes less, sometimes more with where the rest goes."""
    if (luck := walk.luck.random()) < 0.6:
        return {"amount_fen": max(due, 1)}
    return {"amount_fen": max(due - 1, 1)} if luck < 0.7 else {"amount_fen": due + 5000, **REFUND}


def _receipts(walk: Walk) -> None:
    who, voucher, due = walk.voucher("draft", "rejected")
    part = walk.luck.randrange(1, due) if due > 1 else 1
    parts = walk.luck.choice(([due], [due], [part, due - part], [due + 1]))
    lines = [ReceiptLine("上海豆豆精密机械有限公司", amount) for amount in parts]
    with writing() as session:
        set_receipts(session, who, voucher.id, lines, walk.now)


def _cancel_voucher(walk: Walk) -> None:
    who, voucher, _ = walk.voucher("draft")
    with writing() as session:
        cancel_voucher(session, who, voucher.id, walk.now)


def _submit_voucher(walk: Walk) -> None:
    who, voucher, _ = walk.voucher("draft", "rejected")
    with writing() as session:
        submit_voucher(session, who, voucher.id, walk.now)


def _approve(walk: Walk) -> None:
    _, voucher, _ = walk.voucher("submitted")
    with writing() as session:
        approve_voucher(session, walk.reviewer, voucher.id, walk.now)


def _reject(walk: Walk) -> None:
    _, voucher, _ = walk.voucher("submitted")
    with writing() as session:
        reject_voucher(session, walk.reviewer, voucher.id, walk.luck.choice(("图片不清晰", "")), walk.now)


def _void(walk: Walk) -> None:
    _, voucher, _ = walk.voucher("submitted", "rejected")
    with writing() as session:
        void_voucher(session, walk.luck.choice((walk.admin, walk.reviewer)), voucher.id, "重复填报", walk.now)


def _reverse(walk: Walk) -> None:
    _, batch = walk.batch(S.ENROLLED)
    with writing() as session:
        reverse_approval(session, walk.admin, batch.batch_no, "审核有误", walk.now)


def _expire(walk: Walk) -> None:
    """As the calendar will: only what can expire does."""
    _, batch = walk.batch(*REINSTATED_TO)
    if batch.state not in REINSTATED_TO:
        raise Refused("BAT-002", status="", action="")
    owner = next(clerk for clerk in walk.clerks if clerk.account_id == batch.account_id)
    expired(BatchOf(owner, batch.batch_no, batch.id, walk.now))


def _reinstate(walk: Walk) -> None:
    _, batch = walk.batch(S.EXPIRED)
    who = walk.luck.choice((walk.admin, walk.admin, walk.reviewer))
    until = walk.now + timedelta(days=walk.luck.choice((-1, 5, 10)))
    with writing() as session:
        reinstate_batch(session, who, batch.batch_no, until, "误失效", walk.now)


def _correct(walk: Walk) -> None:
    _, batch = walk.batch(*CLAIMING)
    right = as_typed(walk.luck.choice(crowd()))
    cells = {"name": right["name"], "id_no": right["id_no"]}
    evidence = Evidence(walk.luck.choice(("笔误", "笔误", "")), [A_FILE])
    with writing() as session:  # wrong data, or a number that is another's, are no refusal but a value
        correct_person(session, walk.reviewer, walk.person_on(batch), cells, evidence, walk.now)


def _moves() -> Iterator[Move]:
    """Each action by its name in the table, as often as people do it."""
    yield from [(A.OPEN_CENTRAL, _open)] * 3
    yield from [(A.ADD_PERSON, _add)] * 8
    yield from [(A.EDIT_PERSON, _edit), (A.SET_IN_SERVICE, _set_in_service), (A.REMOVE_PEOPLE, _remove)]
    yield from [(A.PROMISE, _promise)] * 2
    yield from [(A.VALIDATE_ROSTER, _validate), (A.DELETE_BATCH, _delete)]
    yield from [(A.SUBMIT_ROSTER, _submit)] * 6
    yield from [(A.GENERATE_PREMIUM, _price)] * 3
    yield from [(A.CONFIRM_PREMIUM, _confirm)] * 4
    yield from [(to, _withdraw(to)) for to in (A.WITHDRAW_TO_ROSTER, A.WITHDRAW_TO_PROJECTS)]
    yield from [(A.CREATE_VOUCHER, _create_voucher)] * 3
    yield from [("set_receipts", _receipts)] * 4
    yield from [(A.LEAVE_VOUCHER, _change_voucher), (A.CANCEL_VOUCHER, _cancel_voucher)]
    yield from [(A.SUBMIT_VOUCHER, _submit_voucher)] * 5
    yield from [(A.APPROVE_VOUCHER, _approve)] * 2
    yield from [(A.REJECT_VOUCHER, _reject), (A.VOID_VOUCHER, _void), (A.REVERSE_APPROVAL, _reverse)]
    yield from [(EXPIRE, _expire), (CORRECT, _correct)]
    yield from [(A.REINSTATE, _reinstate)] * 2


MOVES: Sequence[Move] = tuple(_moves())
