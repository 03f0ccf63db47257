"""承诺书 and promise by versions: each from its moment on, and whoever agreed keeps the version that was agreed to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.messages import text
from config.pledge import pledge
from models.actions.promise import promise
from models.actions.queue_check import queue_submission
from models.actions.write_text import MAX_CHARACTERS, write_text
from models.queries.certificate import certificate_of
from models.queries.texts import Wording, wording_now, wordings
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.text_version import TextKind
from models.records.validation import PledgeAcceptance
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from tasks.queues import people_queue
from tasks.roster_check import submit
from tests.at_once import at_once
from tests.builders import a_person, resident_id
from tests.enrolled import enrol
from tests.people import stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.vouchers import staff

PLEDGE, PROMISE = TextKind.PLEDGE, TextKind.PROMISE
NEW_YEAR = datetime(2021, 1, 1, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
BIRTH = datetime(1950, 1, 1, tzinfo=SHANGHAI).date()


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with 老王, who is over age, in its window."""
    batch = a_batch_to_fill()
    people_on(batch, [a_person(name="老王", birth=BIRTH, id_no=resident_id(BIRTH))])
    return batch


@pytest.fixture
def admin(batch: BatchOf) -> Viewer:
    return staff(Role.ADMIN, batch.now)


def written(admin: Viewer, typed: str, valid_from: datetime, now: datetime, kind: TextKind = PLEDGE) -> Wording:
    with writing() as session:
        return write_text(session, admin, kind, typed, valid_from, now)


def in_force(kind: TextKind, now: datetime) -> Wording:
    with reading() as session:
        return wording_now(session, kind, now)


def test_without_any_version_the_shipped_ones_hold(batch: BatchOf) -> None:
    shipped = in_force(PLEDGE, batch.now)
    assert (shipped.version, shipped.text, shipped.sha256) == (pledge().version, pledge().text, pledge().sha256)
    assert (in_force(PROMISE, batch.now).version, in_force(PROMISE, batch.now).text) == ("2020-1", text("VAL-008"))


def test_a_version_holds_from_its_moment_on(batch: BatchOf, admin: Viewer) -> None:
    later = batch.now + timedelta(days=3)
    written(admin, "本单位承诺：新。", later, batch.now)
    assert [in_force(PLEDGE, at).version for at in (later - SECOND, later)] == ["2020-1", "2020-2"]
    assert in_force(PROMISE, later).version == "2020-1"


def test_versions_are_numbered_by_the_year_from_which_they_hold(batch: BatchOf, admin: Viewer) -> None:
    versions = [written(admin, word, at, batch.now).version for word, at in (
        ("一", batch.now), ("二", NEW_YEAR), ("三", NEW_YEAR), ("四", batch.now + timedelta(days=1)))]  # fmt: skip
    assert versions == ["2020-2", "2021-1", "2021-2", "2020-3"]


def test_old_versions_are_kept_with_their_text(batch: BatchOf, admin: Viewer) -> None:
    written(admin, "第二版", batch.now, batch.now)
    written(admin, "第三版", NEW_YEAR, batch.now)
    with reading() as session:
        found = wordings(session, PLEDGE)
    assert [(each.version, each.text) for each in found] == [
        ("2021-1", "第三版"),
        ("2020-2", "第二版"),
        ("2020-1", pledge().text),
    ]


def test_of_two_versions_of_one_moment_the_later_written_holds(batch: BatchOf, admin: Viewer) -> None:
    written(admin, "有错字", NEW_YEAR, batch.now)
    written(admin, "无错字", NEW_YEAR, batch.now)
    assert in_force(PLEDGE, NEW_YEAR).text == "无错字"


@pytest.mark.parametrize(
    ("typed", "seconds", "codes"),
    [
        (" \n ", 0, {"text": "SYS-002"}),
        ("长" * (MAX_CHARACTERS + 1), 0, {"text": "SYS-003"}),
        (pledge().text, 0, {"text": "SYS-003"}),
        ("新", -1, {"valid_from": "SYS-003"}),
        ("", -1, {"text": "SYS-002", "valid_from": "SYS-003"}),
    ],
)
def test_nothing_new_nothing_at_all_and_what_would_hold_since_yesterday_are_refused(
    batch: BatchOf, admin: Viewer, typed: str, seconds: int, codes: dict[str, str]
) -> None:
    with pytest.raises(FormRefused) as caught:
        written(admin, typed, batch.now + timedelta(seconds=seconds), batch.now)
    assert {name: no.code for name, no in caught.value.problems.items()} == codes
    assert in_force(PLEDGE, batch.now).version == "2020-1"


@pytest.mark.postgresql
def test_of_two_who_write_at_once_the_second_is_told(postgresql: None) -> None:
    filled = a_batch_to_fill()
    admin = staff(Role.ADMIN, filled.now)

    def writes(typed: str) -> Callable[[Session], object]:
        return lambda session: write_text(session, admin, PLEDGE, typed, filled.now, filled.now)

    with pytest.raises(FormRefused) as caught:
        at_once(writes("一"), writes("二"))
    assert {name: no.code for name, no in caught.value.problems.items()} == {"text": "SYS-004"}
    assert in_force(PLEDGE, filled.now).text == "一"


def test_clerks_write_no_texts(batch: BatchOf) -> None:
    with refused("AUTH-006"):
        written(batch.viewer, "新", batch.now, batch.now)


def test_a_new_version_is_written_down(batch: BatchOf, admin: Viewer) -> None:
    written(admin, "新", NEW_YEAR, batch.now)
    with reading() as session:
        (entry,) = session.query(AuditEntry).where(AuditEntry.action == "write_text").all()
    assert entry.account_id == admin.account_id
    assert (entry.details["kind"], entry.details["before"], entry.details["after"]) == ("pledge", "2020-1", "2021-1")


def test_whoever_has_read_the_version_before_is_asked_again(batch: BatchOf, admin: Viewer) -> None:
    change = batch.now + timedelta(hours=1)
    written(admin, "新", change, batch.now)
    with writing() as session, refused("VAL-007"):
        queue_submission(session, batch.viewer, batch.batch_no, "2020-1", change, people_queue)


def test_the_submission_keeps_the_version_that_was_agreed_to(batch: BatchOf, admin: Viewer) -> None:
    written(admin, "新", batch.now, batch.now)
    with writing() as session:
        promise(session, batch.viewer, batch.batch_no, stored_people(batch)[0].id, True, batch.now)
        job = queue_submission(session, batch.viewer, batch.batch_no, "2020-2", batch.now, people_queue)
    submit(job.id)
    with reading() as session:
        kept = session.get_one(PledgeAcceptance, batch.batch_id)
    assert (kept.version, kept.text_sha256) == ("2020-2", hashlib.sha256("新".encode()).hexdigest())


def test_a_promise_keeps_its_version_and_the_certificate_prints_what_was_promised(
    batch: BatchOf, admin: Viewer
) -> None:
    written(admin, "本单位承诺：此人在职。", batch.now, batch.now, PROMISE)
    with writing() as session:
        whom = stored_people(batch)[0].id
        promise(session, batch.viewer, batch.batch_no, whom, True, batch.now, text_version="2020-2")
        enrol(session, batch.viewer, batch.batch_no, batch.now)
    with reading() as session:
        assert session.get_one(BatchPerson, whom).promise_version == "2020-2"
        found = certificate_of(session, session.get_one(Batch, batch.batch_id))
    assert found.promises == {"本单位承诺：此人在职。": ["老王"]}


def test_a_promise_of_a_text_that_does_not_hold_any_more_is_asked_for_again(batch: BatchOf, admin: Viewer) -> None:
    written(admin, "新", batch.now, batch.now, PROMISE)
    with writing() as session, refused("BAT-004"):
        whom = stored_people(batch)[0].id
        promise(session, batch.viewer, batch.batch_no, whom, True, batch.now, text_version="2020-1")
