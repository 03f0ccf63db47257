"""One person as the association sees them, and 更正 of somebody whose batch holds claims (DOMAIN 11.6)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from models.actions.correct_person import (
    CORRECTED,
    Corrected,
    Evidence,
    correct_person,
    person_to_correct,
    take_person_to_correct,
)
from models.actions.view_evidence import view_evidence
from models.queries.people_search import PersonFound, find_anywhere
from models.queries.person_corrections import corrections_of
from models.queries.register import as_person
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.person_correction import REASON_LENGTH
from models.records.plan_year import plan_of
from models.rules.attachment import Attachment
from models.rules.findings import Outcome
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.person import ID_TYPE_TEXTS, SEX_TEXTS, IdType
from models.rules.refusal import Refused
from models.rules.roster import as_typed
from web.access import asks
from web.attachment import attachment, received, takes_files
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("person_corrections", __name__, url_prefix="/people/<int:person_id>")


@pages.get("")
@asks(Action.SEARCH_PEOPLE)
def show_person(person_id: int) -> ResponseReturnValue:
    """Who it is, in which batch, whom to call, and what was corrected; the number masked."""
    with reading() as records:
        found = find_anywhere(records, viewer(), person_id, Action.SEARCH_PEOPLE)
        return render(
            "person_corrections/person.html",
            now=business_now(records),
            plan=plan_of(records, found.batch.plan_year),
            found=found,
            corrections=corrections_of(records, person_id),
            id_type_texts=ID_TYPE_TEXTS,
            sex_texts=SEX_TEXTS,
        )


@pages.get("/correction")
@asks(Action.CORRECT_PERSON)
def ask_to_correct(person_id: int) -> ResponseReturnValue:
    """更正: the form with what is stored, the number in full; audited like 查看."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        found = take_person_to_correct(records, viewer(), person_id, business_now(records))
        stored = as_typed(as_person(found.person))
    return _form_page(found, TypedForm({column: stored[column] for column in CORRECTED}))


@pages.post("/correction")
@asks(Action.CORRECT_PERSON)
@takes_files
def correct(person_id: int) -> ResponseReturnValue:
    """提交更正; else the form again with what was typed and why not."""
    with reading() as records:
        person_to_correct(records, viewer(), person_id)
    try:
        evidence = Evidence(request.form.get("reason", ""), _files())
        cells = {str(column): request.form[column] for column in CORRECTED if column in request.form}
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, version = business_now(records), version_in_form()
            done = correct_person(records, viewer(), person_id, cells, evidence, now, version=version)
    except Refused as refused:
        if has_its_own_page(refused) or refused.code == "BAT-002":
            raise
        return _again(person_id, refused)
    if isinstance(done, FormRefused):
        return _again(person_id, done)
    _say_corrected(done)
    return go_to(url_for("person_corrections.show_person", person_id=person_id))


@pages.get("/evidence/<int:n>")
@asks(Action.CORRECT_PERSON)
def show_evidence(person_id: int, n: int) -> ResponseReturnValue:
    """A file that a correction rests on, to be saved; audited like 查看, since it may be a copy of a certificate."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        file = view_evidence(records, viewer(), person_id, n, business_now(records))
    return attachment(file)


def _files() -> Sequence[Attachment]:
    """Refused APP-003, APP-004, SYS-001 by a file."""
    return received([file for file in request.files.getlist("file") if file.filename])


def _again(person_id: int, refused: Refused) -> ResponseReturnValue:
    form = TypedForm(request.form)
    form.refuse(refused, unsaved="尚未更正")
    with reading() as records:
        found = person_to_correct(records, viewer(), person_id)
    return refused_with(_form_page(found, form), refused)


def _form_page(found: PersonFound, form: TypedForm) -> str:
    with reading() as records:
        now, plan = business_now(records), plan_of(records, found.batch.plan_year)
    return render(
        "person_corrections/correct.html",
        now=now,
        plan=plan,
        found=found,
        form=form,
        resident=found.person.id_type == IdType.RESIDENT_ID,
        id_type_texts=ID_TYPE_TEXTS,
        longest=REASON_LENGTH,
        action=url_for("person_corrections.correct", person_id=found.person.id),
        back=url_for("person_corrections.show_person", person_id=found.person.id),
    )


def _say_corrected(done: Corrected) -> None:
    if done.outcome is Outcome.UNCHANGED:
        say(f"{done.person.name} 的信息没有变化，没有更正。", tone="off")
        return
    say(f"已更正 {done.person.name} 的信息，保费不变，并已通知经办人。", tone="good")
    if done.over_age_differs:
        say("按更正后的信息，超龄结论与清册提交时不同；提交时的结论和承诺没有改变，请核对。", tone="todo")
