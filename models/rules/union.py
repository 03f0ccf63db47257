"""工委 and 对口联系人: the fields of their forms (DOMAIN, Appendix B)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from models.rules.form_fields import FormField, Value, line, one_of, read_form
from models.rules.mobile import mobile_number

NAME_LENGTH = 50
CONTACT_LENGTH = 50


def read_union(typed: Mapping[str, str], groups: Collection[int]) -> tuple[str, int]:
    """Name and group of a union. Raises FormRefused: SYS-002, SYS-003 also for a group that there is not."""
    values = read_form((FormField("name", "工委名称", line(NAME_LENGTH)), _group(groups)), typed)
    return str(values["name"]), int(values["liaison_group"])


def read_contact(typed: Mapping[str, str], groups: Collection[int]) -> dict[str, Value]:
    """Group, name and phone of one of the staff. Raises FormRefused: SYS-002, SYS-003, SMS-001."""
    fields = (
        _group(groups),
        FormField("name", "联系人", line(CONTACT_LENGTH)),
        FormField("phone", "手机", mobile_number, "SMS-001"),
    )
    values = read_form(fields, typed)
    return values | {"liaison_group": int(values["liaison_group"])}


def _group(groups: Collection[int]) -> FormField:
    return FormField("liaison_group", "对口联系组", one_of([str(group) for group in groups]))
