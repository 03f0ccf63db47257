"""People who share a passport number, and what the association decides about them, for tests."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from models.actions.decide_passport import decide_passport
from models.queries.passports import Applicant
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.rules.permissions import Role
from models.rules.person import Person, Sex
from tests.people import a_passport
from tests.records import IN_THE_CENTRAL_WINDOW, BatchOf
from tests.vouchers import staff

WANG = a_passport(name="王豆")
JEAN = a_passport(name="Jean Dupont", birth=date(1980, 1, 1))
MARIE = a_passport(name="Marie Dupont", birth=date(1980, 1, 1), sex=Sex.FEMALE)
"""Three people of one number: they differ in birth, or in sex."""


def applicant(person: Person, batch: BatchOf | None = None) -> Applicant:
    """Somebody as the decision knows them."""
    batch_no = batch.batch_no if batch else ""
    return Applicant("2020", person.id_no, person.name, person.birth, person.sex, "", batch_no)


def decided(
    person: Person,
    *,
    different: bool = True,
    batch: BatchOf | None = None,
    reason: str = "核对了护照原件",
    now: datetime = IN_THE_CENTRAL_WINDOW,
) -> PassportDecision:
    """An administrator's decision, committed."""
    admin = staff(Role.ADMIN, now)
    with writing() as session:
        return decide_passport(session, admin, applicant(person, batch), different, reason, now)


def variants() -> dict[str, int]:
    """With which variant each person is claimed, by name."""
    with reading() as session:
        held = select(BatchPerson.name, Claim.variant).join(Claim, Claim.person_id == BatchPerson.id)
        return dict(session.execute(held).all())
