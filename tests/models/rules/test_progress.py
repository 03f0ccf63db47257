"""How far a unit has come: every state of a batch has its stage, in the order of the work."""

from models.rules.lifecycle import BatchState
from models.rules.progress import (
    DUE_STATES,
    NOT_CONFIRMED,
    STAGE_OF_STATE,
    STAGE_TEXTS,
    STAGES,
    UNFINISHED_STAGES,
    UnitStage,
    rank_of_state,
    stage_by_rank,
)


def test_every_batch_that_is_not_deleted_has_a_stage() -> None:
    assert set(STAGE_OF_STATE) == set(BatchState) - {BatchState.DELETED}
    assert set(STAGE_OF_STATE.values()) == set(UnitStage) - {UnitStage.NO_BATCH}


def test_an_expired_batch_is_further_than_none_and_behind_every_live_one() -> None:
    live = set(STAGE_OF_STATE) - {BatchState.EXPIRED}
    assert 0 < rank_of_state(BatchState.EXPIRED) < min(map(rank_of_state, live))


def test_ranks_and_stages_are_each_others() -> None:
    assert all(stage_by_rank(rank_of_state(state)) is stage for state, stage in STAGE_OF_STATE.items())


def test_whoever_owes_has_confirmed_and_only_enrolment_finishes() -> None:
    assert NOT_CONFIRMED.isdisjoint(STAGE_OF_STATE[state] for state in DUE_STATES)
    assert set(STAGES) - set(UNFINISHED_STAGES) == {UnitStage.ENROLLED}


def test_every_stage_has_its_word() -> None:
    assert set(STAGE_TEXTS) == set(UnitStage)
