"""人员查询 of the association (DOMAIN 9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import update

from models.actions.search_people import TypedSearch, find_people, find_people_after, sought_by, write_down_search
from models.queries import people_search
from models.queries.people_search import PeopleFound
from models.records.batch import Batch
from models.records.database import reading, writing
from models.rules.form_fields import FormRefused
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.builders import a_person, resident_id
from tests.people import a_passport, audited, somebody_of
from tests.person_corrections import codes_of, submitted_with
from tests.records import IN_THE_CENTRAL_WINDOW, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.statements import statements
from tests.vouchers import staff

DOUDOU = a_person()
NAMES = ("王豆豆", "王豆", "王豆芽", "欧阳豆豆")


def found(page: int = 1, size: int = 20, **typed: Any) -> PeopleFound:
    """What a reviewer is shown."""
    reviewer, sought = staff(Role.REVIEWER, IN_THE_CENTRAL_WINDOW), TypedSearch(**typed)
    with reading() as session:
        seen = find_people(session, reviewer, sought, IN_THE_CENTRAL_WINDOW, page, size)
    with writing() as session:
        write_down_search(session, reviewer, sought, IN_THE_CENTRAL_WINDOW, len(seen.people))
    return seen


def names(seen: PeopleFound) -> Sequence[str]:
    return [one.person.name for one in seen.people]


def four_namesakes() -> None:
    batch = a_batch_to_fill()
    people_on(batch, [a_person(name=name, id_no=resident_id(sequence=turn)) for turn, name in enumerate(NAMES)])


def test_a_number_is_found_on_every_roster_with_whom_to_call(database: str) -> None:
    holder = submitted_with([DOUDOU])
    draft = a_batch_to_fill("0088D3")
    people_on(draft, [DOUDOU, a_person(id_no=resident_id())])
    last, first = found(id_no=" 110101 19900307 9091 ").people
    assert (first.batch.batch_no, first.claimed, first.correctable) == (holder.batch_no, True, True)
    assert (last.batch.batch_no, last.claimed, last.correctable) == (draft.batch_no, False, False)
    assert (first.handler, first.phone, first.batch.code.code) == ("李小满", "14200000001", "0088D2")


def test_a_passport_is_found_however_it_is_written(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [a_passport(), DOUDOU])
    assert names(found(id_no="h8012136-02x")) == ["王豆"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"name": "王豆豆"}, ["王豆豆"]),
        ({"name": " 王豆 "}, ["王豆"]),
        ({"name": "豆豆", "part_of_name": True}, ["欧阳豆豆", "王豆豆"]),
        ({"name": "王豆", "part_of_name": True}, ["王豆芽", "王豆", "王豆豆"]),
        ({"name": "王豆", "id_no": resident_id(sequence=0)}, []),
        ({"name": "王豆", "plan_year": "2020"}, ["王豆"]),
        ({"name": "王豆", "plan_year": "2021"}, []),
    ],
)
def test_names_are_found_whole_or_in_part(database: str, typed: dict[str, Any], expected: list[str]) -> None:
    four_namesakes()
    assert names(found(**typed)) == expected


def test_a_batch_that_was_deleted_has_nobody(sqlite: None) -> None:
    four_namesakes()
    with writing() as session:
        session.execute(update(Batch).values(state=BatchState.DELETED))
    assert found(name="王豆").total == 0


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, {"id_no": "SYS-002"}),
        ({"id_no": " ", "name": "\u3000"}, {"id_no": "SYS-002"}),
        ({"id_no": "110101199003079092"}, {"id_no": "IDN-005"}),
        ({"id_no": "110101900307909"}, {"id_no": "IDN-002"}),
        ({"id_no": "E12"}, {"id_no": "IDN-006"}),
        ({"name": "110101"}, {"name": "ROW-014"}),
        ({"name": "豆", "part_of_name": True}, {"name": "SYS-003"}),
        ({"name": "%%", "part_of_name": True, "id_no": "E12"}, {"id_no": "IDN-006", "name": "ROW-014"}),
    ],
)
def test_what_nobody_can_be_found_by_is_refused(typed: dict[str, Any], wrong: dict[str, str]) -> None:
    with pytest.raises(FormRefused) as no:
        sought_by(TypedSearch(**typed), IN_THE_CENTRAL_WINDOW)
    assert codes_of(no.value) == wrong


def test_every_search_is_written_down_with_the_number_masked(database: str) -> None:
    four_namesakes()
    found(id_no=DOUDOU.id_no)
    found(name="王豆", part_of_name=True, plan_year="2020")
    assert [entry.details for entry in audited("search_people")] == [
        {"id_no": "1101*****9091", "people": 0},
        {"name": "王豆", "part_of_name": True, "year": "2020", "people": 3},
    ]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REVIEWER, Role.ADMIN}])
def test_only_the_association_searches(sqlite: None, role: Role) -> None:
    batch = a_batch_to_fill()
    who, sought = somebody_of(role, batch), TypedSearch(name="王豆")
    with refused("AUTH-006"), reading() as session:
        find_people(session, who, sought, batch.now, 1, 20)
    with refused("AUTH-006"), reading() as session:
        find_people_after(session, who, sought, batch.now, None, 20)
    with refused("AUTH-006"), writing() as session:
        write_down_search(session, who, sought, batch.now, 1)


def test_the_pages_follow_each_other_and_end(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    four_namesakes()
    part = {"name": "王豆", "part_of_name": True}
    pages = [found(page, 2, **part) for page in (1, 2, 3)]
    assert [names(page) for page in pages] == [["王豆芽", "王豆"], ["王豆豆"], []]
    assert [(page.total, page.more) for page in pages] == [(3, False)] * 3
    monkeypatch.setattr(people_search, "MOST_FOUND", 2)
    cut_off = found(1, 20, **part)
    assert (names(cut_off), cut_off.total, cut_off.more) == (["王豆芽", "王豆"], 2, True)


def test_programs_go_on_from_behind_the_last_one(database: str) -> None:
    four_namesakes()
    reviewer = staff(Role.REVIEWER, IN_THE_CENTRAL_WINDOW)
    typed = TypedSearch(name="王豆", part_of_name=True)
    with reading() as session:
        first = find_people_after(session, reviewer, typed, IN_THE_CENTRAL_WINDOW, None, 2)
        rest = find_people_after(session, reviewer, typed, IN_THE_CENTRAL_WINDOW, first[1].person.id, 2)
    assert [one.person.name for one in first] == ["王豆芽", "王豆", "王豆豆"]
    assert [one.person.name for one in rest] == ["王豆豆"]


def test_a_search_asks_the_database_a_fixed_number_of_times(database: str) -> None:
    reviewer = staff(Role.REVIEWER, IN_THE_CENTRAL_WINDOW)
    four_namesakes()
    for part, people in (("豆芽", 1), ("王豆", 3)):
        with reading() as session, statements() as asked:
            typed = TypedSearch(name=part, part_of_name=True)
            seen = find_people(session, reviewer, typed, IN_THE_CENTRAL_WINDOW, 1, 20)
        assert seen.total == people
        assert len(asked) == 1, asked
