"""The demonstration's people: three units with accounts, staff, a register that holds some of the sample's people.

Everybody is fictitious. The seed is fixed, so that the sample's seven counts are known beforehand.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from sqlalchemy import insert
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.check_roster import submit_at_once
from models.actions.keep_accounts import add_account, add_unit
from models.actions.keep_plans import load_plan, publish_plan
from models.actions.keep_tokens import add_token
from models.actions.move_clock import move_clock
from models.actions.open_batch import open_batch
from models.records.account import Account
from models.records.person import put_on_roster, roster_entry
from models.records.reference import HistoricalPerson, SiPerson, SiUnit
from models.records.sealing import id_digest, seal_id_no
from models.records.viewer import Viewer
from models.rules.eligibility import over_age
from models.rules.findings import Outcome
from models.rules.permissions import Role
from models.rules.person import EmploymentStatus, Person
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import quote
from models.rules.register import status_for
from models.rules.roster import check_row, mark_duplicates
from tasks.sample_people import fictitious_people, fictitious_person
from tasks.sample_roster import Answers, sample_workbook
from tasks.workbook.reader import read_roster

BEGINS_AT = datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI)
"""Where the demonstration's clock starts: in the open central window."""

PLAN_YEAR = "2020"
SAMPLE_SEED, OTHERS_SEED, LAST_YEARS_SEED = 2020, 2021, 2019
SAMPLE_FILE_NAME = "清册_样例.xlsx"
OCCUPIED, MISNAMED, ENROLLED, RETIRED, IN_SERVICE_AFTER_ALL = 90, 10, 50, 12, 25
"""How many of the sample's people are whose: another unit's, another's under another name, claimed by the clerk's own
instant code, known as 退休, and in service although the file says 否."""


@dataclass(frozen=True, slots=True)
class SeededAccount:
    """One account to log in with; password and token exist only here and as hashes."""

    email: str
    password: str
    role: str
    unit: str | None
    enrolment_code: str | None
    token: str
    """For the JSON interface."""


class Sample:
    """The roster that the demonstration imports: its bytes, and what must become of its rows."""

    def __init__(self, people: int = 5000) -> None:
        self.people = people

    @cached_property
    def content(self) -> bytes:
        """The workbook."""
        return self._written[0]

    @property
    def answers(self) -> Answers:
        """What was planted, as whoever wrote the workbook knows it."""
        return self._written[1]

    @cached_property
    def planned(self) -> dict[str, int]:
        """Outcome -> rows, as they must come out on the seeded register."""
        elsewhere = len(self.occupied) + len(self.enrolled)
        counts = dict.fromkeys(map(str, Outcome), 0)
        return counts | {
            Outcome.ADDED: self.answers.accepted - elsewhere,
            Outcome.ALREADY_ENROLLED: len(self.enrolled),
            Outcome.OCCUPIED: len(self.occupied),
            Outcome.DUPLICATE: self.answers.duplicate,
            Outcome.INVALID: self.answers.invalid,
        }

    @property
    def planned_total_fen(self) -> int:
        """The estimate that must come out: everybody who is added, without those known as 退休, at the three basics."""
        left_out = [*self.occupied, *self.enrolled, *self.retired]
        insured = self.answers.si_people - sum(person.has_si for person in left_out)
        others = self.answers.other_people - sum(not person.has_si for person in left_out)
        plan = _plan()
        return quote(sorted(plan.basics), insured, others, plan, half_price=False).total_fen

    @property
    def occupied(self) -> list[Person]:
        """Whom another unit has enrolled; the first few under another name, so that nobody is told who (REG-002)."""
        taken = self._share(OCCUPIED + MISNAMED, 0)
        return [replace(person, name="另有其人") for person in taken[:MISNAMED]] + taken[MISNAMED:]

    @property
    def enrolled(self) -> list[Person]:
        """Whom the clerk's own account has enrolled under its other code."""
        return self._share(ENROLLED, 1)

    @property
    def retired(self) -> list[Person]:
        """Whom the social-insurance register knows as 退休."""
        return self._share(RETIRED, 2)

    @property
    def in_service_after_all(self) -> list[Person]:
        """Who is in service by the register although the file says 否 (hint ROW-018)."""
        others = [person for number, person in enumerate(self._good) if number % 4 == 3 and not person.has_si]
        return others[: max(1, IN_SERVICE_AFTER_ALL * self.people // 5000)]

    def insured(self) -> Iterator[tuple[Person, EmploymentStatus]]:
        """The social-insurance register's people of the sample, every third left unknown to it."""
        retired = {person.id_no for person in self.retired}
        after_all = {person.id_no for person in self.in_service_after_all}
        for number, person in enumerate(self._good):
            if person.id_no in retired:
                yield person, EmploymentStatus.RETIRED
            elif person.id_no in after_all or (person.has_si and number % 3):
                yield person, EmploymentStatus.IN_SERVICE

    @cached_property
    def _written(self) -> tuple[bytes, Answers]:
        file = io.BytesIO()
        answers = sample_workbook(file, self.people, SAMPLE_SEED, Decimal("0.02"), over_age=self.people // 500)
        return file.getvalue(), answers

    @cached_property
    def _good(self) -> list[Person]:
        plan = _plan()
        rows = read_roster(self.content, plan.roster_import_max_rows).rows
        checked = [check_row(row, plan, BEGINS_AT.date(), plan.coverage_start) for row in rows]
        mark_duplicates(checked)
        return [row.person for row in checked if row.person is not None and row.outcome is None]

    def _share(self, of_5000: int, remainder: int) -> list[Person]:
        """So many of the good people, spread over the roster; shares of different remainders have nobody in common.

        Nobody over age is among them: for those a unit would have to promise something.
        """
        plan = _plan()
        mine = [person for person in self._good[remainder::4] if not _is_over_age(person, plan)]
        wanted = max(1, of_5000 * self.people // 5000)
        return mine[:: max(1, len(mine) // wanted)][:wanted]


def seed(session: Session, sample: Sample) -> list[SeededAccount]:
    """Fill an empty database in the caller's transaction: clock, plan year, accounts, units, both registers."""
    move_clock(session, BEGINS_AT)
    load_plan(session, plan_data(PLAN_YEAR), BEGINS_AT)
    publish_plan(session, PLAN_YEAR, BEGINS_AT)
    clerk, first = _unit(
        session, "clerk@demo.example", "李小满", "上海豆豆精密机械有限公司", "0088D2", "91310000MA00000012"
    )
    rival, second = _unit(
        session, "rival@demo.example", "陈谷雨", "上海豆苗仪表有限公司", "3019BJ", "91310000MA00000025"
    )
    _, third = _unit(session, "new@demo.example", "周惊蛰", "上海豆荚食品有限公司", "0072J3", "91310000MA00000038")
    add_unit(session, "上海豆豆精密机械有限公司嘉定分公司", "0088D3", clerk, BEGINS_AT)
    _enrol(session, rival, "3019BJ", [*sample.occupied, *fictitious_people(200, OTHERS_SEED)])
    _enrol(session, clerk, "0088D3", sample.enrolled)
    _remember_last_year(session, "0088D2")
    _register_insured(session, sample)
    staff = [_staff(session, f"{role}@demo.example", role) for role in (Role.REVIEWER, Role.ADMIN)]
    return [first, second, third, *staff]


def _plan() -> PlanYear:
    return PlanYear.from_data(plan_data(PLAN_YEAR))


def _is_over_age(person: Person, plan: PlanYear) -> bool:
    return over_age(person.birth, person.sex, plan.coverage_start, plan)


def _unit(  # noqa: PLR0917 - a unit's facts
    session: Session, email: str, name: str, unit: str, code: str, uscc: str
) -> tuple[Account, SeededAccount]:
    profile = {
        "name": name,
        "phone": f"1420000{sum(map(ord, code)) % 10000:04d}",
        "unit_name": unit,
        "uscc": uscc,
        "economic_type": "私营",
        "union_first_level": "机电",
        "union_second_level": "无",
        "address": "上海市黄浦区豆豆路1号",
        "industry": "制造业",
        "headcount": 5200,
    }
    account, password = add_account(session, email, Role.HANDLER, now=BEGINS_AT, profile=profile)
    add_unit(session, unit, code, account, BEGINS_AT)
    _, token = add_token(session, account, BEGINS_AT)
    return account, SeededAccount(email, password, Role.HANDLER, unit, code, token)


def _staff(session: Session, email: str, role: Role) -> SeededAccount:
    account, password = add_account(session, email, role, now=BEGINS_AT, name=role.text)
    _, token = add_token(session, account, BEGINS_AT)
    return SeededAccount(email, password, role, None, None, token)


def _enrol(session: Session, account: Account, code: str, people: Sequence[Person]) -> None:
    """A central batch of these people, submitted: they hold their claims. RuntimeError: a check stood in the way."""
    viewer = Viewer(account.id, Role.HANDLER, account.email)
    batch = open_batch(session, viewer, code=code, enrolment_type=EnrolmentType.CENTRAL, now=BEGINS_AT)
    put_on_roster(session, (roster_entry(batch.id, person, status_for(person, None)[1]) for person in people))
    submitted = submit_at_once(session, viewer, batch.batch_no, BEGINS_AT)
    if not submitted.passed:
        raise RuntimeError(f"not submitted: {Counter(finding.code for finding in submitted.findings)}")


def _remember_last_year(session: Session, code: str) -> None:
    """People of the year before, whom the unit may be offered."""
    session.execute(
        insert(HistoricalPerson),
        [
            {
                "enrolment_code": code,
                "plan_year": "2019",
                "name": person.name,
                "id_type": person.id_type,
                "id_digest": (digest := id_digest(person.id_no)),
                "id_sealed": seal_id_no(person.id_no, digest),
                "birth": person.birth,
                "sex": person.sex,
                "mobile": person.mobile,
                "has_si": person.has_si,
            }
            for person in _people_of_last_year()
        ],
    )


def _people_of_last_year() -> Iterable[Person]:
    return (fictitious_person(LAST_YEARS_SEED, number) for number in range(214))


def _register_insured(session: Session, sample: Sample) -> None:
    """The social-insurance register: two codes of the clerk's unit, one that will pass the ratio and one that won't."""
    as_of = date(2020, 3, 31)
    totals: Counter[str] = Counter()
    rows = []
    for number, (person, status) in enumerate(sample.insured()):
        code = "31018801" if number % 5 else "31018802"
        totals[code] += status is EmploymentStatus.IN_SERVICE
        rows.append(
            {
                "id_digest": id_digest(person.id_no),
                "name": person.name,
                "personal_si_no": f"{310100000000000 + number}",
                "si_unit_code": code,
                "status": status,
                "as_of": as_of,
            }
        )
    session.execute(insert(SiPerson), rows)
    units = [("31018801", totals["31018801"]), ("31018802", totals["31018802"] * 2)]
    session.execute(
        insert(SiUnit), [{"si_unit_code": code, "in_service_total": total, "as_of": as_of} for code, total in units]
    )
