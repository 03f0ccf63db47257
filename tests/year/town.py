"""The units of the year in the program: made, and moved by the real actions on the days of their stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from config.messages import text
from models.actions.decide_application import approve_application
from models.actions.delete_batch import delete_batch
from models.actions.keep_accounts import add_account, add_unit, disable_account
from models.actions.open_batch import open_batch
from models.actions.price_batch import confirm_premium, generate_premium
from models.actions.withdraw_batch import withdraw_batch
from models.records.account import Account
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.notice import Notice
from models.records.person import BatchPerson
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tests.applications import applied
from tests.builders import a_person, resident_id
from tests.exceptions import special_channel
from tests.expired import reinstated
from tests.imports import submitted
from tests.records import BatchOf, a_clerk, open_window, people_on
from tests.reminders import on_last_years_roster
from tests.stages import PROJECTS, put_into
from tests.vouchers import Paying, approve, drafted, reject, staff, submit, with_receipts
from tests.year.expected import EXTENDED_TO, FIRST_DAY, PEOPLE, REINSTATED_TO, Told, moment
from tests.year.stories import DAY, Unit

CALENDAR_S = ("NTF-01", "NTF-02", "NTF-03", "NTF-04", "NTF-05", "NTF-06", "NTF-07", "NTF-08", "NTF-11", "NTF-14")
"""What the calendar tells; the others are told by what people do."""
PREMIUM_FEN = 36_000
TEN = 10


class Town:
    """The two hundred units and the association, and what has been made of them so far."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self._began = moment(FIRST_DAY, 0)
        self._clerks: dict[str, Viewer] = {}
        self._batches: dict[str, BatchOf] = {}
        self._paying: dict[str, Paying] = {}
        self._applications: dict[str, int] = {}
        with writing() as session:
            open_window(session, self._began)
        self._reviewer, self._admin = staff(Role.REVIEWER, self._began), staff(Role.ADMIN, self._began)
        for unit in units:
            self._settle(unit)

    @property
    def reviewers(self) -> list[str]:
        """Who is told of what waits."""
        return [self._reviewer.email]

    def _settle(self, unit: Unit) -> None:
        with writing() as session:
            if unit.bound and unit.story != "applies for a code":
                self._clerks[unit.code] = a_clerk(session, unit.code, now=self._began)
            elif unit.bound:
                profile = {"name": "李小满", "phone": "14200000001", "unit_name": unit.name, "headcount": 5200}
                account, _ = add_account(session, unit.email, Role.HANDLER, now=self._began, profile=profile)
                self._clerks[unit.code] = Viewer(account.id, Role.HANDLER, account.email, account.name)
            else:
                add_unit(session, unit.name, unit.code, None, self._began)
        if unit.former:
            on_last_years_roster(unit.code)
        if unit.disabled:
            with writing() as session:
                account = session.get_one(Account, self._clerks[unit.code].account_id)
                disable_account(session, account, self._began)

    def act(self, day: date) -> None:
        """Everything that people do on this day, at ten o'clock."""
        for unit in self.units:
            for what in unit.acts.get(day, ()):
                self._act(what, unit, moment(day, TEN))

    def _act(self, what: str, unit: Unit, now: datetime) -> None:
        if what.startswith("open "):
            self._open(unit, EnrolmentType(what.removeprefix("open ")), now)
        elif what == "apply":
            self._applications[unit.code] = self._apply(unit, now)
        elif what == "grant the code":
            with writing() as session:
                approve_application(session, self._reviewer, self._applications[unit.code], now)
        elif what == "extend":
            until = f"{EXTENDED_TO}T17:00"
            special_channel(now, until=until, code=unit.code)
        else:
            self._change(what, unit, now)

    def _change(self, what: str, unit: Unit, now: datetime) -> None:
        batch = self._batches[unit.code] = self._at(unit, now)
        if what == "fail":
            put_into(batch, BatchState.ROSTER_FAILED, updated_at=now)
        elif what == "submit":
            submitted(batch)
        elif what == "confirm":
            with writing() as session:
                preview = generate_premium(session, batch.viewer, batch.batch_no, list(PROJECTS), now)
                assert preview.premium["total_fen"] == PREMIUM_FEN
                confirm_premium(session, batch.viewer, batch.batch_no, preview.token, [], now)
        elif what == "pay":
            paying = self._paying[unit.code] = Paying(batch, drafted(batch), self._reviewer, self._admin)
            with_receipts(paying, [PREMIUM_FEN])
            submit(paying)
        elif what == "approve":
            approve(self._paying[unit.code], now)
        elif what == "reject":
            reject(self._paying[unit.code], now=now)
        elif what == "reinstate":
            reinstated(batch, moment(REINSTATED_TO, 17), now=now)
        elif what == "withdraw":
            with writing() as session:
                withdraw_batch(session, batch.viewer, batch.batch_no, BatchAction.WITHDRAW_TO_ROSTER, "人员有误", now)
        elif what == "delete":
            with writing() as session:
                delete_batch(session, batch.viewer, batch.batch_no, now)
        else:
            raise ValueError(what)

    def _at(self, unit: Unit, now: datetime) -> BatchOf:
        batch = self._batches[unit.code]
        return BatchOf(batch.viewer, batch.batch_no, batch.batch_id, now)

    def _open(self, unit: Unit, enrolment_type: EnrolmentType, now: datetime) -> None:
        viewer = self._clerks[unit.code]
        with writing() as session:
            opened = open_batch(session, viewer, code=unit.code, enrolment_type=enrolment_type, now=now)
            batch = self._batches[unit.code] = BatchOf(viewer, opened.batch_no, opened.id, now)
        first = PEOPLE * unit.number
        people_on(batch, [a_person(id_no=resident_id(sequence=first + number)) for number in range(PEOPLE)])

    def _apply(self, unit: Unit, now: datetime) -> int:
        phone = f"142000{unit.number:05d}"
        letters = f"91350100M0001{unit.number:05d}"
        return applied(self._clerks[unit.code], now, unit_name=unit.name, phone=phone, uscc=_credit_code(letters[:17]))

    # What the program says of it

    def told(self, day: date | None = None) -> Counter[Told]:
        """Whom the calendar told what on this day, or ever."""
        named = {batch.batch_no: "{" + code + "}" for code, batch in self._batches.items()}
        notices = select(Notice, Account.email).join(Account, Account.id == Notice.account_id)
        notices = notices.where(Notice.code.in_(CALENDAR_S))
        if day is not None:
            notices = notices.where(Notice.created_at >= moment(day, 0), Notice.created_at < moment(day + DAY, 0))
        with reading() as session:
            found = [(email, notice.code, notice.values) for notice, email in session.execute(notices)]
        return Counter(
            (email, text(code, **{key: named.get(str(value), value) for key, value in values.items()}))
            for email, code, values in found
        )

    def expired_on(self, day: date) -> set[str]:
        """Codes of the batches that expired on this day and have not been reinstated since."""
        expired = select(EnrolmentCode.code).join(Batch, Batch.code_id == EnrolmentCode.id)
        within = (Batch.expired_at >= moment(day, 0), Batch.expired_at < moment(day + DAY, 0))
        with reading() as session:
            return set(session.scalars(expired.where(Batch.state == BatchState.EXPIRED, *within)))

    def states(self) -> dict[str, str]:
        """Code -> state of its batch, as lists call it."""
        with reading() as session:
            rows = session.execute(
                select(EnrolmentCode.code, Batch.state).join(Batch, Batch.code_id == EnrolmentCode.id)
            )
            return {code: BatchState(state).text for code, state in rows if state != BatchState.DELETED}

    def claims(self) -> int:
        """How many numbers are claimed."""
        with reading() as session:
            return session.execute(select(func.count()).select_from(Claim)).scalar_one()

    def people(self) -> int:
        """How many people stand on rosters, of expired batches too."""
        with reading() as session:
            return session.execute(select(func.count()).select_from(BatchPerson)).scalar_one()


def _credit_code(first: str) -> str:
    """A 统一社会信用代码 with its check character (GB 32100)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weighed = sum(letters.index(letter) * pow(3, place, 31) for place, letter in enumerate(first))
    return first + letters[(31 - weighed % 31) % 31]
