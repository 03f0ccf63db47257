"""A batch in any state, with all that any action needs, and every action on it by its real function; for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from config.pledge import pledge
from models.actions.add_person import add_person
from models.actions.copy_suggested import queue_suggestion
from models.actions.correct_rows import correct_rows
from models.actions.delete_batch import delete_batch
from models.actions.edit_person import edit_person
from models.actions.price_batch import confirm_premium, generate_premium
from models.actions.promise import promise
from models.actions.queue_check import queue_submission, queue_validation
from models.actions.remove_people import remove_people
from models.actions.set_in_service import set_in_service
from models.actions.undo_import import queue_undo
from models.actions.withdraw_batch import withdraw_batch
from models.records.database import writing
from models.records.job import Job, JobState
from models.records.premium import PremiumPreview
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.roster import as_typed
from tasks.roster_check import submit, validate
from tasks.roster_import.undo import undo_import
from tasks.suggested_roster import suggest
from tests.builders import a_person, resident_id
from tests.expired import expired
from tests.historical import on_an_earlier_roster
from tests.imports import an_import, submitted, typed
from tests.people import a_passport, stored_people
from tests.records import BatchOf, a_batch_to_fill
from tests.stages import PROJECTS, awaiting_payment, priced, put_into

A, S = BatchAction, BatchState

PLAIN = a_person(name="甲", id_no=resident_id(sequence=1))
UNINSURED = a_person(name="乙", id_no=resident_id(sequence=2), has_si=False)
OLD = a_person(name="丙", id_no=resident_id(date(1955, 3, 7)), birth=date(1955, 3, 7))
FOREIGNER = a_passport()
FORMER = a_person(name="庚", id_no=resident_id(sequence=20))
NEW, CORRECTED = (a_person(name="戊己"[number], id_no=resident_id(sequence=10 + number)) for number in range(2))
WRONG_ROW = 2


@dataclass(frozen=True)
class Scene:
    """A batch with an import of which row 2 is wrong; its people by name; the preview that may be confirmed."""

    batch: BatchOf
    import_id: int
    people: Mapping[str, int]
    preview: str = ""


def set_up(state: BatchState) -> Scene:
    """Everything that any action needs, the promise for 丙 among it, and then the way to the state."""
    batch = a_batch_to_fill()
    wrong = (*typed(CORRECTED)[:6], "有")
    done = an_import(batch, [wrong, *map(typed, (PLAIN, UNINSURED, OLD, FOREIGNER))])
    people = {person.name: person.id for person in stored_people(batch)}
    with writing() as session:
        promise(session, batch.viewer, batch.batch_no, people[OLD.name], True, batch.now)
    on_an_earlier_roster(FORMER)
    scene = Scene(batch, done.upload.id, people)
    match state:
        case S.ROSTER_DRAFT | S.ROSTER_FAILED | S.DELETED:
            put_into(batch, state)
        case S.ROSTER_SUBMITTED:
            return replace(scene, preview=priced(submitted(batch)).token)
        case S.EXPIRED:
            expired(awaiting_payment(batch))
        case _:
            put_into(awaiting_payment(batch), state)
            with writing() as session:
                return replace(scene, preview=session.get_one(PremiumPreview, batch.batch_id).token)
    return scene


def copy_suggested(scene: Scene) -> None:
    with writing() as session:
        job_id = queue_suggestion(session, scene.batch.viewer, scene.batch.batch_no, scene.batch.now, "roster.small").id
    suggest(job_id)
    ended_well(job_id)


def correct_a_row(scene: Scene) -> None:
    with writing() as session:
        correct_rows(session, scene.batch.viewer, scene.import_id, {WRONG_ROW: typed(CORRECTED)}, scene.batch.now)


def undo(scene: Scene) -> None:
    with writing() as session:
        job_id = queue_undo(session, scene.batch.viewer, scene.import_id, "roster.small", scene.batch.now)
    undo_import(job_id)
    ended_well(job_id)


def ended_well(job_id: int) -> None:
    with writing() as session:
        job = session.get_one(Job, job_id)
        assert job.state == JobState.DONE, (job.code, job.values)


def add(scene: Scene) -> None:
    with writing() as session:
        add_person(session, scene.batch.viewer, scene.batch.batch_no, as_typed(NEW), scene.batch.now)


def edit(scene: Scene) -> None:
    with writing() as session:
        who = scene.people[FOREIGNER.name]
        edit_person(session, scene.batch.viewer, scene.batch.batch_no, who, {"name": "王小豆"}, scene.batch.now)


def put_in_service(scene: Scene) -> None:
    with writing() as session:
        who = [scene.people[UNINSURED.name]]
        set_in_service(session, scene.batch.viewer, scene.batch.batch_no, who, scene.batch.now)


def remove(scene: Scene) -> None:
    with writing() as session:
        who = [scene.people[PLAIN.name]]
        remove_people(session, scene.batch.viewer, scene.batch.batch_no, who, scene.batch.now)


def promise_for(scene: Scene, promised: bool = True) -> None:
    with writing() as session:
        who = scene.people[OLD.name]
        promise(session, scene.batch.viewer, scene.batch.batch_no, who, promised, scene.batch.now)


def check(scene: Scene) -> None:
    with writing() as session:
        job = queue_validation(
            session, scene.batch.viewer, scene.batch.batch_no, scene.batch.now, lambda _: "roster.small"
        )
    validate(job.id)
    ended_well(job.id)


def hand_in(scene: Scene) -> None:
    agreed, queue = pledge().version, "roster.small"
    with writing() as session:
        job = queue_submission(
            session, scene.batch.viewer, scene.batch.batch_no, agreed, scene.batch.now, lambda _: queue
        )
    submit(job.id)
    ended_well(job.id)


def erase(scene: Scene) -> None:
    with writing() as session:
        delete_batch(session, scene.batch.viewer, scene.batch.batch_no, scene.batch.now)


def price(scene: Scene) -> None:
    with writing() as session:
        generate_premium(session, scene.batch.viewer, scene.batch.batch_no, PROJECTS, scene.batch.now)


def confirm(scene: Scene) -> None:
    with writing() as session:
        confirm_premium(session, scene.batch.viewer, scene.batch.batch_no, scene.preview, [], scene.batch.now)


def withdraw(to: BatchAction) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        with writing() as session:
            withdraw_batch(session, scene.batch.viewer, scene.batch.batch_no, to, "漏了人", scene.batch.now)

    return act


ACTS: Mapping[BatchAction, Callable[[Scene], None]] = {
    A.COPY_SUGGESTED: copy_suggested,
    A.IMPORT_PEOPLE: lambda scene: ended_well(an_import(scene.batch, [typed(NEW)]).job.id),
    A.CORRECT_ROWS: correct_a_row,
    A.UNDO_IMPORT: undo,
    A.ADD_PERSON: add,
    A.EDIT_PERSON: edit,
    A.SET_IN_SERVICE: put_in_service,
    A.REMOVE_PEOPLE: remove,
    A.VALIDATE_ROSTER: check,
    A.PROMISE: promise_for,
    A.SUBMIT_ROSTER: hand_in,
    A.DELETE_BATCH: erase,
    A.GENERATE_PREMIUM: price,
    A.CONFIRM_PREMIUM: confirm,
    A.WITHDRAW_TO_ROSTER: withdraw(A.WITHDRAW_TO_ROSTER),
    A.WITHDRAW_TO_PROJECTS: withdraw(A.WITHDRAW_TO_PROJECTS),
}
"""What a handler does to a batch, with content that is right."""
