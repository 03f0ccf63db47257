from itertools import product

import pytest

from config.messages import text
from models.rules.lifecycle import (
    CLAIMING,
    ROSTER_CHANGES,
    ROSTER_EDITABLE,
    TRANSITIONS,
    WITHDRAWALS,
    BatchAction,
    BatchState,
    Until,
    permission_for,
    rows_in,
    transition,
)
from models.rules.permissions import Role
from models.rules.refusal import Refused


@pytest.mark.parametrize(("action", "number"), [(BatchAction.OPEN_CENTRAL, "T01"), (BatchAction.OPEN_INSTANT, "T02")])
def test_a_batch_begins_as_a_draft(action, number):
    row = transition(action, None)
    assert (row.number, row.to) == (number, BatchState.ROSTER_DRAFT)


@pytest.mark.parametrize("state", sorted(ROSTER_EDITABLE))
@pytest.mark.parametrize("action", ROSTER_CHANGES)
def test_any_change_of_the_roster_makes_it_a_draft(action, state):
    row = transition(action, state)
    assert (row.number, row.to, row.until) == ("T03", BatchState.ROSTER_DRAFT, Until.WINDOW_CLOSES)


@pytest.mark.parametrize("state", sorted(ROSTER_EDITABLE))
def test_submission_ends_as_its_checks_do(state):
    assert transition(BatchAction.SUBMIT_ROSTER, state, good=True).to is BatchState.ROSTER_SUBMITTED
    assert transition(BatchAction.SUBMIT_ROSTER, state, good=False).to is BatchState.ROSTER_FAILED


OWN_SENTENCE = {
    **{(action, state): "RST-010" for action in ROSTER_CHANGES for state in CLAIMING},
    **{(BatchAction.UNDO_IMPORT, state): "IMP-010" for state in CLAIMING},
    **{
        (action, state): "WDR-002"
        for action in WITHDRAWALS
        for state in (BatchState.PAYMENT_REVIEW, BatchState.PAYMENT_REJECTED)
    },
}


ALLOWED = {(row.action, state) for row in TRANSITIONS for state in row.from_states}


@pytest.mark.parametrize(
    ("action", "state"), [case for case in product(BatchAction, BatchState) if case not in ALLOWED]
)
def test_what_no_row_allows_is_refused_by_its_own_sentence_or_by_bat_002(action, state):
    with pytest.raises(Refused) as refused:
        transition(action, state)
    assert refused.value.code == OWN_SENTENCE.get((action, state), "BAT-002")


def test_a_refusal_names_state_and_action_in_the_words_of_the_page():
    with pytest.raises(Refused) as refused:
        transition(BatchAction.DELETE_BATCH, BatchState.ENROLLED)
    assert text(refused.value.code, **refused.value.values) == "批次当前状态为“参保成功”，不能进行“批次删除”。"


BY_THE_SYSTEM = {row.action for row in TRANSITIONS if row.asks is None}
BY_PEOPLE = sorted(set(BatchAction) - BY_THE_SYSTEM)


@pytest.mark.parametrize("state", BatchState)
def test_what_is_offered_in_a_state_is_what_is_allowed_in_it(state):
    offered = {row.action for role in Role for row in rows_in(state, role)}
    for action in BY_PEOPLE:
        if action in offered:
            assert transition(action, state)
        else:
            with pytest.raises(Refused):
                transition(action, state)


def test_nothing_is_offered_to_a_role_that_no_row_names():
    assert rows_in(BatchState.ROSTER_DRAFT, Role.REVIEWER) == []


def test_no_two_rows_answer_the_same_question():
    asked = [(row.action, state, row.good) for row in TRANSITIONS for state in row.from_states]
    assert len(asked) == len(set(asked))


def test_claims_are_held_in_the_five_states_after_submission():
    assert len(CLAIMING) == 5
    assert not CLAIMING & ROSTER_EDITABLE


def test_every_state_and_action_has_its_word():
    assert all(each.text for each in (*BatchState, *BatchAction))


@pytest.mark.parametrize("state", BatchState)
def test_an_action_with_good_and_bad_ends_is_offered_once(state):
    offered = [row.action for row in rows_in(state)]
    assert len(offered) == len(set(offered))


@pytest.mark.parametrize("action", BY_PEOPLE)
def test_whoever_does_something_to_a_batch_needs_one_permission_for_it_in_every_row(action):
    asked = {row.asks for row in TRANSITIONS if row.action is action}
    assert asked == {permission_for(action)}


@pytest.mark.parametrize("action", sorted(BY_THE_SYSTEM))
def test_what_the_system_does_by_itself_is_permitted_and_offered_to_nobody(action):
    with pytest.raises(Refused) as refused:
        permission_for(action)
    assert refused.value.code == "AUTH-006"
    assert not any(row.action is action for role in Role for state in BatchState for row in rows_in(state, role))


def test_the_system_does_nothing_but_let_batches_expire_as_the_four_rows_say():
    rows = [row for row in TRANSITIONS if row.asks is None]
    assert {row.number for row in rows} == {"T21", "T22", "T23", "T24"}
    assert {row.to for row in rows} == {BatchState.EXPIRED}
