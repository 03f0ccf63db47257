"""Two units with a batch, people and a finished import each: what addresses are about in the tests that walk them all.

Whoever adds a path parameter adds its builder here; the tests name the one that is missing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import delete, select
from werkzeug.routing import Rule

from config.settings import settings
from models.actions.keep_accounts import add_account
from models.actions.override_retired import override_retired
from models.actions.queue_reference import queue_reference
from models.actions.register_rename import register_rename
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.notice import MessageState, Notice, OutgoingMessage, tell
from models.records.person import BatchPerson
from models.records.roster_import import RosterImport
from models.records.sms_code import SmsCode
from models.records.tables import Base
from models.records.viewer import Viewer
from models.records.voucher import Receipt, Voucher, VoucherFile
from models.rules.attachment import Attachment, FileKind
from models.rules.exceptions import ExceptionKind
from models.rules.permissions import Role
from models.rules.person import IdType
from models.rules.voucher import AccountKind, PaymentMethod, RefundMethod, VoucherState
from tasks.queues import UPKEEP
from tests.applications import applied
from tests.builders import resident_id
from tests.exceptions import proposed
from tests.person_corrections import a_correction_of
from tests.vouchers import staff
from tests.web.conftest import MORNING, Browser, Person, Town, account_id, imported
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people

OWN, FOREIGN, UNKNOWN = "own", "foreign", "unknown"

SHARED: Mapping[str, str | int] = {
    "kind": "central",
    "year": "2020",
    "row": 2,
    "code": "ROW-013",
    "n": 1,
    "exception_kind": "special_channel",
}
"""Path parameters that are nobody's."""

_UNKNOWN: Mapping[str, str | int] = {
    "batch_no": "SZSH202004209999",
    "import_id": 99_999,
    "person_id": 99_999,
    "job_id": 99_999,
    "voucher_id": 99_999,
    "application_id": 99_999,
    "exception_id": 99_999,
    "account_id": 99_999,
    "email": "nobody@unit.example",
    "rename_id": 99_999,
    "union_id": 99_999,
    "load_id": 99_999,
    "override_id": 99_999,
    "message_id": 99_999,
}

PRINTS_THE_HANDBOOKS_PEOPLE = {"roster.download_template", "help.show_help"}
"""Pages with the two people whom the handbook prints, whose numbers are nobody's secret."""

_NOT_COMPARED = {
    "audit_entry",
    "login_session",
    "login_failure",
    "used_picture_code",
    "email_code",
    "email_code_request",
}


@dataclass(frozen=True)
class Scene:
    """`own` is 李小满's, who stands below the 上级工会; `foreign` is 周谷雨's."""

    things: Mapping[str, Mapping[str, str | int]]
    people: Mapping[Role, Person]

    def values(self, arguments: Sequence[str], whose: str) -> dict[str, str | int]:
        """A value for each path parameter; with an account goes its address, without which some don't reach it."""
        known = {**SHARED, **self.things[whose]}
        missing = set(arguments) - set(known)
        assert not missing, f"tests/web/scene.py builds no {sorted(missing)}"
        along = ["email"] if "account_id" in arguments else []
        return {name: known[name] for name in [*arguments, *along]}


def set_scene(app: Flask, town: Town) -> Scene:
    """Fill the town's database."""
    with writing() as records:
        people = {Role.HANDLER: town.li, Role.REVIEWER: town.reviewer, Role.ADMIN: town.admin}
        for role in (Role.SUPERIOR_UNION, Role.TECH_SUPPORT, Role.SERVICE_DESK):
            account, password = add_account(records, f"{role}@union.example", role, now=MORNING, name=role.text)
            people[role] = Person(account.email, password)
            if role is Role.SUPERIOR_UNION:
                below = records.scalars(select(Account).where(Account.email == town.li.email)).one()
                below.superior_union_id = account.id
    things = {OWN: _unit(app, town.li, 0), FOREIGN: _unit(app, town.zhou, 100), UNKNOWN: _UNKNOWN}
    return Scene(things, people)


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every address, without the files of `static`."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint != "static":
            yield from ((method, rule) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def address(app: Flask, rule: Rule, values: Mapping[str, str | int]) -> str:
    """An address of this rule."""
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def fingerprint() -> dict[str, str]:
    """What every table holds, in short; who tried to log in, and what is written down about it, aside."""
    names = [table.name for table in Base.metadata.sorted_tables if table.name not in _NOT_COMPARED]
    with sqlite3.connect(settings().var / "canbao.db") as database:
        return {
            name: hashlib.sha256(repr(database.execute(f'SELECT * FROM "{name}"').fetchall()).encode()).hexdigest()
            for name in names
        }


class Snapshot:
    """The database as it is now, to come back to."""

    def __init__(self) -> None:
        self._copy = sqlite3.connect(":memory:")
        self._database = sqlite3.connect(settings().var / "canbao.db")
        self._database.backup(self._copy)
        self._version = self._version_now()

    def restore(self) -> None:
        """Undo everything that was committed since."""
        if self._version_now() != self._version:
            self._copy.backup(self._database)
            self._version = self._version_now()

    def _version_now(self) -> int:
        """Changes with every commit of another connection (SQLite: PRAGMA data_version)."""
        return int(self._database.execute("PRAGMA data_version").fetchone()[0])


def _unit(app: Flask, person: Person, first: int) -> dict[str, str | int]:
    """A batch with three people and an import of four rows, of which row 2 is wrong; `person_id` may be edited."""
    browser = Browser(app.test_client()).log_in(person)
    batch_no = browser.open_batch(person.code)
    wrong = (*WANG_DOUDOU[:2], "110101199003079092", *WANG_DOUDOU[3:])
    import_id = imported(browser, batch_no, [wrong, WANG_DOU, *some_people(2, first)])
    with reading() as records:
        batch_id = records.scalars(select(Batch.id).where(Batch.batch_no == batch_no)).one()
        of_batch = select(BatchPerson.id).where(BatchPerson.batch_id == batch_id, BatchPerson.name == WANG_DOU[0])
        person_id = records.scalars(of_batch).one()
        job_id = records.get_one(RosterImport, import_id).job_id
    a_correction_of(person_id, staff(Role.REVIEWER, MORNING), MORNING)
    return {
        "batch_no": batch_no,
        "import_id": import_id,
        "person_id": person_id,
        "job_id": job_id,
        "voucher_id": a_draft_of(batch_id),
        "application_id": an_application_of(person),
        "exception_id": proposed(
            MORNING, ExceptionKind.SPECIAL_CHANNEL, code=person.code, plan_year="2020", ratio_exempt="1"
        ),
        "account_id": account_id(person),
        "email": person.email,
        "rename_id": a_rename_of(person),
        "union_id": 1 if person.code == "0088D2" else 2,
        "load_id": a_load(),
        "override_id": an_override(first),
        "message_id": a_failed_message(person),
    }


def a_failed_message(person: Person) -> int:
    """An e-mail that was to bring this person a notice, and was refused too often."""
    with writing() as records:
        account = records.scalars(select(Account).where(Account.email == person.email)).one()
        tell(records, account.id, "NTF-02", "scene", at=MORNING, year="2020")
        notice = records.scalars(select(Notice).where(Notice.account_id == account.id)).one()
        notice.passed_on = True
        message = OutgoingMessage(
            notice_id=notice.id,
            channel="email",
            recipient=person.email,
            created_at=MORNING,
            state=MessageState.FAILED,
            refusals=20,
            last_error="RCPT 550",
        )
        records.add(message)
        records.flush()
        return message.id


def a_load() -> int:
    """A file of reference data that an administrator has sent; its job was cancelled."""
    content = b"si_unit_code,in_service_total,as_of\n"
    admin = staff(Role.ADMIN, MORNING)
    with writing() as records:
        load = queue_reference(records, admin, "si-units", "在职人数.csv", content, MORNING, UPKEEP, replace_all=False)
        records.flush()
        records.get_one(Job, load.job_id).state = JobState.CANCELLED
        return load.id


def an_override(first: int) -> int:
    """退休核定 of somebody who is on no roster."""
    admin, id_no = staff(Role.ADMIN, MORNING), resident_id(sequence=300 + first)
    with writing() as records:
        return override_retired(records, admin, "2020", IdType.RESIDENT_ID, id_no, "返聘", MORNING).id


def an_application_of(person: Person) -> int:
    """A unit that this account has applied for, 申请中."""
    with writing() as records:
        account = records.scalars(select(Account).where(Account.email == person.email)).one()
        viewer = Viewer(account.id, Role.HANDLER)
    notice = Attachment("社保缴费通知书.pdf", FileKind.PDF, b"%PDF-1.4 %%EOF")
    made = applied(viewer, MORNING, files=(notice,), unit_name=f"上海{person.code}新设有限公司", uscc="")
    with writing() as records:
        records.execute(delete(SmsCode))  # the phone can be sent another at once
    return made


def a_rename_of(person: Person) -> int:
    """A new name of this person's unit that a desk has registered and that waits."""
    form = Attachment("变更申请表.pdf", FileKind.PDF, b"%PDF-1.4 %%EOF")
    with writing() as records:
        desk = records.scalars(select(Account).where(Account.role == Role.SERVICE_DESK)).one()
        viewer = Viewer(desk.id, Role.SERVICE_DESK)
        return register_rename(records, viewer, person.code, f"上海{person.code}更名有限公司", [form], MORNING).id


def a_draft_of(batch_id: int) -> int:
    """A voucher of the batch's account that all its batches have left; its file and its receipt have stayed."""
    with writing() as records:
        batch = records.get_one(Batch, batch_id)
        voucher = Voucher(
            account_id=batch.account_id,
            plan_year=batch.plan_year,
            state=VoucherState.DRAFT,
            payer=batch.unit_name,
            method=PaymentMethod.ONLINE,
            amount_fen=100,
            account_kind=AccountKind.IN_SERVICE,
            refund_method=RefundMethod.TRANSFER,
            files_numbered=1,
            created_at=MORNING,
        )
        records.add(voucher)
        records.flush()
        records.add(VoucherFile.of(voucher.id, 1, Attachment("回单.pdf", FileKind.PDF, b"%PDF-1.4 %%EOF")))
        records.add(Receipt(voucher_id=voucher.id, place=1, title=batch.unit_name, amount_fen=100))
        return voucher.id
