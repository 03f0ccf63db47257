"""工委 and 对口联系人 as they are typed."""

import pytest

from models.rules.form_fields import FormRefused
from models.rules.union import read_contact, read_union

GROUPS = range(1, 7)


def test_a_union_has_a_name_and_one_of_the_groups():
    assert read_union({"name": " 豆业 ", "liaison_group": "6"}, GROUPS) == ("豆业", 6)


@pytest.mark.parametrize("group", ["0", "7", "x", "1.0"])
def test_a_group_that_there_is_not_is_refused(group):
    with pytest.raises(FormRefused) as no:
        read_union({"name": "豆业", "liaison_group": group}, GROUPS)
    assert no.value.problems["liaison_group"].code == "SYS-003"


def test_a_contacts_phone_is_stored_as_eleven_digits():
    typed = {"name": "丁一", "phone": "+86 142-0000-0021", "liaison_group": "1"}
    assert read_contact(typed, GROUPS) == {"name": "丁一", "phone": "14200000021", "liaison_group": 1}


def test_every_field_of_a_contact_is_required():
    with pytest.raises(FormRefused) as no:
        read_contact({}, GROUPS)
    assert {field: problem.code for field, problem in no.value.problems.items()} == dict.fromkeys(
        ("liaison_group", "name", "phone"), "SYS-002"
    )
