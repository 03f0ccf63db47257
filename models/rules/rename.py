"""单位名称变更: what is written down at the desk, and what becomes of it (DOMAIN 12.4)."""

from __future__ import annotations

from enum import StrEnum

from models.rules.form_fields import FormField, FormRefused, line, read_form
from models.rules.refusal import Refused

NAME_LENGTH = 100
REASON_LENGTH = 500
NEW_NAME_LABEL = "新单位名称"
EVIDENCE_LABEL = "证明材料"

_FIELDS = (FormField("new_name", NEW_NAME_LABEL, line(NAME_LENGTH)),)


class RenameStatus(StrEnum):
    """Where a change stands."""

    PENDING = "pending"
    APPLIED = "applied"
    REFUSED = "refused"

    @property
    def text(self) -> str:
        """As pages call it."""
        return STATUS_TEXTS[self]


STATUS_TEXTS = {
    RenameStatus.PENDING: "等候交换",
    RenameStatus.APPLIED: "已变更",
    RenameStatus.REFUSED: "不予变更",
}


def read_new_name(typed: str, present: str) -> str:
    """The name as it is to be. Raises FormRefused: SYS-002 nothing typed, SYS-003 too long, or it is called so now."""
    name = str(read_form(_FIELDS, {"new_name": typed})["new_name"])
    if name == present:
        raise FormRefused({"new_name": Refused("SYS-003", field=NEW_NAME_LABEL)})
    return name
