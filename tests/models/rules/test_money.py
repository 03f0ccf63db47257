import pytest

from models.rules.money import fen_of, yuan


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (224014500, "2,240,145.00"), (-1999, "-19.99"), (10, "0.10")]
)
def test_money_is_written_from_fen_with_two_decimals(fen, text):
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("9450", 945000),
        ("9450.5", 945050),
        (" 9,450.00 ", 945000),
        ("450.00元", 45000),
        ("0.01", 1),
        ("0", 0),
        ("1,234,567.89", 123456789),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, fen):
    assert fen_of(typed) == fen


@pytest.mark.parametrize(
    "typed", ["", "-1", "1.234", "1e3", "9,45", "９４５０", "九千", "1.", ".5", "1 000", "9" * 13, "0x10"]
)
def test_what_is_no_amount_is_none(typed):
    assert fen_of(typed) is None
