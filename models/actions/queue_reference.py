"""A file of reference data as `admin` uploads it: stored sealed with its job, in one transaction (DOMAIN 7.7, 7.2)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.actions.queue_job import queue_job
from models.records.audit import record_act
from models.records.database import is_postgresql
from models.records.job import UNFINISHED, Job
from models.records.reference_load import ReferenceLoad
from models.records.reference_tables import REFERENCE_TABLES
from models.records.viewer import Viewer
from models.rules.permissions import Action
from models.rules.person import mask_typed
from models.rules.refusal import Refused

LOAD_KIND = "reference.load"
MAX_BYTES = 20 * 1024 * 1024
"""About 250,000 people. Larger files are the command's: it reads them in bounded memory (`canbao reference load`)."""

_TABLE_LOCKS = 1 << 41
"""Where the advisory locks of reference tables begin: batches' are below."""


def queue_reference(  # noqa: PLR0917 - who, which table, what, how, when, where
    session: Session,
    viewer: Viewer,
    kind: str,
    file_name: str,
    content: bytes,
    now: datetime,
    queue: str,
    *,
    replace_all: bool,
) -> ReferenceLoad:
    """The upload with its job; ring for it after the commit. One file a table at a time: what was kept of one that
    failed, for the operator to try again, is erased by the next.

    Refused SYS-002 for an empty file, IMP-008 for one too large, BAT-007 while another file for the table is loaded.
    """
    permit(viewer, Action.WRITE_PLAN)
    if not content:
        raise Refused("SYS-002", field="文件")
    if len(content) > MAX_BYTES:
        raise Refused("IMP-008", n=MAX_BYTES // 2**20)
    if is_postgresql(session):  # no index tells two files for one table, sent at once, from each other
        turn = _TABLE_LOCKS + list(REFERENCE_TABLES).index(kind)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": turn})
    unfinished = select(ReferenceLoad.id).join(Job, Job.id == ReferenceLoad.job_id)
    if session.scalars(unfinished.where(ReferenceLoad.kind == kind, Job.state.in_(UNFINISHED)).limit(1)).first():
        raise Refused("BAT-007", job="参考数据")
    ended = update(ReferenceLoad).where(ReferenceLoad.kind == kind, ReferenceLoad.content_sealed.is_not(None))
    session.execute(ended.values(content_sealed=None).execution_options(synchronize_session=False))
    job = queue_job(session, LOAD_KIND, queue=queue, batch_id=None, account_id=viewer.account_id, now=now)
    job.params = {"ip": viewer.ip}
    load = ReferenceLoad(
        kind=kind,
        account_id=viewer.account_id,
        job_id=job.id,
        received_at=now,
        file_name=mask_typed(None, file_name)[-200:],  # people name files after people
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        replace_all=replace_all,
        wrong_lines=0,
        findings=[],
    )
    load.store_content(content)
    session.add(load)
    session.flush()
    record_act(
        session,
        viewer,
        now,
        "ask_to_load_reference",
        kind=kind,
        size=load.size,
        sha256=load.sha256,
        replace_all=replace_all,
    )
    return load
