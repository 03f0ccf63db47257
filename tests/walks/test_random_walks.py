"""Thousands of random actions, permitted and forbidden, over several accounts and batches, and what is always true."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.queries.batches import find_batch
from models.records.batch import Batch
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tests.conftest import SEED
from tests.walks.moves import MOVES
from tests.walks.walker import Walk, WalkedIntoAnError

STEPS = 250
WALKS = [*(("sqlite", number) for number in range(7)), pytest.param("postgresql", 7, marks=pytest.mark.postgresql)]
"""The rules are the same on both; a walk on the server is there for what it stores."""
LONGEST = 2000
"""By when a planted error is found; it takes a few hundred actions at most."""


def nothing(*_: object, **__: object) -> None:
    """What a forgotten line does."""


@pytest.mark.parametrize(("database", "number"), WALKS, indirect=["database"])
def test_whatever_people_do_all_is_as_it_must_be(database: str, number: int) -> None:
    walk = Walk(random.Random(f"{SEED} {number}"), f"CANBAO_TEST_SEED={SEED}, walk {number}").begin()
    walk.walk(MOVES, STEPS)
    assert sum(walk.done.values()) > STEPS / 8
    assert sum(walk.refused.values()) > STEPS / 8
    assert len(walk.done) >= 10, "a walk that comes nowhere says nothing"


def without(target: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A function that is forgotten where it is called."""
    return lambda patch: patch.setattr(target, nothing)


def one_fen_more(patch: pytest.MonkeyPatch) -> None:
    from models.actions import price_batch

    charge = price_batch._charge_everybody

    def too_much(session: Session, batch: Any, preview: Any) -> None:
        charge(session, batch, preview)
        preview.total_fen += 1

    patch.setattr(price_batch, "_charge_everybody", too_much)


def whatever_the_state(patch: pytest.MonkeyPatch) -> None:
    """新增人员 also on a submitted roster."""
    from models.actions import add_person as module

    def found(session: Session, viewer: Viewer, batch_no: str, *_: object) -> Batch:
        return find_batch(session, viewer, batch_no, Action.WORK_ON_BATCH)

    patch.setattr(module, "batch_to_change", found)
    patch.setattr(module, "mark_roster_changed", nothing)


def written_and_refused(patch: pytest.MonkeyPatch) -> None:
    """An action that has already committed when it says no."""

    def commit_and_refuse(session: Session, *_: object, **__: object) -> None:
        session.commit()
        raise Refused("BAT-002", status="", action="")

    patch.setattr("models.actions.withdraw_batch.record_act", commit_and_refuse)


def another_way(patch: pytest.MonkeyPatch) -> None:
    """A rejected voucher's batches go where approved ones go, and the voucher with them."""
    from models.actions import decide_voucher

    move = decide_voucher.move

    def wrong(batches: Any, action: BatchAction, now: Any) -> None:
        move(batches, BatchAction.VOID_VOUCHER if action is BatchAction.REJECT_VOUCHER else action, now)

    patch.setattr(decide_voucher, "move", wrong)


def covered_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Whoever puts a roster in order again stays covered."""
    from models.actions import withdraw_batch as module

    back = module._back_to_the_roster

    def and_keep(session: Session, batch: Any, now: Any) -> None:
        start = batch.coverage_start
        back(session, batch, now)
        batch.coverage_start = start

    patch.setattr(module, "_back_to_the_roster", and_keep)


def forgetful_log(patch: pytest.MonkeyPatch) -> None:
    """The log loses its oldest entry with each new one."""
    from models.actions import open_batch as module
    from models.records.audit import AuditEntry

    record = module.record_act

    def forget(session: Session, *what: Any, **details: Any) -> None:
        record(session, *what, **details)
        oldest = session.query(AuditEntry).order_by(AuditEntry.id).first()
        session.delete(oldest)

    patch.setattr(module, "record_act", forget)


PLANTED = {
    "claims: ": without("models.actions.withdraw_batch.release_everybody"),
    "sums: ": one_fen_more,
    "locks: ": whatever_the_state,
    "audit: withdraw_to": without("models.actions.withdraw_batch.record_act"),
    "changed what was written down": forgetful_log,
    "refused: ": written_and_refused,
    "vouchers: ": without("models.actions.decide_voucher.move"),
    "receipts: ": without("models.actions.submit_voucher.refuse_incomplete"),
    "table: ": another_way,
    "dates: ": covered_for_ever,
}
"""What is said of each kind of error, and how it is planted."""


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_error_of_each_kind_is_found(sqlite: None, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    walk = Walk(random.Random(what), "planted").begin()
    PLANTED[what](monkeypatch)
    with pytest.raises(WalkedIntoAnError, match=what):
        walk.walk(MOVES, LONGEST)
