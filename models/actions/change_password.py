"""修改密码: one's own, by whoever knows the present one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.log_in import begin_session, end_sessions, hash_password, still_verified
from models.actions.permit import permit
from models.records.account import Account
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.password import check_new_password
from models.rules.permissions import Action


def change_password(
    session: Session, viewer: Viewer, verified: Account, *, present: str, new: str, now: datetime
) -> str:
    """Set a new password; every log-in of the account ends, and the one that is returned begins. API tokens go on.

    `verified` is the viewer's account as `check_password` found it by `present`. Refused AUTH-001: it was changed or
    reset meanwhile; AUTH-009: too short, a common one, the address itself, or the present one again.
    """
    permit(viewer, Action.USE_OWN_ACCOUNT)
    check_new_password(new, email=viewer.email, present=present)
    account = still_verified(session, verified)
    account.password_hash = hash_password(new)
    account.must_change_password = False
    end_sessions(session, account.id)
    record_act(session, viewer, now, "change_password")
    return begin_session(session, account.id)
