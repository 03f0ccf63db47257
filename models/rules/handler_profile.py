"""经办人填报: the fields of the form (DOMAIN 12.5), all of them required."""

from __future__ import annotations

from collections.abc import Mapping

from config.choices import choices
from models.rules.email_address import email_address
from models.rules.form_fields import FormField, Value, line, one_of, read_form
from models.rules.headcount import headcount
from models.rules.mobile import mobile_number
from models.rules.uscc import credit_code

LABELS = {
    "name": "经办人姓名",
    "phone": "经办人电话",
    "email": "经办人邮箱",
    "unit_name": "单位名称",
    "uscc": "统一社会信用代码",
    "economic_type": "经济类型名称",
    "union_first_level": "一级工会组织名称",
    "union_second_level": "二级工会组织名称",
    "address": "单位地址",
    "industry": "单位所属行业名称",
    "headcount": "职工人数",
}
CODE_LABEL = "验证码"


def read_profile(typed: Mapping[str, str], *, confirmed_phone: str = "") -> dict[str, Value]:
    """The values of the form. Raises FormRefused: SYS-002, SYS-003, SMS-001, APP-005, APP-007.

    `confirmed_phone`: the number on record, which may stay although it is none that receives an SMS.
    """

    def phone(text: str) -> str | None:
        return confirmed_phone if confirmed_phone and text.strip() == confirmed_phone else mobile_number(text)

    fields = (
        FormField("name", LABELS["name"], line(50)),
        FormField("phone", LABELS["phone"], phone, "SMS-001"),
        FormField("email", LABELS["email"], email_address, "APP-007"),
        FormField("unit_name", LABELS["unit_name"], line(100)),
        FormField("uscc", LABELS["uscc"], credit_code, "APP-005"),
        FormField("economic_type", LABELS["economic_type"], line(50)),
        FormField("union_first_level", LABELS["union_first_level"], line(100)),
        FormField("union_second_level", LABELS["union_second_level"], line(100)),
        FormField("address", LABELS["address"], line(200)),
        FormField("industry", LABELS["industry"], one_of(choices().industries)),
        FormField("headcount", LABELS["headcount"], headcount),
    )
    return read_form(fields, typed)
