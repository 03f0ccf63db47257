import re

import pytest

from config.messages import catalogue, remedy, short, text, text_at, text_without_row

CODES = sorted(catalogue())
IN_LISTS = [code for code in CODES if code[:3] in ("ROW", "IDN", "REG", "IMP")]
NOTHING_TO_DO = {"IMP-007", "IMP-011"}


def test_the_catalogue_holds_every_code_once():
    assert len(CODES) == 173
    assert all(re.fullmatch(r"[A-Z]{3,4}-\d{2,3}", code) for code in CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_text_ends_like_a_sentence_and_holds_only_named_placeholders(code):
    sentence = catalogue()[code]["text"]
    assert sentence[-1] in "。？"
    assert re.sub(r"\{[a-z]+\}", "", sentence).count("{") == 0


def test_one_place_may_have_words_of_its_own():
    assert text_at("present", "AUTH-001") == "原密码错误，请重新输入。"
    assert text_at("present", "AUTH-003", minutes=2) == text("AUTH-003", minutes=2)


def test_a_number_that_somebody_has_already_is_told_otherwise_where_it_is_edited():
    assert text_without_row("ROW-015", "edit", type="护照").endswith("同一人不能在名单中出现两次。")
    assert text_without_row("ROW-009", "edit") == text_without_row("ROW-009")


def test_placeholders_are_filled_in():
    assert text("ROW-008", row=520, other=519) == "第520行：证件号码与第519行重复。"


def test_values_that_a_text_does_not_use_do_not_matter():
    assert text("IDN-005", row=43) == "身份证号码校验位不正确，请核对。"


def test_a_missing_value_is_a_bug_and_not_a_message():
    with pytest.raises(KeyError):
        text("ROW-008", row=520)


def test_a_value_is_never_read_as_a_placeholder():
    assert "{row}" in text("IDN-008", char="{row}")


def test_a_form_for_one_person_speaks_of_no_row():
    assert text_without_row("ROW-001") == "姓名不能为空。"
    assert text_without_row("IDN-008", char="①") == "身份证号码含有不允许的字符（①）。"


@pytest.mark.parametrize("code", IN_LISTS)
def test_whatever_stands_in_a_list_of_findings_has_a_short_reason(code):
    assert "short" in catalogue()[code]
    assert not re.search(r"[{}！。]", short(code))


@pytest.mark.parametrize("code", [code for code in IN_LISTS if code not in NOTHING_TO_DO])
def test_whatever_stands_in_a_list_of_findings_says_how_to_mend_it(code):
    assert remedy(code)
    assert not re.search(r"[{}！。]", remedy(code))


def test_a_code_without_a_short_reason_of_its_own_is_shortened():
    assert short("WIN-005") == "集中参保办理期限已过，不能撤回批次"
    assert remedy("WIN-005") == ""
