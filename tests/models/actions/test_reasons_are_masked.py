"""Whoever types a certificate number into a reason has it masked, whatever the reason is for (DOMAIN 2)."""

from __future__ import annotations

import inspect
import json
import pkgutil
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib import import_module
from typing import Any

import pytest

import models.actions
from config.clock import SHANGHAI
from config.settings import settings
from models.actions.decide_application import reject_application
from models.actions.decide_voucher import reverse_approval, void_voucher
from models.actions.exceptions import grant, refuse
from models.actions.exchange_names import refuse_rename
from models.actions.move_deadline import move_deadlines
from models.actions.override_retired import override_retired
from models.actions.propose_passport import propose_passport
from models.actions.receipts import correct_receipts
from models.actions.reinstate_batch import ClaimedElsewhere
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.notice import Notice
from models.records.viewer import Viewer
from models.rules.exceptions import ExceptionKind
from models.rules.moved_deadline import MovableDate
from models.rules.permissions import Role
from models.rules.receipt import ReceiptLine
from tests import renames
from tests.applications import applied
from tests.builders import a_person, resident_id
from tests.exceptions import granted, proposed
from tests.expired import expired, reinstated
from tests.imports import a_rival_with, submitted
from tests.passports import JEAN, WANG, applicant, decided
from tests.person_corrections import ID_CARD, Evidence, correct, one_person
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.stages import withdraw
from tests.vouchers import ONE_PERSON_FEN, Paying, a_paying_unit, approve, reject, staff, submit

NUMBER = "110101199003079091"
REASON, STORED = f"见{NUMBER}的来函", "见1101*****9091的来函"
UNTIL = datetime(2020, 5, 20, 17, 0, tzinfo=SHANGHAI)
CHANNEL, EXEMPT = ExceptionKind.SPECIAL_CHANNEL, {"plan_year": "2020", "ratio_exempt": "1"}

NO_ACTIONS = {
    "required_reason": "what the actions read their reasons with",
    "tell_exception": "it is given a reason that was read",
}
"""Functions of `models.actions` that have a `reason`, too, and why they are not tried."""


def by(role: Role, act: Callable[..., Any], *asked: Any, **more: Any) -> None:
    """Somebody of this role does it, committed."""
    who: Viewer = staff(role, NOW)
    with writing() as session:
        act(session, who, *asked, **more)


def a_batch(people: int = 1) -> BatchOf:
    batch = a_batch_to_fill()
    people_on(batch, [a_person(id_no=resident_id(sequence=number)) for number in range(people)])
    return batch


def an_exception() -> int:
    a_batch_to_fill()
    return proposed(NOW, CHANNEL, **EXEMPT)


def a_collision() -> BatchOf:
    a_rival_with([WANG])
    return a_batch_to_fill("0088D7")


def under_review(*, enrolled: bool = False) -> Paying:
    paying = a_paying_unit()
    submit(paying)
    if enrolled:
        approve(paying)
    return paying


def reinstate_in_vain() -> None:
    batch = expired(submitted(a_batch()))
    a_rival_with([a_person(id_no=resident_id(sequence=0))])
    with pytest.raises(ClaimedElsewhere):
        reinstated(batch, UNTIL, REASON)


def do_correct_receipts() -> None:
    lines = [ReceiptLine("上海豆豆集团", 2 * ONE_PERSON_FEN)]
    by(Role.REVIEWER, correct_receipts, under_review().voucher_id, lines, REASON, NOW)


def do_refuse_rename() -> None:
    a_batch_to_fill(renames.CODE)
    change = renames.registered(renames.staff(Role.SERVICE_DESK))
    by(Role.ADMIN, refuse_rename, change, REASON, NOW)


def do_correct_person() -> None:
    batch, person = one_person()
    correct(batch, person.id, {"name": "王豆芽"}, Evidence(REASON, [ID_CARD]))


def do_override_retired() -> None:
    a_batch_to_fill()
    by(Role.ADMIN, override_retired, "2020", "resident_id", resident_id(), REASON, NOW)


def do_move_deadlines() -> None:
    a_paying_unit()
    by(Role.ADMIN, move_deadlines, "2020", {MovableDate.CENTRAL_PAYMENT_CLOSE_ON: date(2020, 6, 5)}, REASON, NOW)


def do_propose_passport() -> None:
    a_collision()
    by(Role.REVIEWER, propose_passport, applicant(JEAN), True, REASON, NOW)


def do_grant_directly() -> None:
    a_batch_to_fill()
    granted(NOW, CHANNEL, REASON, **EXEMPT)


def do_propose() -> None:
    a_batch_to_fill()
    proposed(NOW, CHANNEL, REASON, **EXEMPT)


ACTS: Mapping[str, Callable[[], object]] = {
    "correct_person": do_correct_person,
    "correct_receipts": do_correct_receipts,
    "decide_passport": lambda: decided(JEAN, batch=a_collision(), reason=REASON),
    "grant": lambda: by(Role.ADMIN, grant, an_exception(), NOW, reason=REASON),
    "grant_directly": do_grant_directly,
    "move_deadlines": do_move_deadlines,
    "override_retired": do_override_retired,
    "propose": do_propose,
    "propose_passport": do_propose_passport,
    "refuse": lambda: by(Role.ADMIN, refuse, an_exception(), REASON, NOW),
    "refuse_rename": do_refuse_rename,
    "reinstate_batch": lambda: reinstated(expired(a_batch_to_fill()), UNTIL, REASON),
    "reinstate_batch, in vain": reinstate_in_vain,
    "reject_application": lambda: by(
        Role.REVIEWER, reject_application, applied(a_batch_to_fill().viewer, NOW), REASON, NOW
    ),
    "reject_voucher": lambda: reject(under_review(), REASON),
    "reverse_approval": lambda: by(
        Role.ADMIN, reverse_approval, under_review(enrolled=True).batch.batch_no, REASON, NOW
    ),
    "void_voucher": lambda: by(Role.ADMIN, void_voucher, under_review().voucher_id, REASON, NOW),
    "withdraw_batch": lambda: withdraw(submitted(a_batch()), reason=REASON),
}
"""Every action with a reason -> how it is done with `REASON`."""


def with_a_reason() -> set[str]:
    """The functions of `models.actions` that have one."""
    found = set()
    for module in (
        import_module(f"models.actions.{one.name}") for one in pkgutil.iter_modules(models.actions.__path__)
    ):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_its_own = function.__module__ == module.__name__ and not name.startswith("_")
            if is_its_own and "reason" in inspect.signature(function).parameters:
                found.add(name)
    return found


def test_every_action_with_a_reason_is_tried_here() -> None:
    tried = {name.partition(",")[0] for name in ACTS}
    assert with_a_reason() | {"correct_person"} == tried | set(NO_ACTIONS)


@pytest.mark.parametrize("name", ACTS)
def test_a_number_in_the_reason_is_masked_wherever_it_is_kept(sqlite: None, name: str) -> None:
    ACTS[name]()
    with reading() as session:
        kept = [entry.details for entry in session.query(AuditEntry)]
        kept += [notice.values for notice in session.query(Notice)]
    written = json.dumps(kept, ensure_ascii=False)
    assert STORED in written
    assert NUMBER not in written
    with sqlite3.connect(settings().var / "canbao.db") as database:
        assert not [line for line in database.iterdump() if NUMBER in line]
