"""People who are submitted and so can be corrected, and corrections of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.actions.correct_person import Corrected, Evidence, correct_person
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.person_correction import PersonCorrection, PersonCorrectionFile
from models.records.viewer import Viewer
from models.rules.attachment import Attachment, FileKind
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from models.rules.person import Person
from tests.builders import a_person
from tests.imports import a_rival_with
from tests.people import stored_people
from tests.records import BatchOf
from tests.vouchers import a_photo, staff

REASON = "单位来函，姓名有误"
ID_CARD = Attachment("身份证复印件.jpg", FileKind.JPEG, a_photo())
LETTER = Attachment("单位说明.pdf", FileKind.PDF, b"%PDF-1.4 %%EOF")
EVIDENCE = Evidence(REASON, [ID_CARD])


def submitted_with(people: Sequence[Person], code: str = "0088D2") -> BatchOf:
    """A batch of these people, 清册校验通过."""
    return a_rival_with(people, code)


def one_person() -> tuple[BatchOf, BatchPerson]:
    """王豆豆 of the handbook, submitted alone."""
    batch = submitted_with([a_person()])
    return batch, stored_people(batch)[0]


def correct(
    batch: BatchOf, person_id: int, cells: Mapping[str, str], evidence: Evidence = EVIDENCE, **more: Any
) -> Corrected | FormRefused:
    """A reviewer corrects somebody, committed."""
    reviewer = more.pop("viewer", None) or staff(Role.REVIEWER, batch.now)
    with writing() as session:
        return correct_person(session, reviewer, person_id, cells, evidence, batch.now, **more)


def codes_of(no: FormRefused) -> dict[str, str]:
    """Field -> code."""
    return {name: problem.code for name, problem in no.problems.items()}


def claims_on(digest: bytes) -> list[int]:
    """The people who hold a claim on this number."""
    with reading() as session:
        return list(session.scalars(select(Claim.person_id).where(Claim.id_digest == digest)))


def corrections_stored() -> list[PersonCorrection]:
    """Every correction with the names of its files."""
    with reading() as session:
        found = list(session.scalars(select(PersonCorrection).order_by(PersonCorrection.number)))
        assert all(one.files is not None for one in found)
        return found


def a_correction_of(person_id: int, viewer: Viewer, now: datetime) -> None:
    """A correction that stands in the records, whatever the batch's state."""
    correction = PersonCorrection(person_id=person_id, number=1, at=now, account_id=viewer.account_id, reason=REASON)
    correction.set_changes({"before": {"name": "王斗"}, "after": {"name": "王豆"}})
    correction.files = [PersonCorrectionFile.of(person_id, 1, LETTER)]
    with writing() as session:
        session.add(correction)
