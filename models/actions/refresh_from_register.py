"""What the social-insurance register says by now of the people on a roster: read again at every check (DOMAIN 7.7)."""

from __future__ import annotations

from sqlalchemy import exists, false, or_, select, update
from sqlalchemy.orm import Session

from models.actions.promise import promises_of_people_in_service
from models.queries.retired import is_overridden, known_as_retired
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.reference import SiPerson
from models.rules.person import EmploymentStatus


def refresh_from_register(session: Session, batch: Batch) -> int:
    """Write the register's 退休 and its two numbers to the roster; returns how many changes that made. 3 statements.

    Only towards 退休 does the register override the roster (DOMAIN 7.6), 设置在职 and promise included. Whoever it
    called 退休 and does not any more, by a new register or by decision of `admin`, becomes “-”: the handler knows
    whether they are in service.
    A changed roster has a new version, so that nothing that was found of the old one counts.
    """
    known = SiPerson.id_digest == BatchPerson.id_digest
    was_retired = BatchPerson.employment_status == EmploymentStatus.RETIRED
    in_service = exists().where(known, SiPerson.status == EmploymentStatus.IN_SERVICE)
    back = or_(is_overridden(batch.plan_year, BatchPerson.id_digest), in_service)
    changes = [
        update(BatchPerson)
        .where(~was_retired, known_as_retired(batch.plan_year))
        .values(
            employment_status=EmploymentStatus.RETIRED,
            has_si=False,
            in_service_set_at=None,
            **promises_of_people_in_service(false()),
        ),
        update(BatchPerson).where(was_retired, back).values(employment_status=EmploymentStatus.UNKNOWN, has_si=False),
        update(BatchPerson)
        .where(
            select(SiPerson.id_digest)
            .where(
                known,
                or_(
                    SiPerson.si_unit_code.is_distinct_from(BatchPerson.si_unit_code),
                    SiPerson.personal_si_no.is_distinct_from(BatchPerson.personal_si_no),
                ),
            )
            .exists()
        )
        .values(
            si_unit_code=select(SiPerson.si_unit_code).where(known).scalar_subquery(),
            personal_si_no=select(SiPerson.personal_si_no).where(known).scalar_subquery(),
        ),
    ]
    made = 0
    for change in changes:
        mine = change.where(BatchPerson.batch_id == batch.id).execution_options(synchronize_session=False)
        made += int(session.execute(mine).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
    if made:
        batch.roster_version += 1
        batch.version += 1
    return made
