"""The demonstration: seeded once, and its sample comes out as planned."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.actions.keep_tokens import viewer_of_token
from models.actions.log_in import check_password
from models.actions.open_batch import open_batch
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.reference import HistoricalPerson, SiPerson
from models.records.validation import PledgeAcceptance
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tasks import demonstration
from tasks.demonstration import BEGINS_AT, Sample, SeededAccount, seed
from tests.builders import a_person, resident_id
from tests.claims import broken_claims
from tests.imports import an_import
from tests.records import BatchOf
from tests.refusals import refused

SAMPLE = Sample(2000)


def seeded() -> list[SeededAccount]:
    with writing() as session:
        return seed(session, SAMPLE)


def the_clerks_batch() -> BatchOf:
    with writing() as session:
        account = session.scalars(select(Account).where(Account.email == "clerk@demo.example")).one()
        viewer = Viewer(account.id, Role.HANDLER, account.email)
        batch = open_batch(session, viewer, code="0088D2", enrolment_type=EnrolmentType.CENTRAL, now=BEGINS_AT)
        return BatchOf(viewer, batch.batch_no, batch.id, BEGINS_AT)


def test_everybody_seeded_can_log_in(database: str) -> None:
    accounts = seeded()
    with reading() as session:
        roles = [check_password(session, account.email, account.password).role for account in accounts]
    assert roles == ["handler", "handler", "handler", "reviewer", "admin"]


def test_the_seeded_register_holds_a_claim_for_everybody_enrolled(database: str) -> None:
    seeded()
    assert broken_claims() == []


def test_a_second_seeding_is_refused_and_leaves_the_first_as_it_was(database: str) -> None:
    accounts = seeded()
    with refused("BAT-002", status="2020 保障年度已发布"):
        seeded()
    with reading() as session:
        assert check_password(session, accounts[0].email, accounts[0].password)
        assert session.query(Account).count() == len(accounts)


def test_a_seeding_that_fails_leaves_an_empty_database(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demonstration, "_register_insured", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        seeded()
    with reading() as session:
        counts = [session.query(table).count() for table in (Account, Batch, HistoricalPerson, SiPerson)]
    assert counts == [0, 0, 0, 0]


def test_the_sample_comes_out_as_planned(database: str) -> None:
    seeded()
    done = an_import(the_clerks_batch(), SAMPLE.content)
    assert done.upload.counts == SAMPLE.planned


def test_the_plan_names_every_outcome_that_a_first_import_can_have() -> None:
    zero = {outcome for outcome, rows in SAMPLE.planned.items() if rows == 0}
    assert zero == {"updated", "unchanged"}
    assert sum(SAMPLE.planned.values()) == SAMPLE.people


def test_the_sample_meets_every_hint_and_every_kind_of_claim(database: str) -> None:
    seeded()
    done = an_import(the_clerks_batch(), SAMPLE.content)
    codes = {code for codes in done.codes.values() for code in codes}
    assert {"REG-001", "REG-002", "REG-004", "ROW-018"} <= codes
    assert done.upload.estimate is not None
    assert done.upload.estimate["over_age_without_si"] > 0


def test_everybody_seeded_has_a_token_that_works(database: str) -> None:
    accounts = seeded()
    with reading() as session:
        callers = [viewer_of_token(session, account.token) for account in accounts]
    assert [who.email if who else None for who in callers] == [account.email for account in accounts]


def test_both_seeded_batches_are_really_submitted(database: str) -> None:
    seeded()
    with reading() as session:
        batches = session.scalars(select(Batch)).all()
        pledges = set(session.scalars(select(PledgeAcceptance.batch_id)))
    assert [batch.state for batch in batches] == [BatchState.ROSTER_SUBMITTED] * 2
    assert pledges == {batch.id for batch in batches}


def test_a_seeding_whose_batches_would_not_pass_fails(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old = a_person(birth=date(1950, 1, 1), id_no=resident_id(date(1950, 1, 1)))
    monkeypatch.setattr(Sample, "enrolled", [old])
    with pytest.raises(RuntimeError, match="VAL-002"):
        seeded()
