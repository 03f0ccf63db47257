"""People on a roster, and its pages as the query gives them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from models.queries.roster import RosterFilters, RosterPage, roster_page
from models.records.database import reading
from models.records.plan_year import plan_of
from models.rules.person import IdType, Person, Sex
from tests.builders import a_person, resident_id
from tests.imports import the_batch
from tests.records import BatchOf, people_on
from tests.statements import statements

START = date(2020, 4, 1)
TODAY = date(2020, 4, 20)
SIXTY_TODAY, SIXTY_TOMORROW = date(1960, 4, 1), date(1960, 4, 2)
FIFTY_FIVE_TODAY, FIFTY_FIVE_TOMORROW = date(1965, 4, 1), date(1965, 4, 2)


def somebody(name: str, birth: date = date(1990, 3, 7), sex: Sex = Sex.MALE, **changes: Any) -> Person:
    return a_person(name=name, birth=birth, sex=sex, id_no=changes.pop("id_no", resident_id(birth, sex)), **changes)


JIA, YI = somebody("王甲"), somebody("李乙_", sex=Sex.FEMALE, has_si=False)
BING = somebody("王丙", id_no="H801213602X", id_type=IdType.PASSPORT)


def page(batch: BatchOf, *, number: int = 1, size: int = 20, **filters: Any) -> RosterPage:
    with reading() as session:
        plan = plan_of(session, "2020")
        return roster_page(session, the_batch(batch), plan, RosterFilters(**filters), TODAY, page=number, size=size)


def names(batch: BatchOf, **filters: Any) -> list[str]:
    return [line.person.name for line in page(batch, **filters).lines]


def a_crowd(batch: BatchOf, people: int) -> None:
    days = (date(1958, 1, 1) + timedelta(days=number % 9999) for number in range(people))
    people_on(
        batch, [somebody(f"第{n}人", day, Sex.MALE, id_no=resident_id(day, sequence=3)) for n, day in enumerate(days)]
    )


def statements_of_a_page(batch: BatchOf, **filters: Any) -> int:
    stored = the_batch(batch)
    with reading() as session:
        plan = plan_of(session, "2020")
        with statements() as asked:
            roster_page(session, stored, plan, RosterFilters(**filters), TODAY, page=2, size=20)
    return len(asked)
