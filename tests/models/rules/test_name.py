import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.name import is_name, normalise_name


@pytest.mark.parametrize(
    "name",
    [
        "王豆豆",
        "𠮷野",
        "㐂",
        "〇",
        "佐々木",
        "阿卜杜拉·买买提",
        "TOM WANG",
        "Anne-Marie O'Neil Jr.",
        "Müller",
        "Nguyễn",
        "王",
    ],
)
def test_names_of_all_kinds_are_kept_as_they_are(name):
    assert normalise_name(name) == name
    assert is_name(name)


@pytest.mark.parametrize("dot", "·•‧・･⋅∙")
def test_the_various_middle_dots_become_one(dot):
    assert normalise_name(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize(
    ("typed", "name"), [("　王豆豆\n", "王豆豆"), ("ＴＯＭ　 ＷＡＮＧ", "TOM WANG"), ("TOM\xa0WANG", "TOM WANG")]
)
def test_blanks_around_go_and_several_inside_become_one(typed, name):
    assert normalise_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["王豆1", "王①", "王\u200b豆", "王\n豆", "王\x00豆", "王_x0000_", "Иван", "王(小)", "王\u202e豆", "⼀"]
)
def test_anything_else_in_a_name_is_refused(typed):
    assert not is_name(normalise_name(typed))


def test_a_name_has_50_characters_at_most_and_rare_ones_count_as_one():
    assert is_name("𠮷" * 50)
    assert not is_name("王" * 51)
    assert not is_name("")


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert normalise_name(normalise_name(text)) == normalise_name(text)
