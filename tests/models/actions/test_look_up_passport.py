"""A look-up by what somebody tells: who may, and what is written down. What is typed wrong: tests of its page."""

from __future__ import annotations

import pytest

from models.actions.look_up_passport import look_up_passport
from models.queries.passports import Collision
from models.records.database import writing
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.imports import a_rival_with
from tests.passports import JEAN, WANG
from tests.people import audited, somebody_of
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import a_batch_to_fill
from tests.refusals import refused
from tests.vouchers import staff

TYPED = {"id_no": "h801213602x", "name": " Jean Dupont ", "birth": "1980-01-01", "sex": "male", "year": "2020"}


def look_up(viewer: Viewer, **changes: str) -> Collision | None:
    with writing() as session:
        return look_up_passport(session, viewer, TYPED | changes, NOW)


def test_whoever_holds_the_number_is_found_and_the_look_up_written_down(database: str) -> None:
    a_rival_with([WANG])
    reviewer = staff(Role.REVIEWER, NOW)
    found = look_up(reviewer)
    assert found is not None
    assert (found.applicant.name, found.applicant.id_no, found.holder.name) == (JEAN.name, JEAN.id_no, WANG.name)
    [entry] = audited("look_up_passport")
    assert (entry.account_id, entry.details) == (reviewer.account_id, {"id_no": "H8***2X", "found": True})


def test_that_nobody_holds_it_is_written_down_too(sqlite: None) -> None:
    a_batch_to_fill()
    assert look_up(staff(Role.ADMIN, NOW)) is None
    assert [entry.details["found"] for entry in audited("look_up_passport")] == [False]


def test_what_can_be_nobody_is_refused_and_not_looked_up(sqlite: None) -> None:
    a_batch_to_fill()
    with refused("SYS-003", field="性别"):
        look_up(staff(Role.ADMIN, NOW), sex="x")
    assert audited("look_up_passport") == []


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SERVICE_DESK])
def test_only_the_association_looks_up(sqlite: None, role: Role) -> None:
    batch = a_batch_to_fill()
    with refused("AUTH-006"):
        look_up(somebody_of(role, batch))
