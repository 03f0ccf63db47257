"""What a person's row becomes beside what the annual register and the roster already hold (DOMAIN 7.5, 7.6, 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.rules.findings import Column, Finding, Outcome
from models.rules.person import EmploymentStatus, IdType, Person, Sex, mask_id_no


@dataclass(frozen=True, slots=True)
class Holder:
    """The batch that holds a claim, and whom to call about it."""

    account_id: int
    batch_no: str
    unit: str
    handler: str
    phone: str
    plan_year: str
    enrolled_on: date


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """A claim on the same number in the same plan year, and the person it was made for."""

    holder: Holder
    name: str
    birth: date
    sex: Sex
    variant: int = 0
    permitted: Mapping[tuple[date, Sex], int] = field(default_factory=dict)
    """Who may be claimed under this number beside others, by birth and sex, each with a variant (DOMAIN 9.5)."""


@dataclass(frozen=True, slots=True)
class RosterSeen:
    """A person with the same number who is on the roster already."""

    person_id: int
    name: str
    id_type: IdType
    birth: date
    sex: Sex
    mobile: str | None
    has_si: bool
    employment_status: EmploymentStatus
    set_in_service: bool
    """The handler has confirmed that the person is in service: 设置在职."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What a person on the roster becomes by a row; nothing changes where it is invalid."""

    outcome: Outcome
    mobile: str | None
    has_si: bool
    employment_status: EmploymentStatus
    findings: list[Finding]


def claim_in_the_way(person: Person, seen: Sequence[ClaimSeen]) -> ClaimSeen | None:
    """Of the claims on a person's number the one that keeps them from being claimed; None: none does (DOMAIN 9.5).

    Of several claims on one passport number it is that of the same birth and sex, else the first; somebody who is
    permitted beside them is kept out only by one that has taken their own variant.
    """
    for claim in seen:
        if (claim.birth, claim.sex) == (person.birth, person.sex):
            return claim
    variant = seen[0].permitted.get((person.birth, person.sex)) if seen else None
    return next((claim for claim in seen if variant is None or claim.variant == variant), None)


def judge_claim(row: int, person: Person, seen: ClaimSeen, account_id: int) -> tuple[Outcome, Finding]:
    """Why a person who is claimed already is not added, and what the clerk may know of it (DOMAIN 9.3–9.5).

    The holder is named only to those who know both number and name, so that nobody looks up strangers (REG-002).
    """
    own = seen.holder.account_id == account_id
    number = mask_id_no(person.id_no)
    # Numbers of passports are unique within a country only, and nobody told us the country.
    if person.id_type is IdType.PASSPORT and (person.birth, person.sex) != (seen.birth, seen.sex):
        outcome = Outcome.INVALID if own else Outcome.OCCUPIED
        return outcome, Finding(row, Column.ID_NO, "REG-003", person.id_no, {"id": number})
    if own:
        values: dict[str, str | int] = {"name": person.name, "id": number, "batch": seen.holder.batch_no}
        values["enrolled_on"] = seen.holder.enrolled_on.isoformat()
        return Outcome.ALREADY_ENROLLED, Finding(row, Column.ID_NO, "REG-004", person.id_no, values)
    if person.name != seen.name:
        return Outcome.OCCUPIED, Finding(row, Column.ID_NO, "REG-002", person.id_no, {"id": number})
    values = {
        "name": person.name,
        "id": number,
        "unit": seen.holder.unit,
        "year": seen.holder.plan_year,
        "handler": seen.holder.handler,
        "phone": seen.holder.phone,
        "enrolled_on": seen.holder.enrolled_on.isoformat(),
    }
    return Outcome.OCCUPIED, Finding(row, Column.ID_NO, "REG-001", person.id_no, values)


def status_for(person: Person, register_status: EmploymentStatus | None) -> tuple[bool, EmploymentStatus, str | None]:
    """是否有社保 and 职退情况 of a new person, and the code of a hint (DOMAIN 7.6).

    The social-insurance register overrides the file only towards 退休; None where it does not know the person.
    """
    if register_status is EmploymentStatus.RETIRED:
        return False, EmploymentStatus.RETIRED, None
    if person.has_si:
        return True, EmploymentStatus.IN_SERVICE, None
    hint = "ROW-018" if register_status is EmploymentStatus.IN_SERVICE else None
    return False, EmploymentStatus.UNKNOWN, hint


def status_of_known(
    person: Person,
    register_status: EmploymentStatus | None,
    stored_status: EmploymentStatus,
    *,
    set_in_service: bool,
) -> tuple[bool, EmploymentStatus, str | None]:
    """The same of somebody who is on the roster with `stored_status`.

    Where the register does not know the person, one known as 退休 stays so. 否 does not undo 设置在职 (hint ROW-017).
    """
    if register_status is None and stored_status is EmploymentStatus.RETIRED:
        register_status = EmploymentStatus.RETIRED
    has_si, status, hint = status_for(person, register_status)
    if set_in_service and status is EmploymentStatus.UNKNOWN:
        return True, EmploymentStatus.IN_SERVICE, "ROW-017"
    return has_si, status, hint


def merge(row: int, person: Person, seen: RosterSeen, register_status: EmploymentStatus | None = None) -> Merge:
    """The row of somebody who is on the roster already: mobile and has_si are the file's, nothing else changes.

    What the social-insurance register has learned since counts as a change too: “-” that becomes 退休 (DOMAIN 7.6).
    Invalid with ROW-015 or ROW-009 where the person in the file is another one.
    """
    stranger = _other_person(row, person, seen)
    if stranger:
        return Merge(Outcome.INVALID, seen.mobile, seen.has_si, seen.employment_status, [stranger])
    has_si, status, hint = status_of_known(
        person, register_status, seen.employment_status, set_in_service=seen.set_in_service
    )
    findings = [hint_finding(row, hint, person)] if hint else []
    if (person.mobile, has_si, status) == (seen.mobile, seen.has_si, seen.employment_status):
        return Merge(Outcome.UNCHANGED, seen.mobile, seen.has_si, seen.employment_status, findings)
    return Merge(Outcome.UPDATED, person.mobile, has_si, status, findings)


def hint_finding(row: int, code: str, person: Person) -> Finding:
    """A hint of `status_for` as a finding on 是否有社保."""
    return Finding(row, Column.HAS_SI, code, "是" if person.has_si else "否")


def _other_person(row: int, person: Person, seen: RosterSeen) -> Finding | None:
    if person.id_type is not seen.id_type:
        return Finding(row, Column.ID_TYPE, "ROW-015", person.id_type.text, {"type": seen.id_type.text})
    if person.name != seen.name:
        return Finding(row, Column.NAME, "ROW-009", person.name)
    if person.birth != seen.birth:
        return Finding(row, Column.BIRTH, "ROW-009", person.birth.isoformat())
    if person.sex is not seen.sex:
        return Finding(row, Column.SEX, "ROW-009", person.sex.text)
    return None
