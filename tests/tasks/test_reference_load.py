"""An uploaded file of reference data: whole or not at all, by a job that may be done any number of times."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from models.actions.queue_reference import MAX_BYTES, queue_reference
from models.queries.reference import reference_tables
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.reference import SiPerson, SiUnit
from models.records.reference_load import ReferenceLoad
from models.records.sealing import id_digest
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tasks.queues import UPKEEP
from tasks.reference_load import MAX_FINDINGS, load
from tests.at_once import at_once
from tests.builders import resident_id
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import open_window
from tests.refusals import refused
from tests.vouchers import staff

UNITS = "si_unit_code,in_service_total,as_of"
PEOPLE = "id_type,id_no,name,personal_si_no,si_unit_code,status,as_of"
ONE = resident_id(sequence=1)


@pytest.fixture
def admin(database: str) -> Viewer:
    with writing() as session:
        open_window(session, NOW)
    return staff(Role.ADMIN, NOW)


def asked(
    admin: Viewer, *lines: str, kind: str = "si-units", replace_all: bool = False, content: bytes | None = None
) -> int:
    """The job of an uploaded file."""
    sent = ("\n".join(lines) + "\n").encode() if content is None else content
    with writing() as session:
        upload = queue_reference(session, admin, kind, "数据.csv", sent, NOW, UPKEEP, replace_all=replace_all)
        return upload.job_id


def loaded(admin: Viewer, *lines: str, kind: str = "si-units", replace_all: bool = False) -> ReferenceLoad:
    job_id = asked(admin, *lines, kind=kind, replace_all=replace_all)
    load(job_id)
    return the_load(job_id)


def the_load(job_id: int) -> ReferenceLoad:
    whole = (joinedload(ReferenceLoad.job), undefer(ReferenceLoad.content_sealed))
    with reading() as session:
        return session.scalars(select(ReferenceLoad).options(*whole).where(ReferenceLoad.job_id == job_id)).one()


def units() -> dict[str, int]:
    with reading() as session:
        return {unit.si_unit_code: unit.in_service_total for unit in session.scalars(select(SiUnit))}


def test_a_file_is_loaded_and_its_content_is_gone_afterwards(admin: Viewer) -> None:
    done = loaded(admin, UNITS, "SH0001,120,2020-04-01", "SH0002,7,2020-04-01")
    assert units() == {"SH0001": 120, "SH0002": 7}
    assert (done.job.state, done.lines, done.removed, done.wrong_lines) == (JobState.DONE, 2, 0, 0)
    assert done.content_sealed is None


def test_the_file_waits_sealed(admin: Viewer) -> None:
    job_id = asked(admin, PEOPLE, f"身份证,{ONE},王豆豆,,SH0001,在职,2020-04-01", kind="si-people")
    waiting = the_load(job_id)
    assert waiting.content_sealed is not None
    assert ONE.encode() not in waiting.content_sealed
    load(job_id)
    with reading() as session:
        assert session.scalars(select(SiPerson.id_digest)).all() == [id_digest(ONE)]


@pytest.mark.parametrize(("replace_all", "left", "removed"), [(False, {"SH0001": 1, "SH0002": 9}, 0),
                                                              (True, {"SH0002": 9}, 1)])  # fmt: skip
def test_what_the_file_lacks_stays_unless_the_file_is_to_be_the_whole_table(
    admin: Viewer, replace_all: bool, left: dict[str, int], removed: int
) -> None:
    loaded(admin, UNITS, "SH0001,1,2020-04-01", "SH0002,2,2020-04-01")
    done = loaded(admin, UNITS, "SH0002,9,2020-05-01", replace_all=replace_all)
    assert (units(), done.removed) == (left, removed)


def test_every_wrong_line_is_named_and_nothing_is_stored(admin: Viewer) -> None:
    loaded(admin, UNITS, "SH0009,3,2020-04-01")
    done = loaded(
        admin, UNITS, "SH0001,1,2020-04-01", "SH0002,many,2020-04-01", "SH0003,1", "SH0004,1,today", replace_all=True
    )
    assert [(each["line"], each["column"], each["reason"]) for each in done.findings] == [
        (3, "in_service_total", "must have the form [0-9]{1,9}"),
        (4, "", "2 cells instead of 3"),
        (5, "as_of", "must be a date like 2020-04-01"),
    ]
    assert (done.wrong_lines, done.lines, done.content_sealed) == (3, None, None)
    assert units() == {"SH0009": 3}


def test_of_very_many_wrong_lines_the_first_are_kept_and_all_are_counted(admin: Viewer) -> None:
    done = loaded(admin, UNITS, *["SH0001,x,2020-04-01"] * (MAX_FINDINGS + 5))
    assert (done.wrong_lines, len(done.findings)) == (MAX_FINDINGS + 5, MAX_FINDINGS)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"a,b\n1,2\n", 1, f"the header must be {UNITS}"),
        ((UNITS + "\n").encode() + "甲,1,2020-04-01\n".encode("gb18030"), 0, "not UTF-8"),
    ],
)
def test_a_file_that_is_unreadable_says_where(admin: Viewer, content: bytes, line: int, reason: str) -> None:
    job_id = asked(admin, content=content)
    load(job_id)
    (found,) = the_load(job_id).findings
    assert (found["line"], found["reason"]) == (line, reason)


def test_two_lines_about_the_same_one_are_named(admin: Viewer) -> None:
    done = loaded(admin, UNITS, "SH0001,1,2020-04-01", "SH0002,1,2020-04-01", "SH0001,2,2020-04-01")
    assert [(each["line"], each["reason"]) for each in done.findings] == [(4, "same as line 2")]
    assert units() == {}


def test_a_job_that_is_delivered_again_changes_nothing(admin: Viewer) -> None:
    job_id = asked(admin, UNITS, "SH0001,1,2020-04-01")
    load(job_id)
    load(job_id)
    with reading() as session:
        entries = session.query(AuditEntry).where(AuditEntry.action == "load_reference").all()
    assert [(entry.account_id, entry.details["lines"]) for entry in entries] == [(admin.account_id, 1)]


def test_a_cancelled_job_stores_nothing(admin: Viewer) -> None:
    job_id = asked(admin, UNITS, "SH0001,1,2020-04-01")
    with writing() as session:
        session.get_one(Job, job_id).cancel_requested = True
    load(job_id)
    assert (the_load(job_id).job.state, units()) == (JobState.CANCELLED, {})


def test_what_was_kept_of_a_file_goes_when_the_next_one_comes(admin: Viewer) -> None:
    job_id = asked(admin, UNITS, "SH0001,1,2020-04-01")
    with writing() as session:
        session.get_one(Job, job_id).state = JobState.FAILED
    asked(admin, PEOPLE, kind="si-people")
    assert the_load(job_id).content_sealed is not None
    asked(admin, UNITS, "SH0002,1,2020-04-01")
    assert the_load(job_id).content_sealed is None


def test_one_file_a_table_at_a_time(admin: Viewer) -> None:
    job_id = asked(admin, UNITS, "SH0001,1,2020-04-01")
    with refused("BAT-007"):
        asked(admin, UNITS, "SH0002,1,2020-04-01")
    asked(admin, PEOPLE, kind="si-people")
    load(job_id)
    assert loaded(admin, UNITS, "SH0002,1,2020-04-01").lines == 1


def test_of_two_files_for_a_table_at_once_the_first_is_taken(admin: Viewer) -> None:
    def sends(session: Session) -> None:
        content = (UNITS + "\nSH0001,1,2020-04-01\n").encode()
        queue_reference(session, admin, "si-units", "数据.csv", content, NOW, UPKEEP, replace_all=False)

    with refused("BAT-007"):
        at_once(sends, sends)
    with reading() as session:
        assert session.query(ReferenceLoad).count() == 1


def test_nothing_and_too_much_are_not_taken(admin: Viewer) -> None:
    with refused("SYS-002"):
        asked(admin, content=b"")
    with refused("IMP-008", n=20):
        asked(admin, content=b" " * (MAX_BYTES + 1))


def test_reviewers_load_nothing(admin: Viewer) -> None:
    with refused("AUTH-006"):
        asked(staff(Role.REVIEWER, NOW), UNITS)


def test_what_a_table_holds_and_of_when_is_told(admin: Viewer) -> None:
    loaded(admin, UNITS, "SH0001,1,2020-02-01", "SH0002,1,2020-02-20")
    with reading() as session:
        tables = {table.kind: table for table in reference_tables(session)}
    held = tables["si-units"]
    assert (held.rows, str(held.earliest), held.days_old(NOW.date())) == (2, "2020-02-01", 60)
    assert (held.is_old(NOW.date()), tables["si-people"].latest, tables["history"].plan_years) == (False, None, [])
