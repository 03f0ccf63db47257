"""承诺书 as data."""

from config.pledge import pledge


def test_the_pledge_has_a_version_and_one_paragraph_of_text() -> None:
    assert pledge().version == "2020-1"
    assert pledge().text.startswith("本单位承诺：一、")
    assert pledge().text.endswith("由本单位承担相应责任。")
    assert "\n" not in pledge().text
