"""Forms as data, and 经办人填报 as one of them."""

import pytest

from models.rules.form_fields import FormField, FormRefused, line, one_of, read_form
from models.rules.handler_profile import LABELS, read_profile
from tests.profiles import PROFILE

FIELDS = (
    FormField("unit", "单位名称", line(5)),
    FormField("nature", "单位性质", one_of(["国有", "其他"])),
    FormField("person", "负责人", line(5), required=False),
)


def problems(fields, typed):
    with pytest.raises(FormRefused) as refused:
        read_form(fields, typed)
    return {name: (no.code, no.values) for name, no in refused.value.problems.items()}


def wrong(**changes):
    with pytest.raises(FormRefused) as refused:
        read_profile(PROFILE | changes)
    return {name: no.code for name, no in refused.value.problems.items()}


def test_what_was_typed_is_kept_without_blanks_around_it():
    typed = {"unit": " 豆豆（沪）", "nature": "国有 "}
    assert read_form(FIELDS, typed) == {"unit": "豆豆（沪）", "nature": "国有", "person": ""}


def test_every_wrong_field_is_named_with_its_reason():
    assert problems(FIELDS, {"unit": "\u3000", "nature": "国营", "person": "一二三四五六"}) == {
        "unit": ("SYS-002", {"field": "单位名称"}),
        "nature": ("SYS-003", {"field": "单位性质"}),
        "person": ("SYS-003", {"field": "负责人"}),
    }


@pytest.mark.parametrize("unit", ["豆\n豆", "豆\x00豆", "豆\x7f"])
def test_a_line_holds_no_control_characters(unit):
    assert list(problems(FIELDS, {"unit": unit, "nature": "国有"})) == ["unit"]


def test_the_refusal_of_a_form_is_that_of_its_first_wrong_field():
    with pytest.raises(FormRefused) as refused:
        read_form(FIELDS, {"unit": "豆豆豆豆豆豆"})
    assert (refused.value.code, refused.value.values) == ("SYS-003", {"field": "单位名称"})


def test_a_complete_profile_is_read():
    assert read_profile(PROFILE | {"phone": "142-0000-0001", "uscc": "91350100m000100y43"}) == PROFILE | {
        "headcount": 5200
    }


def test_every_field_of_the_profile_is_required():
    assert wrong(**dict.fromkeys(PROFILE, "")) == dict.fromkeys(LABELS, "SYS-002")


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("phone", "021-55500142", "SMS-001"),
        ("email", "li@unit", "APP-007"),
        ("uscc", "91350100M000100Y44", "APP-005"),
        ("industry", "炼金业", "SYS-003"),
        ("headcount", "0", "SYS-003"),
        ("name", "李" * 51, "SYS-003"),
        ("unit_name", "豆" * 101, "SYS-003"),
        ("address", "路" * 201, "SYS-003"),
    ],
)
def test_a_malformed_field_has_its_own_reason(field, typed, code):
    assert wrong(**{field: typed}) == {field: code}


def test_a_confirmed_number_may_stay_as_it_is():
    kept = read_profile(PROFILE | {"phone": "021-55500142"}, confirmed_phone="021-55500142")
    assert kept["phone"] == "021-55500142"
