"""参保编码申请: the fields of the form (DOMAIN 12.1), its states (12.2), and what a new code looks like (12.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum

from config.choices import choices
from models.rules.email_address import email_address
from models.rules.form_fields import FormField, Value, line, one_of, read_form
from models.rules.headcount import headcount
from models.rules.identity import normalise
from models.rules.mobile import mobile_number
from models.rules.postcode import postcode
from models.rules.uscc import credit_code

REASON_LENGTH = 500
_DIGITS = "0123456789"
_ENDING = _DIGITS + "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like digits."""


class ApplicationStatus(StrEnum):
    """Where an application stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"

    @property
    def text(self) -> str:
        """As the handbook calls it."""
        return STATUS_TEXTS[self]


STATUS_TEXTS = {
    ApplicationStatus.PENDING: "申请中",
    ApplicationStatus.APPROVED: "审核通过",
    ApplicationStatus.REJECTED: "审核不通过",
}


def fields(unions: Collection[str]) -> tuple[FormField, ...]:
    """In the order of the handbook's picture; `unions` are those that may be chosen."""
    return (
        FormField("unit_name", "单位名称", line(100)),
        FormField("district_union", "工委名称", one_of(unions)),
        FormField("uscc", "统一信用代码", credit_code, "APP-005", required=False),
        FormField("nature", "单位性质", one_of(choices().natures)),
        FormField("contact", "联系人", line(50)),
        FormField("address", "单位地址", line(200)),
        FormField("phone", "联系人手机", mobile_number, "SMS-001"),
        FormField("postcode", "邮政编码", postcode, "APP-006"),
        FormField("email", "联系人邮箱", email_address, "APP-007"),
        FormField("principal", "负责人", line(50), required=False),
        FormField("headcount", "在职人数", headcount, "APP-008"),
        FormField("principal_phone", "负责人手机", mobile_number, "SMS-001", required=False),
    )


LABELS = {field.name: field.label for field in fields(())}


def read_application(typed: Mapping[str, str], unions: Collection[str]) -> dict[str, Value]:
    """The values of the form. Raises FormRefused: SYS-002, SYS-003, SMS-001, APP-005…008."""
    return read_form(fields(unions), typed)


def unit_key(name: str) -> str:
    """A unit's name as it is compared: full-width forms as ASCII, in capitals, without blanks."""
    return normalise(name)


def new_code(choose: Callable[[str], str]) -> str:
    """A code as it is issued: four digits and two of 0-9A-HJ-NP-Z. `choose` takes one character out of several."""
    return "".join(choose(_DIGITS) for _ in range(4)) + "".join(choose(_ENDING) for _ in range(2))
