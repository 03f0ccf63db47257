"""参保编码申请: its fields, and codes as they are issued."""

import random
import re

import pytest

from models.rules.code_application import fields, new_code, read_application, unit_key
from models.rules.enrolment_code import check_enrolment_code
from models.rules.form_fields import FormRefused
from tests.applications import TYPED

OPTIONAL = {"uscc", "principal", "principal_phone"}
UNIONS = ("黄浦", "机电")


def wrong(**changes):
    with pytest.raises(FormRefused) as refused:
        read_application(TYPED | changes, UNIONS)
    return {name: no.code for name, no in refused.value.problems.items()}


def test_a_complete_form_is_read():
    assert read_application(TYPED, UNIONS) == TYPED | {"headcount": 200}


def test_what_has_a_star_in_the_handbook_is_required_and_nothing_else():
    assert wrong(**dict.fromkeys(TYPED, "")) == {
        field.name: "SYS-002" for field in fields(UNIONS) if field.name not in OPTIONAL
    }


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("uscc", "91350100M000100Y44", "APP-005"),
        ("postcode", "123", "APP-006"),
        ("email", "123@163", "APP-007"),
        ("headcount", "0", "APP-008"),
        ("headcount", "1.5", "APP-008"),
        ("phone", "12345", "SMS-001"),
        ("principal_phone", "12345", "SMS-001"),
        ("district_union", "火星", "SYS-003"),
        ("nature", "国营", "SYS-003"),
        ("unit_name", "豆" * 101, "SYS-003"),
        ("contact", "丁" * 51, "SYS-003"),
        ("address", "路" * 201, "SYS-003"),
    ],
)
def test_a_malformed_field_has_its_own_reason(field, typed, code):
    assert wrong(**{field: typed}) == {field: code}


def test_names_are_the_same_whatever_the_width_of_their_brackets_and_blanks():
    assert unit_key("上海豆豆（集团） 有限公司Ａb") == unit_key("上海豆豆(集团)有限公司AB")
    assert unit_key("上海豆豆有限公司") != unit_key("上海豆苗有限公司")


def test_a_new_code_is_four_digits_and_two_characters_that_look_like_no_others():
    choose = random.Random(1).choice
    codes = [new_code(choose) for _ in range(2000)]
    assert all(re.fullmatch("[0-9]{4}[0-9A-HJ-NP-Z]{2}", code) for code in codes)
    assert {code[5] for code in codes} == set("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    assert check_enrolment_code(codes[0]) == codes[0]
