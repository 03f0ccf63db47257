"""A new key to look numbers up by also finds what was decided about passports that share one."""

from __future__ import annotations

import os

from sqlalchemy import select

from models.actions.rotate_lookup import redigest_everything
from models.queries.lookup_key import numbers_stored
from models.records.database import reading, writing
from models.records.passport_decision import PassportDecision
from models.records.sealing import id_digest
from tests.imports import a_rival_with
from tests.passports import JEAN, WANG, decided


def test_decisions_about_passports_have_the_new_digest_and_can_be_opened(database: str) -> None:
    a_rival_with([WANG])
    decided(JEAN)
    key = os.urandom(32)
    with reading() as session:
        assert numbers_stored(session) == 3  # on the roster, and of both people of the decision
    with writing() as session:
        redigest_everything(session, key, lambda _: None)
    with reading() as session:
        known = session.scalars(select(PassportDecision)).all()
        assert {(bytes(one.id_digest), one.id_no) for one in known} == {(id_digest(JEAN.id_no, key), JEAN.id_no)}
        assert {one.variant for one in known} == {0, 1}
