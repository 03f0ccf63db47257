"""Postcodes, e-mail addresses and headcounts as forms take them."""

import pytest

from models.rules.email_address import email_address
from models.rules.headcount import headcount
from models.rules.postcode import postcode


def test_a_postcode_is_six_digits():
    assert postcode("200002") == postcode(" ２００００２ ") == "200002"


@pytest.mark.parametrize("typed", ["", "123", "2000022", "20000A", "20000²", "-20002"])
def test_anything_else_is_no_postcode(typed):
    assert postcode(typed) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("123@163.com", "123@163.com"),
        (" li.xiaoman+canbao@unit.example \n", "li.xiaoman+canbao@unit.example"),
        ("a@b-c.sh.cn", "a@b-c.sh.cn"),
        ("ｌｉ＠unit.example", "li@unit.example"),
    ],
)
def test_an_address_has_one_at_and_a_domain_with_a_dot(typed, address):
    assert email_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "@", "li", "li@", "@unit.example", "li@unit", "li@@unit.example", "li@unit..example", "li@-unit.example"),
        *(
            "li li@unit.example",
            "li@unit.example,zhou@unit.example",
            ".li@unit.example",
            "li@unit.example\nBcc: x@y.cn",
        ),
        *("<li@unit.example>", "李@unit.example", f"{'a' * 65}@unit.example", f"li@{'a' * 250}.cn", "li@unit.example."),
    ],
)
def test_anything_else_is_no_address(typed):
    assert email_address(typed) is None


@pytest.mark.parametrize(
    ("typed", "people"), [("1", 1), ("200", 200), (" ５２００ ", 5200), ("0012", 12), ("9999999", 9_999_999)]
)
def test_a_headcount_is_a_whole_number_from_one(typed, people):
    assert headcount(typed) == people


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.5", "二百", "10000000", "1,000", "²", "9" * 5000])
def test_anything_else_is_no_headcount(typed):
    assert headcount(typed) is None
