"""What may be asked for beside the rules: how forms are read."""

from __future__ import annotations

import pytest

from models.rules.exceptions import KIND_TEXTS, ExceptionKind, ExceptionState, read_values, required_reason
from models.rules.form_fields import FormRefused

CHANNEL = ExceptionKind.SPECIAL_CHANNEL


def test_every_kind_and_state_has_its_word():
    assert set(KIND_TEXTS) == set(ExceptionKind)
    assert all(state.text for state in ExceptionState)


def test_a_moment_of_the_form_is_one_of_shanghai():
    read = read_values(CHANNEL, {"ratio_exempt": "1", "central_extension_until": "2020-05-20T17:00"})
    assert read == {"ratio_exempt": True, "central_extension_until": "2020-05-20T17:00:00+08:00"}


def test_an_empty_form_switches_both_parts_off():
    assert read_values(CHANNEL, {}) == {"ratio_exempt": False, "central_extension_until": None}


def test_what_is_no_moment_is_told_at_its_field():
    with pytest.raises(FormRefused) as no:
        read_values(CHANNEL, {"central_extension_until": "下周"})
    assert no.value.problems["central_extension_until"].code == "SYS-003"


def test_a_new_handler_needs_a_name_a_mobile_and_an_e_mail():
    with pytest.raises(FormRefused) as no:
        read_values(ExceptionKind.CHANGE_HANDLER, {"phone": "021-55500142", "email": "张"})
    assert {name: problem.code for name, problem in no.value.problems.items()} == {
        "name": "SYS-002",
        "phone": "SMS-001",
        "email": "APP-007",
    }


def test_a_binding_says_nothing_more_than_its_code():
    assert read_values(ExceptionKind.CONFIRM_BINDING, {"name": "无关"}) == {}


def test_a_reason_is_needed_and_at_most_500_characters_long():
    assert required_reason(" 因 ") == "因"
    assert len(required_reason("因" * 500)) == 500
    for typed, code in ((" ", "SYS-002"), ("因" * 501, "SYS-003")):
        with pytest.raises(FormRefused) as no:
            required_reason(typed)
        assert (no.value.problems["reason"].code, no.value.values) == (code, {"field": "原因"})
