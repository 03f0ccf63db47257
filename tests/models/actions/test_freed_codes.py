"""批次删除 and its code: a binding by the first batch ends with the account's last one (DOMAIN 12.3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from models.actions.delete_batch import delete_batch
from models.actions.keep_accounts import add_unit
from models.actions.open_batch import open_batch
from models.queries.deletion import Erased
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from tests.records import (
    IN_THE_CENTRAL_WINDOW,
    IN_THE_INSTANT_WINDOW,
    BatchOf,
    a_batch_to_fill,
    a_clerk,
    open_window,
)
from tests.refusals import refused
from tests.stages import put_into

A_FREE_CODE = "0099E9"


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch under a code that nobody had used before."""
    with writing() as session:
        open_window(session)
        clerk = a_clerk(session)
        add_unit(session, "上海豆荚食品有限公司", A_FREE_CODE, None, IN_THE_CENTRAL_WINDOW)
    return opened(clerk)


def opened(clerk: Viewer, kind: EnrolmentType = EnrolmentType.CENTRAL) -> BatchOf:
    now = IN_THE_CENTRAL_WINDOW if kind is EnrolmentType.CENTRAL else IN_THE_INSTANT_WINDOW
    with writing() as session:
        batch = open_batch(session, clerk, code=A_FREE_CODE, enrolment_type=kind, now=now)
        return BatchOf(clerk, batch.batch_no, batch.id, now)


def the_code() -> EnrolmentCode:
    with reading() as session:
        return session.scalars(select(EnrolmentCode).where(EnrolmentCode.code == A_FREE_CODE)).one()


def delete(batch: BatchOf) -> Erased:
    with writing() as session:
        return delete_batch(session, batch.viewer, batch.batch_no, batch.now)


def test_a_mistyped_code_is_free_for_its_right_account_again(batch: BatchOf) -> None:
    right = a_batch_to_fill("3019BJ").viewer
    with refused("COD-002"):
        opened(right)
    assert delete(batch).frees_code
    assert (the_code().account_id, the_code().bound_by) == (None, None)
    assert opened(right).batch_no == "SZSH202004200003"
    assert the_code().account_id == right.account_id


def test_a_code_stays_bound_while_another_batch_stands_under_it(batch: BatchOf) -> None:
    other = opened(batch.viewer, EnrolmentType.INSTANT)
    assert not delete(batch).frees_code
    assert the_code().account_id == batch.viewer.account_id
    assert delete(other).frees_code
    assert the_code().account_id is None


def test_an_expired_batch_is_one_that_stands_under_its_code(batch: BatchOf) -> None:
    put_into(opened(batch.viewer, EnrolmentType.INSTANT), BatchState.EXPIRED)
    assert not delete(batch).frees_code


def test_what_another_account_has_kept_under_it_binds_nobody(batch: BatchOf) -> None:
    right = a_batch_to_fill("3019BJ").viewer
    with writing() as session:
        session.execute(update(Batch).values(account_id=right.account_id, state=BatchState.EXPIRED))
    assert delete(opened(batch.viewer)).frees_code
    assert the_code().account_id is None


def test_a_code_that_was_approved_for_the_account_stays_its_own(batch: BatchOf) -> None:
    with writing() as session:
        session.execute(update(EnrolmentCode).values(bound_by="application"))
    assert not delete(batch).frees_code
    assert the_code().account_id == batch.viewer.account_id


def test_a_batch_opened_while_the_last_one_goes_is_not_left_without_its_code(batch: BatchOf) -> None:
    with ThreadPoolExecutor(1) as threads:
        with writing() as session:
            delete_batch(session, batch.viewer, batch.batch_no, batch.now)
            session.flush()
            opening = threads.submit(opened, batch.viewer)
            with pytest.raises(TimeoutError):
                opening.result(timeout=0.5)  # it waits for the code
        opening.result(timeout=20)
    assert the_code().account_id == batch.viewer.account_id


def test_a_batch_that_is_just_being_opened_keeps_its_code(batch: BatchOf) -> None:
    with ThreadPoolExecutor(1) as threads:
        with writing() as session:
            instant = {"code": A_FREE_CODE, "enrolment_type": EnrolmentType.INSTANT, "now": IN_THE_INSTANT_WINDOW}
            open_batch(session, batch.viewer, **instant)  # type: ignore[arg-type]  # named and typed as it asks
            session.flush()
            deleting = threads.submit(delete, batch)
            with pytest.raises(TimeoutError):
                deleting.result(timeout=0.5)
        assert not deleting.result(timeout=20).frees_code
    with reading() as session:
        assert session.query(Batch).filter_by(state="roster_draft").count() == 1
    assert the_code().account_id == batch.viewer.account_id
