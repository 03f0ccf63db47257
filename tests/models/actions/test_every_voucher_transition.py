"""Every state of a voucher x action x role, by the real actions: T14 to T20, T26 and T27, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from models.actions.decide_voucher import approve_voucher, reject_voucher, reverse_approval, void_voucher
from models.actions.draft_voucher import Typed, cancel_voucher, change_voucher, create_voucher
from models.actions.receipts import set_receipts
from models.actions.submit_voucher import submit_voucher
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.records.voucher import Voucher
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.receipt import ReceiptLine
from models.rules.refusal import Refused
from models.rules.voucher import VoucherState
from tests.every_action import set_up
from tests.imports import the_batch
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused
from tests.vouchers import (
    A_FILE,
    FORM,
    ONE_PERSON_FEN,
    PAYER,
    Paying,
    approve,
    reject,
    staff,
    submit,
    two_batches,
    with_receipts,
)
from tests.web.scene import fingerprint
from tests.web.standing import Standing, stand

A, S, V = BatchAction, BatchState, VoucherState
DUE = 3 * ONE_PERSON_FEN
RECEIPTS, CHANGE = "set_receipts", "change_voucher"
"""What is done to a voucher and moves no batch."""


@dataclass(frozen=True)
class Scene:
    """A voucher for two batches, whoever acts on it, and its unit."""

    paying: Paying
    other: BatchOf
    by: Viewer

    @property
    def numbers(self) -> list[str]:
        return [self.paying.batch.batch_no, self.other.batch_no]


def set_up_voucher(state: VoucherState) -> Scene:
    """The voucher with all that 提交审核 asks for, brought into the state by the actions themselves."""
    paying, other = two_batches()
    with_receipts(paying, [DUE])
    if state in {V.SUBMITTED, V.APPROVED, V.REJECTED, V.VOID}:
        submit(paying)
    if state is V.APPROVED:
        approve(paying)
    if state is V.REJECTED:
        reject(paying)
    if state is V.VOID:
        with writing() as session:
            void_voucher(session, paying.admin, paying.voucher_id, "重复填报", paying.now)
    return Scene(paying, other, paying.viewer)


def _cancel(scene: Scene) -> None:
    with writing() as session:
        cancel_voucher(session, scene.by, scene.paying.voucher_id, scene.paying.now)


def _submit(scene: Scene) -> None:
    with writing() as session:
        submit_voucher(session, scene.by, scene.paying.voucher_id, scene.paying.now)


def _approve(scene: Scene) -> None:
    with writing() as session:
        approve_voucher(session, scene.by, scene.paying.voucher_id, scene.paying.now)


def _reject(scene: Scene) -> None:
    with writing() as session:
        reject_voucher(session, scene.by, scene.paying.voucher_id, "图片不清晰", scene.paying.now)


def _void(scene: Scene) -> None:
    with writing() as session:
        void_voucher(session, scene.by, scene.paying.voucher_id, "重复填报", scene.paying.now)


def _reverse(scene: Scene) -> None:
    with writing() as session:
        reverse_approval(session, scene.by, scene.numbers[0], "审核有误", scene.paying.now)


def _leave(scene: Scene) -> None:
    with writing() as session:
        change_voucher(
            session, scene.by, scene.paying.voucher_id, Typed(), scene.paying.now, batch_nos=scene.numbers[:1]
        )


def _set_receipts(scene: Scene) -> None:
    with writing() as session:
        set_receipts(session, scene.by, scene.paying.voucher_id, [ReceiptLine(PAYER, DUE)], scene.paying.now)


def _change(scene: Scene) -> None:
    with writing() as session:
        change_voucher(session, scene.by, scene.paying.voucher_id, Typed(payer="别的单位"), scene.paying.now)


ACTS: Mapping[str, Callable[[Scene], None]] = {
    A.CANCEL_VOUCHER: _cancel,
    A.SUBMIT_VOUCHER: _submit,
    A.LEAVE_VOUCHER: _leave,
    A.APPROVE_VOUCHER: _approve,
    A.REJECT_VOUCHER: _reject,
    A.VOID_VOUCHER: _void,
    A.REVERSE_APPROVAL: _reverse,
    RECEIPTS: _set_receipts,
    CHANGE: _change,
}
WHO: Mapping[str, frozenset[Role]] = {
    **dict.fromkeys((A.CANCEL_VOUCHER, A.SUBMIT_VOUCHER, A.LEAVE_VOUCHER, RECEIPTS, CHANGE), frozenset({Role.HANDLER})),
    **dict.fromkeys((A.APPROVE_VOUCHER, A.REJECT_VOUCHER), frozenset({Role.REVIEWER, Role.ADMIN})),
    **dict.fromkeys((A.VOID_VOUCHER, A.REVERSE_APPROVAL), frozenset({Role.ADMIN})),
}
"""DOMAIN 2, once more by hand."""
WAITING, REVIEWED = S.AWAITING_PAYMENT, S.PAYMENT_REVIEW
ENDS: Mapping[VoucherState, Mapping[str, tuple[VoucherState | None, BatchState, BatchState]]] = {
    V.DRAFT: {
        A.CANCEL_VOUCHER: (None, WAITING, WAITING),
        A.SUBMIT_VOUCHER: (V.SUBMITTED, REVIEWED, REVIEWED),
        A.LEAVE_VOUCHER: (V.DRAFT, WAITING, WAITING),
        RECEIPTS: (V.DRAFT, WAITING, WAITING),
        CHANGE: (V.DRAFT, WAITING, WAITING),
    },
    V.SUBMITTED: {
        A.APPROVE_VOUCHER: (V.APPROVED, S.ENROLLED, S.ENROLLED),
        A.REJECT_VOUCHER: (V.REJECTED, S.PAYMENT_REJECTED, S.PAYMENT_REJECTED),
        A.VOID_VOUCHER: (V.VOID, WAITING, WAITING),
    },
    V.REJECTED: {
        A.SUBMIT_VOUCHER: (V.SUBMITTED, REVIEWED, REVIEWED),
        A.LEAVE_VOUCHER: (V.REJECTED, S.PAYMENT_REJECTED, WAITING),
        A.VOID_VOUCHER: (V.VOID, WAITING, WAITING),
        RECEIPTS: (V.REJECTED, S.PAYMENT_REJECTED, S.PAYMENT_REJECTED),
        CHANGE: (V.REJECTED, S.PAYMENT_REJECTED, S.PAYMENT_REJECTED),
    },
    V.APPROVED: {A.REVERSE_APPROVAL: (V.SUBMITTED, REVIEWED, REVIEWED)},
    V.VOID: {},
}
"""Where an action leads voucher, first and second batch; what is not here is refused."""
CASES = list(product(VoucherState, ACTS, Role))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Mapping[VoucherState, Standing]:
    """The scene in each state, made once; tests take copies."""
    made = {}
    for state in VoucherState:
        folder = tmp_path_factory.mktemp(state.value)
        shutil.copy(migrated_sqlite, folder / "canbao.db")
        made[state] = stand(folder, lambda state=state: set_up_voucher(state))  # type: ignore[misc]  # bound at once
    return made


def taken(scenes: Mapping[VoucherState, Standing], state: VoucherState, folder: Path, role: Role) -> Scene:
    """The scene in a state in the test's own database, with an account of the role before it."""
    scenes[state].copied_to(folder)
    scene: Scene = scenes[state].holds
    if role is Role.HANDLER:
        return scene
    return replace(scene, by=staff(role, scene.paying.now))


def found_in(scene: Scene) -> tuple[VoucherState | None, BatchState, BatchState]:
    with reading() as session:
        voucher = session.get(Voucher, scene.paying.voucher_id)
        states = [session.scalars(select(Batch.state).where(Batch.batch_no == no)).one() for no in scene.numbers]
    return (V(voucher.state) if voucher else None, S(states[0]), S(states[1]))


@pytest.mark.parametrize(("state", "action", "role"), CASES)
def test_exactly_the_permitted_is_done_and_leads_where_the_table_says(  # noqa: PLR0917 - the three dimensions
    sqlite: None,
    tmp_path: Path,
    scenes: Mapping[VoucherState, Standing],
    state: VoucherState,
    action: str,
    role: Role,
) -> None:
    scene = taken(scenes, state, tmp_path, role)
    ends = ENDS[state].get(action)
    if role in WHO[action] and ends is not None:
        ACTS[action](scene)
        assert found_in(scene) == ends
        return
    before = fingerprint()
    with pytest.raises(Refused) as refusal:
        ACTS[action](scene)
    assert fingerprint() == before
    if role not in WHO[action]:
        assert refusal.value.code == "AUTH-006"


@pytest.mark.parametrize("state", VoucherState)
def test_another_account_finds_no_such_voucher(
    sqlite: None, tmp_path: Path, scenes: Mapping[VoucherState, Standing], state: VoucherState
) -> None:
    scene = taken(scenes, state, tmp_path, Role.HANDLER)
    scene = replace(scene, by=a_batch_to_fill("3019BJ").viewer)
    before = fingerprint()
    for action in [action for action in ACTS if WHO[action] == {Role.HANDLER}]:
        with refused("BAT-005"):
            ACTS[action](scene)
    assert fingerprint() == before


@pytest.mark.parametrize("state", [state for state in BatchState if state is not S.DELETED])
def test_a_voucher_is_begun_for_a_batch_that_waits_for_payment_and_no_other(sqlite: None, state: BatchState) -> None:
    batch = set_up(state).batch
    before = fingerprint()

    def begin() -> None:
        with writing() as session:
            create_voucher(session, batch.viewer, FORM, [batch.batch_no], [A_FILE], batch.now)

    if state in {S.AWAITING_PAYMENT, S.PAYMENT_REJECTED}:  # put into the latter without a voucher, it may have one
        begin()
        assert the_batch(batch).state == state
        return
    with refused("BAT-006" if state is S.EXPIRED else "PAY-005"):
        begin()
    assert fingerprint() == before
