"""参保编码申请 reviewed (AC05)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from config.messages import text
from models.actions import decide_application
from models.actions.decide_application import approve_application, reject_application
from models.actions.keep_accounts import add_account, add_unit
from models.actions.open_batch import own_code
from models.queries.code_applications import ApplicationFilters, find_application, list_applications
from models.records.audit import AuditEntry
from models.records.code_application import CodeApplication
from models.records.database import reading, writing
from models.records.notice import Notice
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.applications import TYPED, applied
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused

LATER = NOW + timedelta(days=1)


@pytest.fixture
def li(database: str) -> Viewer:
    return somebody("li@unit.example")


@pytest.fixture
def reviewer(database: str) -> Viewer:
    return somebody("reviewer@union.example", Role.REVIEWER)


def somebody(email: str, role: Role = Role.HANDLER) -> Viewer:
    with writing() as session:
        account, _ = add_account(session, email, role, now=NOW)
        return Viewer(account.id, role, ip="192.0.2.7")


def approve(reviewer: Viewer, made: int, code: str = "") -> str:
    with writing() as session:
        done = approve_application(session, reviewer, made, LATER, code=code)
        assert done.code is not None
        return done.code.code


def reject(reviewer: Viewer, made: int, reason: str = "附件看不清") -> None:
    with writing() as session:
        reject_application(session, reviewer, made, reason, LATER)


def found(viewer: Viewer, made: int) -> CodeApplication:
    with reading() as session:
        return find_application(session, viewer, made)


def told(viewer: Viewer) -> list[str]:
    with reading() as session:
        notices = session.query(Notice).filter_by(account_id=viewer.account_id).order_by(Notice.id).all()
    return [text(notice.code, **notice.values) for notice in notices]


def test_an_approval_gives_a_code_that_the_unit_can_use_at_once(li: Viewer, reviewer: Viewer) -> None:
    made = applied(li, NOW)
    code = approve(reviewer, made)
    assert re.fullmatch("[0-9]{4}[0-9A-HJ-NP-Z]{2}", code)
    with reading() as session:
        mine = own_code(session, li, code)
    assert (mine.account_id, mine.bound_by, mine.bound_at) == (li.account_id, "application", LATER)
    assert (mine.unit.name, mine.unit.uscc, mine.unit.district_union) == (TYPED["unit_name"], TYPED["uscc"], "机电")
    assert (mine.unit.nature, mine.unit.address, mine.unit.postcode) == ("国有", TYPED["address"], "200002")
    application = found(li, made)
    assert (application.status, application.decided_at, application.decided_by) == (
        "approved", LATER, reviewer.account_id,
    )  # fmt: skip


def test_nobody_else_can_use_it(li: Viewer, reviewer: Viewer) -> None:
    code = approve(reviewer, applied(li, NOW))
    with reading() as session, refused("COD-002"):
        own_code(session, somebody("zhou@unit.example"), code)


def test_a_code_for_a_visitor_at_the_counter_is_bound_to_nobody(reviewer: Viewer) -> None:
    desk = somebody("desk@union.example", Role.SERVICE_DESK)
    code = approve(reviewer, applied(desk, NOW))
    with reading() as session:
        assert session.query(EnrolmentCode).filter_by(code=code).one().account_id is None


def test_a_rejection_tells_why(li: Viewer, reviewer: Viewer) -> None:
    made = applied(li, NOW)
    reject(reviewer, made, " 附件看不清。 ")
    assert (found(li, made).status, found(li, made).reason) == ("rejected", "附件看不清。")
    assert told(li) == ["参保编码申请审核不通过：附件看不清。"]


def test_an_approval_tells_the_code(li: Viewer, reviewer: Viewer) -> None:
    code = approve(reviewer, applied(li, NOW))
    assert told(li) == [f"参保编码申请审核通过：参保编码为{code}。"]


@pytest.mark.parametrize(("reason", "code"), [("", "APP-012"), ("\u3000 ", "APP-012"), ("因" * 501, "SYS-003")])
def test_a_rejection_needs_a_reason(li: Viewer, reviewer: Viewer, reason: str, code: str) -> None:
    made = applied(li, NOW)
    with refused(code):
        reject(reviewer, made, reason)
    assert found(li, made).status == "pending"


def test_what_was_decided_is_decided(li: Viewer, reviewer: Viewer) -> None:
    made = applied(li, NOW)
    reject(reviewer, made)
    with refused("BAT-002", status="参保编码申请审核不通过"):
        approve(reviewer, made)
    with refused("BAT-002"):
        reject(reviewer, made)
    with reading() as session:
        assert session.query(EnrolmentCode).count() == 0


def test_a_code_of_the_reviewers_own_choice_is_given(li: Viewer, reviewer: Viewer) -> None:
    assert approve(reviewer, applied(li, NOW), " 0072j3 ") == "0072J3"


def test_a_code_that_is_taken_is_not_given_twice(li: Viewer, reviewer: Viewer) -> None:
    with writing() as session:
        add_unit(session, "另一个单位", "0072J3", None, NOW)
    made = applied(li, NOW)
    with refused("APP-013", code="0072J3"):
        approve(reviewer, made, "0072J3")
    with refused("COD-003"):
        approve(reviewer, made, "0072")
    assert found(li, made).status == "pending"


def test_an_issued_code_that_happens_to_be_taken_is_passed_over(
    li: Viewer, reviewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing() as session:
        add_unit(session, "另一个单位", "0072J3", None, NOW)
    drawn = iter(["0072J3", "0072J3", "0072J4"])
    monkeypatch.setattr(decide_application, "new_code", lambda _choose: next(drawn))
    assert approve(reviewer, applied(li, NOW)) == "0072J4"


def test_the_queue_shows_the_longest_waiting_first(li: Viewer, reviewer: Viewer) -> None:
    late = applied(li, LATER, unit_name="上海豆荚有限公司", uscc="")
    early = applied(li, NOW)
    with reading() as session:
        queue = list_applications(session, reviewer, ApplicationFilters(status="pending"))
    assert [application.id for application in queue.applications] == [early, late]


def test_a_list_is_narrowed_by_name_and_status_and_holds_ones_own(li: Viewer, reviewer: Viewer) -> None:
    made = applied(li, NOW)
    applied(somebody("zhou@unit.example"), NOW, unit_name="上海豆荚有限公司", uscc="")
    with reading() as session:
        counts = [
            list_applications(session, viewer, filters).total
            for viewer in (li, reviewer)
            for filters in (ApplicationFilters(), ApplicationFilters("豆荚"), ApplicationFilters(status="approved"))
        ]
        mine = list_applications(session, li, ApplicationFilters()).applications
    assert counts == [1, 0, 0, 2, 1, 0]
    assert [application.id for application in mine] == [made]


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SERVICE_DESK, Role.SUPERIOR_UNION, Role.TECH_SUPPORT])
def test_only_the_association_decides(li: Viewer, role: Role) -> None:
    made = applied(li, NOW)
    with refused("AUTH-006"):
        approve(Viewer(li.account_id, role), made)
    with refused("AUTH-006"):
        reject(Viewer(li.account_id, role), made)


def test_who_decided_is_written_down(li: Viewer, reviewer: Viewer) -> None:
    code = approve(reviewer, applied(li, NOW))
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="approve_code_application").one()
    assert (entry.account_id, entry.ip, entry.at) == (reviewer.account_id, "192.0.2.7", LATER)
    assert (entry.details["unit"], entry.details["code"]) == (TYPED["unit_name"], code)
