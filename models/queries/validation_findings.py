"""Everything that the last check of a roster found, for programs: they take it in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.sealing import unseal_id_no
from models.records.validation import ValidationFinding, ValidationReport
from models.rules.person import mask_id_no
from models.rules.validation import Check, CheckFinding


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of a report; of somebody who is still on the roster the masked number is told as well."""

    finding: CheckFinding
    id_no: str | None

    @property
    def name(self) -> str | None:
        """Whom it is about, as the check met them."""
        return str(self.finding.values["name"]) if self.finding.person_id is not None else None


def last_report(session: Session, batch: Batch) -> ValidationReport | None:
    """What the last 清册校验 or 清册提交 of the batch came to; one statement. None: there was none since the last
    withdrawal.
    """
    return session.get(ValidationReport, batch.id, populate_existing=True)


def everything_found(session: Session, batch: Batch) -> Iterator[Found]:
    """Every finding of the last report, in the order of the checks and of the roster; one statement."""
    of_person = and_(BatchPerson.id == ValidationFinding.person_id, BatchPerson.batch_id == ValidationFinding.batch_id)
    columns = (ValidationFinding.check, ValidationFinding.code, ValidationFinding.person_id, ValidationFinding.values)
    wanted = (
        select(*columns, BatchPerson.id_sealed, BatchPerson.id_digest)
        .select_from(ValidationFinding)
        .join(BatchPerson, of_person, isouter=True)
        .where(ValidationFinding.batch_id == batch.id)
        .order_by(ValidationFinding.id)
    )
    for check, code, person_id, values, sealed, digest in session.execute(wanted):
        # Of somebody who was removed since, only what the finding itself says.
        number = mask_id_no(unseal_id_no(sealed, digest)) if sealed is not None else values.get("id")
        yield Found(CheckFinding(Check(check), code, person_id, values), number)
