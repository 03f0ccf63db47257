"""参保清册: the people of a batch, in pages and one by one."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.add_person import add_person
from models.actions.edit_person import edit_person
from models.actions.export_people import open_export
from models.actions.remove_people import remove_everybody, remove_people
from models.actions.set_in_service import set_in_service
from models.queries.batches import find_batch
from models.queries.people import find_person, people_after, person_on, person_seen
from models.queries.roster import RosterFilters
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.findings import Outcome
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from tasks.workbook.people_workbook import people_workbook_stream
from web.access import asks
from web.api.calls import Family, address, answer, nothing
from web.api.cursors import after, cut
from web.api.fields import Listed, id_in_address
from web.api.incoming import body, query, refused_person, version_asked
from web.api.order import roster_can_change
from web.api.person import (
    REGISTER_CODES,
    ROW_CODES,
    NumberAsked,
    PeopleList,
    PeopleQuery,
    PersonChanged,
    PersonEdited,
    PersonShape,
    PersonTyped,
    Removed,
    SetInService,
    Ticked,
    TickedOrAll,
    person_changed,
    person_shape,
)
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer
from web.workbook import XLSX, workbook

family = Family("people", "参保清册")

EDITABLE = ("BAT-005", "RST-010", "BAT-002", "BAT-007", "BAT-004", "WIN-001", "WIN-002", "WIN-003", "WIN-004")
"""Codes of every change of a roster."""


@family.get("/batches/{batch_no}/people", "清册人员", {200: PeopleList}, query=PeopleQuery, refuses=("BAT-005",))
@asks(Action.READ_PEOPLE)
def list_people(batch_no: str) -> Response:
    """The people under the filters, as they came. Numbers stand in no address: they are no filter."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        asked = query(PeopleQuery)
        filters = RosterFilters(
            name=asked.name,
            si_unit_code=asked.si_unit_code,
            employment_status=asked.employment_status or "",
            over_age=asked.over_age,
        )
        return answer(_page(records, batch, filters, asked))


@family.post(
    "/batches/{batch_no}/people/search",
    "按证件号码查找",
    {200: PeopleList},
    query=Listed,
    body=NumberAsked,
    refuses=("BAT-005",),
)
@asks(Action.READ_PEOPLE)
def search_people(batch_no: str) -> Response:
    """Whoever has this number, or one that begins with these six characters or more."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        asked = query(Listed)
        return answer(_page(records, batch, RosterFilters(id_no=body(NumberAsked).id_no), asked))


@family.post(
    "/batches/{batch_no}/people",
    "新增人员",
    {201: PersonChanged, 200: PersonChanged},
    body=PersonTyped,
    refuses=(*EDITABLE, *ROW_CODES, *REGISTER_CODES),
    asks_register=True,
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def add_one_person(batch_no: str) -> Response:
    """One person, judged as a row of a roster is: 201 for a new one, 200 where the number was there already."""
    roster_can_change(batch_no, BatchAction.ADD_PERSON)
    cells = body(PersonTyped).cells()
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        added = add_person(records, viewer(), batch_no, cells, now, version=version_asked())
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        shape = None
        if added.person_id is not None:
            seen = person_seen(records, batch, person_on(records, batch, added.person_id), local_date(now))
            shape = person_changed(seen.line, added.outcome, added.findings)
    if shape is None:  # after the commit: looking into the register is audited
        raise refused_person(added.findings)
    location = address("get_person", batch_no=batch_no, person_id=shape.id)
    return answer(shape, 201 if added.outcome is Outcome.ADDED else 200, version=batch.version, location=location)


@family.get("/batches/{batch_no}/people/{person_id}", "一名人员", {200: PersonShape}, refuses=("BAT-005",))
@asks(Action.READ_PEOPLE)
def get_person(batch_no: str, person_id: str) -> Response:
    """One person, the number masked as in the list."""
    with reading() as records:
        batch, person = find_person(records, viewer(), batch_no, id_in_address(person_id))
        seen = person_seen(records, batch, person, local_date(business_now(records)))
        return answer(person_shape(seen.line))


@family.patch(
    "/batches/{batch_no}/people/{person_id}",
    "编辑护照人员",
    {200: PersonChanged},
    body=PersonEdited,
    refuses=(*EDITABLE, "RST-001", "RST-002", *ROW_CODES),
    asks_register=True,
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def edit_one_person(batch_no: str, person_id: str) -> Response:
    """What the body names is changed, the rest stays. 身份证 people are removed and imported again (RST-001)."""
    number = id_in_address(person_id)
    roster_can_change(batch_no, BatchAction.EDIT_PERSON, person_id=number)
    cells = body(PersonEdited).cells()
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        edited = edit_person(records, viewer(), batch_no, number, cells, now, version=version_asked())
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        seen = person_seen(records, batch, edited.person, local_date(now))
        shape = person_changed(seen.line, edited.outcome, edited.findings)
    if edited.outcome not in {Outcome.UPDATED, Outcome.UNCHANGED}:
        raise refused_person(edited.findings, "edit")
    return answer(shape, version=batch.version)


@family.delete(
    "/batches/{batch_no}/people/{person_id}", "移除一名人员", {204: None}, refuses=EDITABLE, changes_batch=True
)
@asks(Action.WORK_ON_BATCH)
def remove_person(batch_no: str, person_id: str) -> Response:
    """移除."""
    number = id_in_address(person_id)
    roster_can_change(batch_no, BatchAction.REMOVE_PEOPLE, person_id=number)
    return nothing(version=_remove(batch_no, Ticked(ids=[number])).version)


@family.post(
    "/batches/{batch_no}/people/remove",
    "批量移除或移除全部",
    {200: Removed},
    body=TickedOrAll,
    refuses=(*EDITABLE, "RST-006"),
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def remove_several(batch_no: str) -> Response:
    """`{ids}` or `{all: true}`; people who are not there any more count for nothing."""
    roster_can_change(batch_no, BatchAction.REMOVE_PEOPLE)
    removed = _remove(batch_no, body(TickedOrAll))
    return answer(removed, version=removed.version)


@family.post(
    "/batches/{batch_no}/people/{person_id}/in-service",
    "设置在职",
    {200: PersonShape},
    refuses=(*EDITABLE, "RST-004", "RST-005"),
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def set_person_in_service(batch_no: str, person_id: str) -> Response:
    """The unit confirms that a “-” person is in service and insured."""
    number = id_in_address(person_id)
    roster_can_change(batch_no, BatchAction.SET_IN_SERVICE, person_id=number)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        set_in_service(records, viewer(), batch_no, [number], now, version=version_asked(), alone=True)
        batch, person = find_person(records, viewer(), batch_no, number, Action.WORK_ON_BATCH)
        shape = person_shape(person_seen(records, batch, person, local_date(now)).line)
    return answer(shape, version=batch.version)


@family.post(
    "/batches/{batch_no}/people/in-service",
    "批量设置在职",
    {200: SetInService},
    body=Ticked,
    refuses=(*EDITABLE, "RST-005"),
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def set_several_in_service(batch_no: str) -> Response:
    """The “-” people among these; the others stay as they are."""
    roster_can_change(batch_no, BatchAction.SET_IN_SERVICE)
    asked = body(Ticked)
    with writing(REQUEST_WAIT_SECONDS) as records:
        changed = set_in_service(records, viewer(), batch_no, asked.ids, business_now(records), version=version_asked())
        version = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH).version
    return answer(SetInService(in_service=changed, version=version), version=version)


@family.get("/batches/{batch_no}/people.xlsx", "导出清册", {200: XLSX}, refuses=("BAT-005",))
@asks(Action.WORK_ON_BATCH)
def export_people(batch_no: str) -> Response:
    """The roster with full numbers for the unit's own records, which is written down; sent while it is read."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        export = open_export(records, viewer(), batch_no, business_now(records))
    return workbook(people_workbook_stream(export), f"参保清册_{export.batch_no}")


def _page(records: Session, batch: Batch, filters: RosterFilters, asked: Listed) -> PeopleList:
    plan, today = plan_of(records, batch.plan_year), local_date(business_now(records))
    lines = people_after(records, batch, plan, filters, today, after=after(asked.cursor), limit=asked.limit)
    page, following = cut(lines, asked.limit, lambda line: (line.person.id,))
    return PeopleList(items=[person_shape(line) for line in page], next=following)


def _remove(batch_no: str, asked: Ticked | TickedOrAll) -> Removed:
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        if isinstance(asked, TickedOrAll) and asked.all:
            removed = remove_everybody(records, viewer(), batch_no, now, version=version_asked())
        else:
            removed = remove_people(records, viewer(), batch_no, asked.ids or [], now, version=version_asked())
        version = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH).version
    return Removed(removed=removed, version=version)
