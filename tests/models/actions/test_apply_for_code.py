"""参保编码申请: made, and changed after a rejection (AC05)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions.apply_for_code import Filled, apply_for_code
from models.actions.decide_application import approve_application, reject_application
from models.actions.keep_accounts import add_account, add_unit
from models.queries.code_applications import application_file, find_application
from models.records.audit import AuditEntry
from models.records.code_application import CodeApplication, CodeApplicationFile
from models.records.database import reading, writing
from models.records.sms_code import SmsCode
from models.records.viewer import Viewer
from models.rules.attachment import MAX_FILES, Attachment, FileKind
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from tests.applications import LICENCE, TYPED, applied, code_sent, edited
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused

LATER = NOW + timedelta(days=1)
NOTICE = Attachment("社保缴费通知书.pdf", FileKind.PDF, b"%PDF-1.4 a notice")
OTHER_PHONE = "14200000012"


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


def application(viewer: Viewer, application_id: int) -> CodeApplication:
    with reading() as session:
        found = find_application(session, viewer, application_id)
        assert found.files is not None
        return found


def rejected(li: Viewer, reviewer: Viewer) -> int:
    made = applied(li, NOW)
    with writing() as session:
        reject_application(session, reviewer, made, "附件看不清", NOW)
    return made


def approved(made: int, reviewer: Viewer) -> None:
    with writing() as session:
        approve_application(session, reviewer, made, NOW)


def test_a_complete_application_waits_for_the_association(li: Viewer) -> None:
    found = application(li, applied(li, NOW))
    assert (found.status, found.submitted_at, found.headcount, found.code) == ("pending", NOW, 200, None)
    assert found.unit_name == TYPED["unit_name"]
    assert [(file.name, file.kind, file.size) for file in found.files] == [
        ("营业执照.jpg", "image/jpeg", len(LICENCE.content))
    ]


def test_the_file_comes_back_as_it_was_stored_and_lies_sealed(li: Viewer) -> None:
    made = applied(li, NOW)
    with reading() as session:
        assert application_file(session, li, made, 1) == LICENCE
        assert LICENCE.content not in session.query(CodeApplicationFile).one().content_sealed


def test_without_a_file_it_is_refused_and_no_code_is_used_up(li: Viewer) -> None:
    code = code_sent(li, NOW)
    with refused("APP-002"), writing() as session:
        apply_for_code(session, li, Filled(TYPED, code), NOW)
    with writing() as session:
        assert isinstance(apply_for_code(session, li, Filled(TYPED, code, [LICENCE]), NOW), CodeApplication)


def test_more_files_than_are_allowed_are_refused(li: Viewer) -> None:
    code = code_sent(li, NOW)
    with refused("SYS-003", field="附件"), writing() as session:
        apply_for_code(session, li, Filled(TYPED, code, [LICENCE] * (MAX_FILES + 1)), NOW)


@pytest.mark.parametrize(("typed", "code"), [("", "SYS-002"), ("wrong", "SMS-004")])
def test_without_the_right_code_nothing_is_applied_for(li: Viewer, typed: str, code: str) -> None:
    code_sent(li, NOW)
    with writing() as session:
        no = apply_for_code(session, li, Filled(TYPED, typed, [LICENCE]), NOW)
    assert isinstance(no, FormRefused)
    assert no.problems["sms_code"].code == code
    with reading() as session:
        assert session.query(CodeApplication).count() == 0
        assert session.query(SmsCode).one().tries == (code == "SMS-004")


@pytest.mark.parametrize(
    "same",
    [
        {"uscc": ""},
        {"uscc": "91110108551385082Q"},
        {"unit_name": " 上海豆角 仪器有限公司"},
        {"unit_name": "另一个名称"},
    ],
)
def test_a_unit_waits_once_by_its_name_and_by_its_credit_code(li: Viewer, same: dict[str, str]) -> None:
    applied(li, NOW)
    with refused("APP-009"):
        applied(somebody("zhou@unit.example"), NOW, **same)


def test_units_without_a_credit_code_are_told_apart_by_their_names(li: Viewer) -> None:
    applied(li, NOW, uscc="")
    applied(li, NOW, uscc="", unit_name="上海豆荚有限公司")


@pytest.mark.parametrize("same", [{"uscc": ""}, {"unit_name": "另一个名称"}])
def test_a_unit_that_was_approved_need_not_apply_again(li: Viewer, reviewer: Viewer, same: dict[str, str]) -> None:
    approved(applied(li, NOW), reviewer)
    with refused("APP-010", hotline="12351"):
        applied(li, NOW, **same)


def test_a_unit_that_is_on_record_with_a_code_need_not_apply(li: Viewer) -> None:
    with writing() as session:
        add_unit(session, TYPED["unit_name"], "0088D2", None, NOW)
    with refused("APP-010"):
        applied(li, NOW)


def test_what_was_rejected_is_changed_and_waits_again(li: Viewer, reviewer: Viewer) -> None:
    made = rejected(li, reviewer)
    assert edited(li, made, Filled(TYPED | {"headcount": "201"}, "", [NOTICE], {1}), LATER) == {}
    found = application(li, made)
    assert (found.status, found.reason, found.headcount) == ("pending", "", 201)
    assert found.submitted_at == found.updated_at == LATER
    assert [(file.number, file.name) for file in found.files] == [(2, "社保缴费通知书.pdf")]


def test_a_change_keeps_the_files_that_are_not_taken_away(li: Viewer, reviewer: Viewer) -> None:
    made = rejected(li, reviewer)
    edited(li, made, Filled(TYPED, "", [NOTICE]), LATER)
    assert [file.number for file in application(li, made).files] == [1, 2]


def test_the_last_file_cannot_be_taken_away(li: Viewer, reviewer: Viewer) -> None:
    made = rejected(li, reviewer)
    with refused("APP-002"):
        edited(li, made, Filled(TYPED, removed={1}), LATER)


def test_another_phone_needs_a_code_of_its_own(li: Viewer, reviewer: Viewer) -> None:
    made = rejected(li, reviewer)
    changed = TYPED | {"phone": OTHER_PHONE}
    assert edited(li, made, Filled(changed), LATER) == {"sms_code": "SMS-008"}
    assert application(li, made).status == "rejected"
    assert edited(li, made, Filled(changed, code_sent(li, NOW, OTHER_PHONE)), LATER) == {}


def test_what_waits_or_was_approved_is_not_changed(li: Viewer, reviewer: Viewer) -> None:
    made = applied(li, NOW)
    with refused("APP-011", status="申请中"):
        edited(li, made, Filled(TYPED), LATER)
    approved(made, reviewer)
    with refused("APP-011", status="审核通过"):
        edited(li, made, Filled(TYPED), LATER)


def test_anothers_application_does_not_exist(li: Viewer, reviewer: Viewer) -> None:
    made, zhou = rejected(li, reviewer), somebody("zhou@unit.example")
    with refused("BAT-005"):
        edited(zhou, made, Filled(TYPED), LATER)
    with reading() as session, refused("BAT-005"):
        application_file(session, zhou, made, 1)
    with reading() as session, refused("BAT-005"):
        application_file(session, li, made, 2)


def test_a_rejected_unit_that_another_account_applied_for_meanwhile_waits_already(li: Viewer, reviewer: Viewer) -> None:
    made = rejected(li, reviewer)
    applied(somebody("zhou@unit.example"), NOW)
    with refused("APP-009"):
        edited(li, made, Filled(TYPED), LATER)


def test_the_desk_applies_for_a_visitor(database: str) -> None:
    assert applied(somebody("desk@union.example", Role.SERVICE_DESK), NOW)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN, Role.SUPERIOR_UNION, Role.TECH_SUPPORT])
def test_nobody_else_applies(database: str, role: Role) -> None:
    with refused("AUTH-006"), writing() as session:
        apply_for_code(session, Viewer(1, role), Filled(TYPED, "", [LICENCE]), NOW)


def test_who_applied_and_who_changed_it_is_written_down(li: Viewer, reviewer: Viewer) -> None:
    edited(li, rejected(li, reviewer), Filled(TYPED), LATER)
    with reading() as session:
        entries = session.query(AuditEntry).filter(AuditEntry.action.like("%code%application%")).all()
        made = session.query(AuditEntry).filter_by(action="apply_for_code").one()
    assert [(entry.action, entry.account_id) for entry in entries] == [
        ("reject_code_application", reviewer.account_id),
        ("edit_code_application", li.account_id),
    ]
    assert (made.account_id, made.ip, made.details["files"]) == (li.account_id, "192.0.2.7", 1)
