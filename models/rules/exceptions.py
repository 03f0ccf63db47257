"""特殊事项: what the association may grant beside the rules, proposed by a reviewer and granted by an administrator.

The row of DOMAIN 2 that begins with the special channel. Which kinds there are is said here; what each changes is in
`models.actions.exceptions.RULES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from config.clock import SHANGHAI
from models.rules.email_address import email_address
from models.rules.form_fields import FormField, FormRefused, line, read_form
from models.rules.mobile import mobile_number
from models.rules.reason import read_reason
from models.rules.refusal import Refused

REASON_LENGTH = 500
REASON_LABEL = "原因"


class ExceptionKind(StrEnum):
    """What can be asked for."""

    SPECIAL_CHANNEL = "special_channel"
    CONFIRM_BINDING = "confirm_binding"
    RELEASE_BINDING = "release_binding"
    TRANSFER_BINDING = "transfer_binding"
    CHANGE_HANDLER = "change_handler"
    REINSTATE_BATCH = "reinstate_batch"
    PASSPORT_DECISION = "passport_decision"

    @property
    def text(self) -> str:
        """As pages, notices and BAT-002 call it."""
        return KIND_TEXTS[self]


KIND_TEXTS = {
    ExceptionKind.SPECIAL_CHANNEL: "特殊通道",
    ExceptionKind.CONFIRM_BINDING: "核实参保编码归属",
    ExceptionKind.RELEASE_BINDING: "解除参保编码绑定",
    ExceptionKind.TRANSFER_BINDING: "转移参保编码",
    ExceptionKind.CHANGE_HANDLER: "变更经办人",
    ExceptionKind.REINSTATE_BATCH: "恢复批次",
    ExceptionKind.PASSPORT_DECISION: "护照号码核实",
}


class ExceptionState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"

    @property
    def text(self) -> str:
        """As lists show it."""
        return EXCEPTION_STATE_TEXTS[self]


EXCEPTION_STATE_TEXTS = {
    ExceptionState.OPEN: "待批准",
    ExceptionState.GRANTED: "已批准",
    ExceptionState.REFUSED: "不予批准",
}


class Change(NamedTuple):
    """One thing that an exception changes, in words; no personal number is among them."""

    label: str
    before: str
    after: str


HANDLER_FIELDS = (
    FormField("name", "经办人姓名", line(50)),
    FormField("phone", "经办人电话", mobile_number, "SMS-001"),
    FormField("email", "经办人邮箱", email_address, "APP-007"),
)
"""What staff may change of 经办人填报; everything else of it is the unit's own to say."""


def _moment(text: str) -> str | None:
    """A moment of Shanghai as a browser's field writes it, stored as ISO text with its zone; None: it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).isoformat()


_EXTENSION = FormField("central_extension_until", "集中参保延长至", _moment, required=False)
_ACCOUNT = FormField("account_email", "转入账号（邮箱）", email_address, "APP-007")


def read_values(kind: ExceptionKind, typed: Mapping[str, str]) -> dict[str, Any]:
    """What a form says beside its subject, as it is stored. Raises FormRefused: SYS-002, SYS-003, SMS-001, APP-007."""
    match kind:
        case ExceptionKind.SPECIAL_CHANNEL:
            until = read_form((_EXTENSION,), typed)[_EXTENSION.name] or None
            return {"ratio_exempt": bool(typed.get("ratio_exempt")), _EXTENSION.name: until}
        case ExceptionKind.CHANGE_HANDLER:
            return dict(read_form(HANDLER_FIELDS, typed))
        case ExceptionKind.TRANSFER_BINDING:
            return dict(read_form((_ACCOUNT,), typed))
        case _:
            return {}


def required_reason(reason: str, label: str = REASON_LABEL) -> str:
    """The reason as it is stored. Raises FormRefused in the field `reason`: SYS-002 none, SYS-003 too long."""
    try:
        return read_reason(reason, label, REASON_LENGTH)
    except Refused as refused:
        raise FormRefused({"reason": refused}) from None


def does_not_fit(kind: ExceptionKind, why: str) -> Refused:
    """BAT-002 of an exception that can't be granted as things are; `why` in words, without a full stop."""
    return Refused("BAT-002", status=why, action=kind.text)
