"""人员查询: the association looks for people across batches; every search is written down (DOMAIN 9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit
from models.queries.people_search import PeopleFound, PeopleSought, PersonFound, people_found, people_found_after
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.identity import IdRefused, check_whole_number
from models.rules.name import is_name, normalise_name
from models.rules.permissions import Action
from models.rules.person import mask_id_no
from models.rules.refusal import Refused
from models.rules.white_space import is_blank

SHORTEST_PART = 2
"""Characters of a name that is looked for as a part: one would find every tenth person."""


@dataclass(frozen=True, slots=True)
class TypedSearch:
    """Whom somebody looks for, as it was typed: by the number, the name or both."""

    id_no: str = ""
    name: str = ""
    part_of_name: bool = False
    plan_year: str = ""


def sought_by(typed: TypedSearch, now: datetime) -> PeopleSought:
    """What is looked for. FormRefused: SYS-002 neither number nor name, an IDN code for what is no whole number,
    ROW-014 for what is no name, SYS-003 for too little of one.
    """
    problems: dict[str, Refused] = {}
    number = name = ""
    if not is_blank(typed.id_no):
        checked = check_whole_number(typed.id_no, local_date(now))
        if isinstance(checked, IdRefused):
            problems["id_no"] = Refused(checked.code, **checked.values)
        else:
            number = checked
    if not is_blank(typed.name):
        name = normalise_name(typed.name)
        if not is_name(name):
            problems["name"] = Refused("ROW-014")
        elif typed.part_of_name and len(name) < SHORTEST_PART:
            problems["name"] = Refused("SYS-003", field="姓名")
    if not problems and not number and not name:
        problems["id_no"] = Refused("SYS-002", field="证件号码或姓名")
    if problems:
        raise FormRefused(problems)
    return PeopleSought(number, name, typed.part_of_name, typed.plan_year)


def find_people(  # noqa: PLR0917 - who, what, when, which page: the order of every list
    session: Session, viewer: Viewer, typed: TypedSearch, now: datetime, page: int, size: int
) -> PeopleFound:
    """One page of the people sought, to be shown after `write_down_search`. Refused AUTH-006, and as `sought_by`.

    It only reads, since a name takes a walk past all rosters: nobody who writes is to wait for that.
    """
    permit(viewer, Action.SEARCH_PEOPLE)
    return people_found(session, sought_by(typed, now), page, size)


def find_people_after(  # noqa: PLR0917 - as above, with a cursor
    session: Session, viewer: Viewer, typed: TypedSearch, now: datetime, after: int | None, limit: int
) -> Sequence[PersonFound]:
    """As `find_people`, from behind the one of this id: one more than `limit`, if there is a next page."""
    permit(viewer, Action.SEARCH_PEOPLE)
    return people_found_after(session, sought_by(typed, now), after, limit)


def write_down_search(session: Session, viewer: Viewer, typed: TypedSearch, now: datetime, shown: int) -> None:
    """What was looked for, the number masked, and how many people are shown. Refused as `find_people`."""
    permit(viewer, Action.SEARCH_PEOPLE)
    sought = sought_by(typed, now)
    what: dict[str, Any] = {
        "id_no": mask_id_no(sought.id_no) if sought.id_no else "",
        "name": sought.name,
        "part_of_name": sought.part_of_name,
        "year": sought.plan_year,
    }
    record_act(
        session,
        viewer,
        now,
        "search_people",
        **{name: value for name, value in what.items() if value},
        people=shown,
    )
