"""Single people of a roster: who stands there, what the register knows of them, what was written down about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.reference import SiPerson
from models.records.sealing import id_digest
from models.records.viewer import Viewer
from models.rules.permissions import Role
from models.rules.person import EmploymentStatus, IdType, Person
from tests.builders import a_person
from tests.records import BatchOf

SI_UNIT_CODE, PERSONAL_SI_NO = "31018801", "310100000000001"


def a_passport(**changes: Any) -> Person:
    """王豆 of the handbook, who has a passport and no social insurance, with the given fields changed."""
    person = a_person(name="王豆", id_type=IdType.PASSPORT, id_no="H801213602X", birth=date(1998, 12, 9), has_si=False)
    return a_person(**{name: getattr(person, name) for name in person.__slots__} | changes)


def stored_people(batch: BatchOf) -> list[BatchPerson]:
    """The people of a roster as they are stored, in the order in which they came."""
    with reading() as session:
        people = select(BatchPerson).where(BatchPerson.batch_id == batch.batch_id).order_by(BatchPerson.id)
        return list(session.scalars(people))


def known_to_the_register(person: Person, status: EmploymentStatus) -> None:
    """The social-insurance register knows the person with this status."""
    with writing() as session:
        session.add(
            SiPerson(
                id_digest=id_digest(person.id_no),
                name=person.name,
                personal_si_no=PERSONAL_SI_NO,
                si_unit_code=SI_UNIT_CODE,
                status=status,
                as_of=date(2020, 3, 31),
            )
        )


def audited(action: str) -> list[AuditEntry]:
    """What was written down about this action, in its order."""
    with reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def somebody_of(role: Role, batch: BatchOf) -> Viewer:
    """An account of another role, without a record of its own: who may do what is asked before anything is written."""
    return Viewer(batch.viewer.account_id, role)
