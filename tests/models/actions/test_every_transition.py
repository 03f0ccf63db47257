"""Every state x action x role, by the real actions: what the table of DOMAIN 10 says, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from models.records.viewer import Viewer
from models.rules.expiry import EXPIRIES
from models.rules.lifecycle import CLAIMING, ROSTER_CHANGES, WITHDRAWALS, BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.refusal import Refused
from tests.claims import broken_claims
from tests.every_action import ACTS, Scene, promise_for, set_up
from tests.imports import the_batch
from tests.records import a_batch_to_fill
from tests.refusals import refused
from tests.web.scene import fingerprint
from tests.web.standing import Standing, stand

NOT_HERE = {
    BatchAction.OPEN_CENTRAL: "there is no batch yet",
    BatchAction.OPEN_INSTANT: "there is no batch yet",
    **dict.fromkeys(
        (
            BatchAction.CREATE_VOUCHER,
            BatchAction.CANCEL_VOUCHER,
            BatchAction.SUBMIT_VOUCHER,
            BatchAction.APPROVE_VOUCHER,
            BatchAction.REJECT_VOUCHER,
            BatchAction.VOID_VOUCHER,
            BatchAction.LEAVE_VOUCHER,
            BatchAction.REVERSE_APPROVAL,
        ),
        "an action on a voucher: test_every_voucher_transition.py",
    ),
    BatchAction.REINSTATE: "an administrator's; see test_reinstate_batch.py",
    **dict.fromkeys(EXPIRIES, "the calendar's; see calendar/test_expire_batch.py"),
}

A, S = BatchAction, BatchState
WITH_A_DRAFT = {
    **dict.fromkeys(ROSTER_CHANGES, S.ROSTER_DRAFT),
    A.VALIDATE_ROSTER: S.ROSTER_DRAFT,
    A.SUBMIT_ROSTER: S.ROSTER_SUBMITTED,
    A.DELETE_BATCH: S.DELETED,
}
ENDS: Mapping[BatchState, Mapping[BatchAction, BatchState]] = {
    S.ROSTER_DRAFT: {**WITH_A_DRAFT, A.PROMISE: S.ROSTER_DRAFT},
    S.ROSTER_FAILED: {**WITH_A_DRAFT, A.PROMISE: S.ROSTER_FAILED},
    S.ROSTER_SUBMITTED: {
        A.GENERATE_PREMIUM: S.ROSTER_SUBMITTED,
        A.CONFIRM_PREMIUM: S.AWAITING_PAYMENT,
        A.WITHDRAW_TO_ROSTER: S.ROSTER_DRAFT,
    },
    S.AWAITING_PAYMENT: {A.WITHDRAW_TO_ROSTER: S.ROSTER_DRAFT, A.WITHDRAW_TO_PROJECTS: S.ROSTER_SUBMITTED},
}
"""Where a handler's action leads to while all is well; what is not here is refused."""

SOMEWHERE = [(state, action) for state, ends in ENDS.items() for action in ends]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Mapping[BatchState, Standing]:
    """The scene in each state, made once; tests take copies."""
    made = {}
    for state in BatchState:
        folder = tmp_path_factory.mktemp(state.value)
        shutil.copy(migrated_sqlite, folder / "canbao.db")
        made[state] = stand(folder, lambda state=state: set_up(state))  # type: ignore[misc]  # bound at once
    return made


@pytest.fixture
def scene_in(sqlite: None, tmp_path: Path, scenes: Mapping[BatchState, Standing]) -> Callable[[BatchState], Scene]:
    """The scene in a state, in the test's own database."""

    def take(state: BatchState) -> Scene:
        scenes[state].copied_to(tmp_path)
        holds: Scene = scenes[state].holds
        return holds

    return take


SceneIn = Callable[[BatchState], Scene]


def refusal_of(action: BatchAction, state: BatchState) -> str:
    """The code with which a state refuses (DOMAIN 10, 7.8, 7.5)."""
    if state is S.DELETED:
        return "BAT-005"
    if state is S.EXPIRED:
        return "BAT-006"
    if state in CLAIMING and action in ROSTER_CHANGES:
        return "IMP-010" if action is A.UNDO_IMPORT else "RST-010"
    if state in {S.PAYMENT_REVIEW, S.PAYMENT_REJECTED} and action in WITHDRAWALS:
        return "WDR-002"
    return "BAT-002"


def test_every_action_is_tried_here_or_says_why_not() -> None:
    assert set(ACTS) | set(NOT_HERE) == set(BatchAction)
    assert not set(ACTS) & set(NOT_HERE)


@pytest.mark.parametrize(("state", "action"), SOMEWHERE)
def test_what_the_table_allows_is_done_and_leads_where_it_says(
    scene_in: SceneIn, state: BatchState, action: BatchAction
) -> None:
    scene = scene_in(state)
    before = the_batch(scene.batch)
    assert before.state == state
    ACTS[action](scene)
    after = the_batch(scene.batch)
    assert after.state == ENDS[state][action]
    assert after.version > before.version or action is A.GENERATE_PREMIUM


@pytest.mark.parametrize(
    ("state", "action"), [case for case in product(BatchState, ACTS) if case not in set(SOMEWHERE)]
)
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(
    scene_in: SceneIn, state: BatchState, action: BatchAction
) -> None:
    scene = scene_in(state)
    before = fingerprint()
    with refused(refusal_of(action, state)):
        ACTS[action](scene)
    assert fingerprint() == before


@pytest.mark.parametrize("state", [S.ROSTER_DRAFT, S.ROSTER_FAILED])
@pytest.mark.parametrize("action", [A.VALIDATE_ROSTER, A.SUBMIT_ROSTER])
def test_a_check_that_ends_badly_leaves_a_failed_roster(
    scene_in: SceneIn, state: BatchState, action: BatchAction
) -> None:
    scene = scene_in(state)
    promise_for(scene, promised=False)
    ACTS[action](scene)
    assert the_batch(scene.batch).state == S.ROSTER_FAILED


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HANDLER}))
@pytest.mark.parametrize("state", ENDS)
def test_no_other_role_does_anything_with_a_roster_or_its_premium(
    scene_in: SceneIn, state: BatchState, role: Role
) -> None:
    scene = scene_in(state)
    nothing_is_done(scene, replace(scene.batch.viewer, role=role), "AUTH-006")


@pytest.mark.parametrize("state", BatchState)
def test_no_other_account_does_anything_with_it(scene_in: SceneIn, state: BatchState) -> None:
    nothing_is_done(scene_in(state), a_batch_to_fill("3019BJ").viewer, "BAT-005")


def nothing_is_done(scene: Scene, viewer: Viewer, code: str) -> None:
    """Whatever this viewer tries is refused with the code and changes nothing."""
    by_viewer = replace(scene, batch=replace(scene.batch, viewer=viewer))
    before = fingerprint()
    for action, act in ACTS.items():
        with refused(code):
            act(by_viewer)
        assert fingerprint() == before, action


def test_after_every_attempt_somebody_is_claimed_exactly_while_the_state_says_so(scene_in: SceneIn) -> None:
    """The invariant of DOMAIN 9.2, whatever was tried."""
    for state in set(BatchState) - {S.DELETED}:
        for action in ACTS:
            scene = scene_in(state)
            with suppress(Refused):
                ACTS[action](scene)
            assert broken_claims() == [], (state, action)
