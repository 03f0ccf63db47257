import pytest

from models.rules.white_space import is_blank, trimmed


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\xa0 \n\t", "\u2003"])
def test_white_space_alone_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["\x1f", "\u200b", "\ufeff", "\x00", "0"])
def test_control_and_invisible_characters_are_not_blank(text):
    assert not is_blank(text)


def test_trimming_turns_full_width_forms_into_ascii_and_keeps_what_stands_inside():
    assert trimmed("\u3000Ｔom　Wang\n") == "Tom Wang"
