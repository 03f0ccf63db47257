"""经办人填报."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions.keep_accounts import add_account
from models.actions.permit import refuse_without_profile
from models.actions.save_handler import save_handler
from models.actions.sms_code import Purpose, send_sms_code
from models.records.account import Account, HandlerProfile
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.sms_code import SmsCode
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from tests.profiles import PROFILE
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused
from tests.sms import latest_sms_code

LATER = NOW + timedelta(days=1)
PHONE, OTHER = PROFILE["phone"], "14200000002"
SAVED: dict[str, str] = {}


@pytest.fixture
def li(database: str) -> Viewer:
    with writing() as session:
        account, _ = add_account(session, "li@unit.example", Role.HANDLER, now=NOW)
        return Viewer(account.id, Role.HANDLER, ip="192.0.2.7")


def sent_to(viewer: Viewer, phone: str = PHONE) -> str:
    with writing() as session:
        send_sms_code(session, viewer, phone, Purpose.HANDLER_PROFILE, now=NOW)
    return latest_sms_code()


def save(viewer: Viewer, sms_code: str = "", **changes: str) -> dict[str, str]:
    """Save the form; the codes of what was wrong, by field."""
    try:
        with writing() as session:
            no = save_handler(session, viewer, PROFILE | changes, sms_code, LATER)
    except FormRefused as wrong:
        no = wrong
    return {field: problem.code for field, problem in no.problems.items()} if no else SAVED


def stored(viewer: Viewer) -> HandlerProfile | None:
    with reading() as session:
        return session.get(HandlerProfile, viewer.account_id)


@pytest.fixture
def saved(li: Viewer) -> Viewer:
    assert save(li, sent_to(li)) == SAVED
    return li


def test_a_complete_form_with_the_right_code_opens_the_way_to_batches(li: Viewer) -> None:
    with reading() as session, refused("HDL-001"):
        refuse_without_profile(session, li)
    assert save(li, sent_to(li)) == SAVED
    with reading() as session:
        refuse_without_profile(session, li)


def test_everything_that_was_typed_is_stored(saved: Viewer) -> None:
    profile = stored(saved)
    assert profile is not None
    assert {name: str(getattr(profile, name)) for name in PROFILE} == PROFILE
    assert profile.phone_verified_at == profile.updated_at == LATER


def test_the_account_is_called_as_its_handler(saved: Viewer) -> None:
    with reading() as session:
        assert session.get_one(Account, saved.account_id).name == PROFILE["name"]


def test_without_a_code_nothing_is_saved(li: Viewer) -> None:
    assert save(li, " ") == {"sms_code": "SYS-002"}
    assert stored(li) is None


def test_a_wrong_code_saves_nothing_and_is_counted(li: Viewer) -> None:
    right = sent_to(li)
    wrong = "000000" if right != "000000" else "111111"
    assert save(li, wrong) == {"sms_code": "SMS-004"}
    assert stored(li) is None
    with reading() as session:
        assert session.query(SmsCode).one().tries == 1


def test_a_wrong_field_costs_no_code(li: Viewer) -> None:
    code = sent_to(li)
    assert save(li, code, uscc="91350100M000100Y44") == {"uscc": "APP-005"}
    assert save(li, code) == SAVED


def test_what_does_not_touch_the_phone_needs_no_code(saved: Viewer) -> None:
    assert save(saved, headcount="5201") == SAVED
    profile = stored(saved)
    assert profile is not None
    assert profile.headcount == 5201


def test_another_phone_needs_a_code_of_its_own(saved: Viewer) -> None:
    assert save(saved, phone=OTHER) == {"sms_code": "SMS-008"}
    assert save(saved, sent_to(saved, OTHER), phone=OTHER) == SAVED
    profile = stored(saved)
    assert profile is not None
    assert profile.phone == OTHER


def test_the_code_of_one_phone_confirms_no_other(li: Viewer) -> None:
    assert save(li, sent_to(li), phone=OTHER) == {"sms_code": "SMS-008"}


def test_a_phone_that_was_never_confirmed_needs_a_code_though_it_stays(saved: Viewer) -> None:
    with writing() as session:
        session.get_one(HandlerProfile, saved.account_id).phone_verified_at = None
    assert save(saved) == {"sms_code": "SYS-002"}


def test_what_changed_is_written_down_before_and_after(saved: Viewer) -> None:
    save(saved, headcount="5201")
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="save_handler").order_by(AuditEntry.id.desc()).first()
    assert entry is not None
    assert (entry.account_id, entry.ip, entry.at) == (saved.account_id, "192.0.2.7", LATER)
    assert entry.details == {"before": {"headcount": 5200}, "after": {"headcount": 5201}}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HANDLER])
def test_nobody_but_a_handler_has_a_profile_to_fill_in(database: str, role: Role) -> None:
    with refused("AUTH-006"), writing() as session:
        save_handler(session, Viewer(1, role), PROFILE, "", NOW)
