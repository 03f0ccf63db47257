"""单位名称变更登记 (DOMAIN 12.4): at a district desk it waits for the exchange, at the association's counter not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actions.exchange_names import put_into_effect
from models.actions.permit import permit
from models.queries.renames import code_to_rename
from models.records.audit import record_act
from models.records.rename import NameChangeFile, PendingNameChange
from models.records.viewer import Viewer
from models.rules.attachment import MAX_FILES, Attachment
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.rename import EVIDENCE_LABEL, RenameStatus, read_new_name


def register_rename(  # noqa: PLR0917 - what stands on the form
    session: Session, viewer: Viewer, code: str, new_name: str, files: Sequence[Attachment], now: datetime
) -> PendingNameChange:
    """A change that the next exchange applies (J12). `files`: the stamped form, or a copy of a certificate.

    Refused COD-001, COD-003, COD-004 for the code, FormRefused for the name, SYS-002 without a file, SYS-003 too many,
    SYS-004 another change of this unit waits.
    """
    permit(viewer, Action.REGISTER_UNIT_RENAME)
    return _registered(session, viewer, code, new_name, files, now)


def rename_at_counter(  # noqa: PLR0917 - as above
    session: Session, viewer: Viewer, code: str, new_name: str, files: Sequence[Attachment], now: datetime
) -> PendingNameChange:
    """A change that holds at once, at the association's own counter. Refused as above."""
    permit(viewer, Action.APPLY_UNIT_RENAME)
    change = _registered(session, viewer, code, new_name, files, now)
    put_into_effect(session, change, now, viewer)
    return change


def _registered(  # noqa: PLR0917 - as above
    session: Session, viewer: Viewer, code: str, new_name: str, files: Sequence[Attachment], now: datetime
) -> PendingNameChange:
    enrolment_code = code_to_rename(session, code)
    unit = enrolment_code.unit
    name = read_new_name(new_name, unit.name)
    if not files:
        raise Refused("SYS-002", field=EVIDENCE_LABEL)
    if len(files) > MAX_FILES:
        raise Refused("SYS-003", field=EVIDENCE_LABEL)
    change = PendingNameChange(
        unit=unit,
        code=enrolment_code,
        former_name=unit.name,
        new_name=name,
        status=RenameStatus.PENDING,
        registered_at=now,
        registered_by=viewer.account_id,
        files_numbered=len(files),
    )
    try:
        with session.begin_nested():
            session.add(change)
    except IntegrityError as waits:
        raise Refused("SYS-004") from waits
    change.files = [NameChangeFile.of(change.id, number, file) for number, file in enumerate(files, start=1)]
    session.flush()
    record_act(
        session,
        viewer,
        now,
        "register_unit_rename",
        change=change.id,
        code=enrolment_code.code,
        before=unit.name,
        after=name,
        files=len(files),
    )
    return change
