"""A unit's new name as it is written down."""

import pytest

from models.rules.form_fields import FormRefused
from models.rules.rename import read_new_name

OLD = "上海豆豆有限公司"


def test_a_new_name_is_kept_as_typed_without_blanks_around_it():
    assert read_new_name(" 上海豆豆（集团）有限公司 ", OLD) == "上海豆豆（集团）有限公司"


def test_other_brackets_make_another_name():
    assert read_new_name("上海豆豆(集团)有限公司", "上海豆豆（集团）有限公司") == "上海豆豆(集团)有限公司"


@pytest.mark.parametrize(
    ("typed", "code"), [("", "SYS-002"), ("\u3000", "SYS-002"), ("豆" * 101, "SYS-003"), (OLD, "SYS-003")]
)
def test_no_name_one_too_long_and_the_present_one_are_refused(typed, code):
    with pytest.raises(FormRefused) as no:
        read_new_name(typed, OLD)
    assert no.value.problems["new_name"].code == code
