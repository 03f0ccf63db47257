"""What a clerk does to single people of a roster: 查看, 编辑, 设置在职, 新增人员; a sheet over it, or a page."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text, text_without_row
from models.actions.add_person import Added, add_person
from models.actions.batch_change import refuse_unless_possible
from models.actions.edit_person import Edited, edit_person, take_person_to_edit
from models.actions.set_in_service import person_to_set_in_service, set_in_service
from models.actions.view_person import view_person
from models.queries.batches import find_batch
from models.queries.people import find_person, unknown_among
from models.queries.register import as_person
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.rules.findings import Finding, Outcome
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.person import EMPLOYMENT_TEXTS, ID_TYPE_TEXTS, SEX_TEXTS, EmploymentStatus
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from models.rules.roster import as_typed
from web.access import asks
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.pages.roster import picked_people, roster_as_seen
from web.person_form import PersonForm, differing, typed_cells
from web.sign_in import viewer

pages = Blueprint("people", __name__, url_prefix="/batches/<batch_no>/people")


@pages.get("/<int:person_id>")
@asks(Action.READ_PEOPLE)
def show_person(batch_no: str, person_id: int) -> ResponseReturnValue:
    """查看: the full number, which is audited; so this page writes."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        seen = view_person(records, viewer(), batch_no, person_id, now)
        plan = plan_of(records, seen.batch.plan_year)
    return render(
        "people/view.html",
        now=now,
        plan=plan,
        seen=seen,
        id_type_texts=ID_TYPE_TEXTS,
        sex_texts=SEX_TEXTS,
        employment_texts=EMPLOYMENT_TEXTS,
        retired_words=text("RST-005"),
    )


@pages.get("/<int:person_id>/edit")
@asks(Action.WORK_ON_BATCH)
def ask_to_edit(batch_no: str, person_id: int) -> ResponseReturnValue:
    """编辑: the form with what is stored, the number in full; audited like 查看."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        batch, person = take_person_to_edit(records, viewer(), batch_no, person_id, now)
        plan = plan_of(records, batch.plan_year)
    return _edit_sheet(now, plan, batch, person, PersonForm(as_typed(as_person(person))))


@pages.post("/<int:person_id>/edit")
@asks(Action.WORK_ON_BATCH)
def edit(batch_no: str, person_id: int) -> ResponseReturnValue:
    """Saved, or the form again with what was typed and why not."""
    form = PersonForm(typed_cells(request.form))
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            version = _version(request.form.get("version", ""))
            done = edit_person(records, viewer(), batch_no, person_id, form.cells, now, version=version)
    except Refused as refused:
        if has_its_own_page(refused) or refused.code == "RST-001":
            raise
        return refused_with(_edit_again(batch_no, person_id, form, refused), refused)
    if done.outcome not in {Outcome.UPDATED, Outcome.UNCHANGED}:
        status = form.tell(done.outcome, done.findings, passport_only=True)
        return make_response(_edit_again(batch_no, person_id, form), status)
    _say_edited(done)
    return go_to(roster_as_seen(batch_no))


@pages.get("/<int:person_id>/in-service")
@asks(Action.WORK_ON_BATCH)
def ask_to_set_in_service(batch_no: str, person_id: int) -> ResponseReturnValue:
    """设置在职 of one person asks RST-003 first."""
    with reading() as records:
        batch, person = person_to_set_in_service(records, viewer(), batch_no, person_id, business_now(records))
        return _in_service_sheet(records, batch, [person_id], text("RST-003"), person=person)


@pages.post("/in-service")
@asks(Action.WORK_ON_BATCH)
def set_ticked_in_service(batch_no: str) -> ResponseReturnValue:
    """设置在职 and 批量设置在职: first how many it would be (RST-011), then, that confirmed, done."""
    picked = picked_people()
    try:
        if picked and not request.form.get("confirmed"):
            return _ask_for_ticked(batch_no, picked)
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, alone = business_now(records), len(picked) == 1
            changed = set_in_service(records, viewer(), batch_no, picked, now, alone=alone)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        message = text(refused.code, **refused.values) if picked else "请先勾选需要设置在职的人员。"
        say(message, refused.code, tone="bad")
        return go_to(roster_as_seen(batch_no))
    _say_in_service(changed)
    return go_to(roster_as_seen(batch_no))


@pages.get("/add")
@asks(Action.WORK_ON_BATCH)
def ask_for_person(batch_no: str) -> ResponseReturnValue:
    """新增人员: the empty form."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        refuse_unless_possible(records, batch, BatchAction.ADD_PERSON, business_now(records))
        return _add_sheet(records, batch, PersonForm({}))


@pages.post("/add")
@asks(Action.WORK_ON_BATCH)
def add(batch_no: str) -> ResponseReturnValue:
    """Added or updated; else the form again with what was typed and what became of it."""
    form = PersonForm(typed_cells(request.form))
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            done = add_person(records, viewer(), batch_no, form.cells, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_add_again(batch_no, form, refused), refused)
    if done.outcome in {Outcome.ADDED, Outcome.UPDATED}:
        _say_added(done)
        return go_to(roster_as_seen(batch_no))
    status = form.tell(done.outcome, done.findings, done.name)
    return make_response(_add_again(batch_no, form), status)


def _edit_again(batch_no: str, person_id: int, form: PersonForm, refused: Refused | None = None) -> str:
    with reading() as records:
        batch, person = find_person(records, viewer(), batch_no, person_id, Action.WORK_ON_BATCH)
        stored = as_typed(as_person(person))
        if refused is not None and refused.code == "BAT-004":
            form.stored = differing(stored, form.cells)
        form.cells = {**dict.fromkeys(stored, ""), **form.cells}
        now, plan = business_now(records), plan_of(records, batch.plan_year)
    return _edit_sheet(now, plan, batch, person, form, refused=refused)


def _edit_sheet(
    now: datetime,
    plan: PlanYear,
    batch: Batch,
    person: BatchPerson,
    form: PersonForm,
    *,
    refused: Refused | None = None,
) -> str:
    return render(
        "people/edit.html",
        now=now,
        plan=plan,
        batch=batch,
        person=person,
        form=form,
        action=url_for("people.edit", batch_no=batch.batch_no, person_id=person.id),
        refused=refused,
        refused_words=text(refused.code, **refused.values) if refused else "",
    )


def _ask_for_ticked(batch_no: str, picked: list[int]) -> ResponseReturnValue:
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        refuse_unless_possible(records, batch, BatchAction.SET_IN_SERVICE, business_now(records))
        ticked, unknown = unknown_among(records, batch, picked)
        if unknown:
            return _in_service_sheet(records, batch, picked, text("RST-011", n=unknown), ticked=ticked, unknown=unknown)
    _say_in_service(0)
    return go_to(roster_as_seen(batch_no))


def _in_service_sheet(
    records: Session,
    batch: Batch,
    picked: list[int],
    message: str,
    *,
    person: BatchPerson | None = None,
    ticked: int = 1,
    unknown: int = 1,
) -> str:
    return render(
        "people/in_service.html",
        now=business_now(records),
        plan=plan_of(records, batch.plan_year),
        batch=batch,
        picked=picked,
        message=message,
        person=person,
        ticked=ticked,
        unknown=unknown,
        action=url_for("people.set_ticked_in_service", batch_no=batch.batch_no),
    )


def _add_again(batch_no: str, form: PersonForm, refused: Refused | None = None) -> str:
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        return _add_sheet(records, batch, form, refused)


def _add_sheet(records: Session, batch: Batch, form: PersonForm, refused: Refused | None = None) -> str:
    return render(
        "people/add.html",
        now=business_now(records),
        plan=plan_of(records, batch.plan_year),
        batch=batch,
        form=form,
        action=url_for("people.add", batch_no=batch.batch_no),
        refused=refused,
        refused_words=text(refused.code, **refused.values) if refused else "",
    )


def _say_edited(done: Edited) -> None:
    name = done.person.name
    if done.outcome is Outcome.UNCHANGED:
        say(f"{name} 的信息没有变化。", tone="off")
    else:
        say(f"已保存 {name} 的信息。", tone="good")
    _say_hints(done.findings)
    _say_retired(EmploymentStatus(done.person.employment_status))


def _say_in_service(changed: int) -> None:
    if changed:
        say(f"已将 {changed:,} 人设置为在职。", tone="good")
    else:
        say("所选人员的职退情况都不是“-”，清册没有变化。", "RST-004", tone="off")


def _say_added(done: Added) -> None:
    if done.outcome is Outcome.ADDED:
        say(f"已新增 {done.name}。", tone="good")
    else:
        say(f"{done.name} 已在清册中，手机号和是否有社保已按本次填写更新。", tone="good")
    _say_hints(done.findings)
    _say_retired(done.employment_status)


def _say_hints(findings: list[Finding]) -> None:
    for finding in findings:
        say(text_without_row(finding.code, **finding.values), finding.code, tone="todo")


def _say_retired(status: EmploymentStatus | None) -> None:
    if status is EmploymentStatus.RETIRED:
        say(text("RST-005"), "RST-005", tone="todo")


def _version(written: str) -> int:
    """The version of the batch that the form was made from; one that is none never is the batch's."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1
