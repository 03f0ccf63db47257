"""Rosters of years before the program, for tests."""

from __future__ import annotations

from models.records.database import writing
from models.records.reference import HistoricalPerson
from models.records.sealing import id_digest, seal_id_no
from models.rules.person import Person


def on_an_earlier_roster(*people: Person, code: str = "0088D2", year: str = "2019") -> None:
    """They stand on the code's roster of that year."""
    with writing() as session:
        for person in people:
            digest = id_digest(person.id_no)
            session.add(
                HistoricalPerson(
                    enrolment_code=code,
                    plan_year=year,
                    name=person.name,
                    id_type=person.id_type,
                    id_digest=digest,
                    id_sealed=seal_id_no(person.id_no, digest),
                    birth=person.birth,
                    sex=person.sex,
                    mobile=person.mobile,
                    has_si=person.has_si,
                )
            )
