from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.identity import (
    IdRefused,
    ResidentId,
    check_passport,
    check_resident_id,
    check_whole_number,
    normalise,
)
from models.rules.person import Sex
from tests.builders import resident_id
from tests.models.rules.plan_years import EXAMPLES

TODAY = date(2020, 4, 20)


@pytest.mark.parametrize("example", EXAMPLES["resident_id"], ids=lambda each: each["note"])
def test_resident_ids_are_judged_as_in_the_examples(example):
    checked = check_resident_id(example["input"], TODAY)
    expected = example["expected"]
    if expected["ok"]:
        assert isinstance(checked, ResidentId)
        assert checked.number == expected["normalised"]
        assert (checked.birth.isoformat(), checked.sex) == (expected["birth"], expected["sex"])
    else:
        assert checked == IdRefused(expected["code"], expected.get("char", ""))


@pytest.mark.parametrize("number", ["", "1", "11010119900307909", "1101011990030790910", "1101011990030X9091"])
def test_a_number_of_another_length_or_with_an_x_inside_is_no_resident_id(number):
    assert check_resident_id(number, TODAY) == IdRefused("IDN-001")


@pytest.mark.parametrize("example", EXAMPLES["passport"], ids=lambda each: each["note"])
def test_passports_are_judged_as_in_the_examples(example):
    checked = check_passport(example["input"])
    expected = example["expected"]
    assert checked == (expected["normalised"] if expected["ok"] else IdRefused(expected["code"]))


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ("\u202e", "U+202E"),
        ("\x00", "U+0000"),
        ("\x1f", "U+001F"),
        ("\ufeff", "U+FEFF"),
        ("\u3164", "U+3164"),
        ("\u0301", "U+0301"),
        ("×", "×"),
        ("٣", "٣"),
        ("𝟛", "𝟛"),
        ("-", "-"),
    ],
)
def test_the_first_wrong_character_is_named_and_an_invisible_one_by_its_code_point(wrong, shown):
    assert check_resident_id(f"1101011990{wrong}3079091①", TODAY) == IdRefused("IDN-008", shown)


@pytest.mark.parametrize(
    "text", ["110101199003079091\n", "1101 0119 9003\xa0079091", "\u3000１１０１０１１９９００３０７９０９１"]
)
def test_blanks_and_full_width_digits_are_made_right(text):
    checked = check_resident_id(text, TODAY)
    assert isinstance(checked, ResidentId)
    assert checked.number == "110101199003079091"


def test_a_full_width_x_in_lower_case_is_made_right():
    checked = check_resident_id("11010519491231002ｘ", TODAY)
    assert isinstance(checked, ResidentId)
    assert checked.number == "11010519491231002X"


def test_somebody_born_today_has_a_number_and_somebody_born_tomorrow_has_not():
    assert isinstance(check_resident_id(resident_id(TODAY), TODAY), ResidentId)
    assert check_resident_id(resident_id(TODAY + timedelta(days=1)), TODAY) == IdRefused("IDN-004")


def test_the_oldest_birthday_is_the_first_of_1900():
    assert isinstance(check_resident_id(resident_id(date(1900, 1, 1)), TODAY), ResidentId)
    assert check_resident_id(resident_id(date(1899, 12, 31)), TODAY) == IdRefused("IDN-004")


@pytest.mark.parametrize("code", ["330113", "330114", "310999", "650000", "710000"])
def test_only_the_province_of_an_address_is_looked_up(code):
    assert isinstance(check_resident_id(resident_id(province=code), TODAY), ResidentId)


@pytest.mark.parametrize("code", ["16", "24", "38", "40", "47", "55", "60", "66", "70", "72", "80", "84", "990", "900"])
def test_numbers_between_the_provinces_are_refused(code):
    assert check_resident_id(resident_id(province=code), TODAY) == IdRefused("IDN-003")


def test_a_hyphenated_resident_number_is_told_apart_from_a_passport():
    assert check_passport("110101-19900307-9091") == IdRefused("IDN-007")


@pytest.mark.parametrize(
    ("number", "accepted"), [("A1234", True), ("A123", False), ("A" * 19 + "1", True), ("A" * 20 + "1", False)]
)
def test_passports_have_5_to_20_characters(number, accepted):
    assert check_passport(number) == (number if accepted else IdRefused("IDN-006"))


@given(st.text())
def test_any_text_is_answered_as_a_number_or_as_refused(text):
    assert isinstance(check_resident_id(text, TODAY), ResidentId | IdRefused)
    assert isinstance(check_passport(text), str | IdRefused)


@given(st.text(alphabet="0123456789Xx ①Ⅹ\u200b１ｘ", min_size=15, max_size=21))
def test_an_accepted_number_is_a_fixed_point(text):
    checked = check_resident_id(text, TODAY)
    if isinstance(checked, ResidentId):
        assert check_resident_id(checked.number, TODAY) == checked


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.dates(date(1900, 1, 1), TODAY), st.sampled_from(Sex), st.integers(0, 499))
def test_a_valid_number_gives_back_birth_and_sex(birth, sex, sequence):
    number = resident_id(birth, sex, sequence)
    assert check_resident_id(number, TODAY) == ResidentId(number, birth, sex)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(birth, place, digit):
    number = resident_id(birth)
    damaged = number[:place] + digit + number[place + 1 :]
    assert damaged == number or isinstance(check_resident_id(damaged, TODAY), IdRefused)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (" 110101 19900307 909１ ", "110101199003079091"),
        ("110101199003079092", IdRefused("IDN-005")),
        ("110101900307909", IdRefused("IDN-002")),
        ("h-8012136/02x", "H801213602X"),
        ("AB1234567890123456", "AB1234567890123456"),
        ("1234", IdRefused("IDN-006")),
        ("护照", IdRefused("IDN-006")),
    ],
)
def test_a_number_of_which_nobody_says_the_type_is_what_it_looks_like(typed, found):
    assert check_whole_number(typed, TODAY) == found
