"""Names of units that changed, as tests register and exchange them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.actions.exchange_names import exchange_names
from models.actions.keep_accounts import add_account
from models.actions.register_rename import register_rename
from models.records.database import reading, writing
from models.records.rename import PendingNameChange
from models.records.viewer import Viewer
from models.rules.attachment import Attachment, FileKind
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW

CODE = "0088D2"
OLD, NEW = f"上海第{CODE}号机械有限公司", "上海豆豆智能装备有限公司"
FORM = Attachment("变更申请表.pdf", FileKind.PDF, b"%PDF-1.4 a stamped form %%EOF")
NIGHT = IN_THE_CENTRAL_WINDOW + timedelta(hours=15)


def staff(role: Role, email: str = "") -> Viewer:
    """Somebody of this role."""
    with writing() as session:
        account, _ = add_account(session, email or f"{role}@union.example", role, now=IN_THE_CENTRAL_WINDOW)
        return Viewer(account.id, role, account.email, ip="192.0.2.7")


def registered(
    desk: Viewer,
    code: str = CODE,
    new_name: str = NEW,
    files: Sequence[Attachment] = (FORM,),
    now: datetime = IN_THE_CENTRAL_WINDOW,
) -> int:
    """A change that a desk has written down; its id."""
    with writing() as session:
        return register_rename(session, desk, code, new_name, files, now).id


def exchanged(now: datetime = NIGHT) -> int:
    """What a night's run exchanges."""
    with writing() as session:
        return exchange_names(session, now)


def the_change(change_id: int) -> PendingNameChange:
    """As it is now."""
    with reading() as session:
        return session.get_one(PendingNameChange, change_id)
