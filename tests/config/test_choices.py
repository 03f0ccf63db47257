"""The lists that forms offer."""

from config.choices import choices


def test_there_are_twenty_sections_of_industry_and_six_liaison_groups() -> None:
    assert len(choices().industries) == 20
    assert choices().liaison_groups == 6


def test_the_handbooks_examples_are_offered() -> None:
    assert "国有" in choices().natures
    assert "制造业" in choices().industries
