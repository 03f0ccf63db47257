"""导入参保人员: receiving a file, how far it has come, what became of its rows."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from config.clock import local_text
from config.messages import text
from models.actions.cancel_import import cancel_import
from models.actions.correct_rows import correct_rows
from models.actions.import_change import refuse_unless_stored
from models.actions.marked_workbook import ask_for_report, take_report
from models.actions.queue_import import queue_import
from models.actions.undo_import import queue_undo
from models.queries.batches import find_batch
from models.queries.corrections import is_row_of, refused_rows
from models.queries.imports import (
    ImportSeen,
    findings_after,
    import_seen,
    imports_after,
    report_state,
    to_mend,
)
from models.queries.jobs import progress, progress_of
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED, JobState
from models.rules.findings import TO_MEND, Column
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring, ring_next
from tasks.queues import ROSTER_SMALL, roster_queue
from web.access import asks
from web.api.calls import Family, address, answer
from web.api.cursors import after, after_pair, cut
from web.api.fields import Listed, id_in_address
from web.api.incoming import body, form, query, refused_person, version_asked
from web.api.order import refuse_change, roster_can_change
from web.api.people import EDITABLE
from web.api.person import REGISTER_CODES, ROW_CODES, PersonTyped
from web.api.problems import problem
from web.api.roster_import import (
    FindingList,
    FindingQuery,
    ImportList,
    ImportShape,
    UploadForm,
    finding_shape,
    import_shape,
)
from web.file_name import base_name
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer
from web.workbook import XLSX, workbook

family = Family("imports", "导入")

_AT_THE_DOOR = ("IMP-005", "IMP-008", "PRJ-001", "PRJ-002", "PRJ-003", "PRJ-004", "PRJ-005")
_TAKEABLE = tuple(code for code in EDITABLE if code != "BAT-007")
_RETRY_SECONDS = 2
_ENDED = {JobState.DONE: "导入已完成", JobState.FAILED: "导入失败"}


@family.get("/batches/{batch_no}/imports", "导入记录", {200: ImportList}, query=Listed, refuses=("BAT-005",))
@asks(Action.READ_PEOPLE)
def list_imports(batch_no: str) -> Response:
    """The uploads of a batch, the latest first."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        asked = query(Listed)
        found = imports_after(records, batch, after(asked.cursor), asked.limit)
        page, following = cut(found, asked.limit, lambda seen: (seen.upload.id,))
        places = progress_of(records, [seen.job for seen in page])
        items = [import_shape(seen, places[seen.job.id]) for seen in page]
    return answer(ImportList(items=items, next=following))


@family.post(
    "/batches/{batch_no}/imports",
    "导入参保人员",
    {202: ImportShape, 200: ImportShape},
    form=UploadForm,
    refuses=(*_TAKEABLE, *_AT_THE_DOOR),
    asks_register=True,
)
@asks(Action.WORK_ON_BATCH)
def upload_roster(batch_no: str) -> Response:
    """202: stored with its receipt and its job. 200: the same file was received before, here is that one (IMP-009)."""
    roster_can_change(batch_no, BatchAction.IMPORT_PEOPLE, alone=False)
    asked = form(UploadForm)
    content = asked.file.read()
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        receipt = queue_import(
            records,
            viewer(),
            batch_no,
            file_name=base_name(asked.file.filename or ""),
            content=content,
            queue=roster_queue(len(content)),
            now=now,
            check_only=bool(asked.check_only),
            projects=asked.projects,
            repeat=bool(asked.repeat),
            version=version_asked(),
        )
    if not receipt.seen_before:
        ring(receipt.job_id)
    with reading() as records:
        seen = import_seen(records, viewer(), receipt.import_id, Action.READ_PEOPLE)
        again = text("IMP-009", time=local_text(seen.upload.received_at)) if receipt.seen_before else None
        shape = import_shape(seen, progress(records, seen.job), "IMP-009" if again else None, again)
    return answer(shape, 200 if again else 202, location=address("get_import", import_id=shape.id))


@family.get("/imports/{import_id}", "一次导入的进度和结果", {200: ImportShape}, refuses=("BAT-005",))
@asks(Action.READ_PEOPLE)
def get_import(import_id: str) -> Response:
    """Three statements: programs ask every second."""
    with reading() as records:
        return answer(_shape(records, id_in_address(import_id)))


@family.get("/imports/{import_id}/findings", "逐行问题", {200: FindingList}, query=FindingQuery, refuses=("BAT-005",))
@asks(Action.READ_PEOPLE)
def list_findings(import_id: str) -> Response:
    """Every reason of every row, in the order of the sheet; what was typed is masked."""
    number = id_in_address(import_id)
    with reading() as records:
        import_seen(records, viewer(), number, Action.READ_PEOPLE)
        asked = query(FindingQuery)
        found = findings_after(
            records, number, after_pair(asked.cursor), asked.limit, code=asked.code, outcome=asked.outcome
        )
    page, following = cut(found, asked.limit, lambda line: (line[1].row, line[0]))
    return answer(FindingList(items=[finding_shape(line) for _, line in page], next=following))


@family.get("/imports/{import_id}/report.xlsx", "标注文件", {200: XLSX}, refuses=("BAT-005", "BAT-002", "BAT-007"))
@asks(Action.WORK_ON_BATCH)
def get_report(import_id: str) -> Response:
    """The rows to mend as a workbook. 409 until it is ready: BAT-007 with `Retry-After` while it is being made."""
    number = id_in_address(import_id)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        taken = take_report(records, viewer(), number, now)
        job_id = None if taken else ask_for_report(records, viewer(), number, ROSTER_SMALL, now)
    if job_id is not None:
        ring(job_id)
    if taken is None:
        return _not_ready(number)
    file_name, content = taken
    return workbook(content, f"标注_{file_name.removesuffix('.xlsx')}")


@family.post("/imports/{import_id}/cancel", "取消导入", {200: ImportShape}, refuses=("BAT-005", "BAT-002"))
@asks(Action.WORK_ON_BATCH)
def cancel_one_import(import_id: str) -> Response:
    """At once while it waits, at the next moment while it runs; BAT-002 where it has ended otherwise."""
    number = id_in_address(import_id)
    with writing(REQUEST_WAIT_SECONDS) as records:
        state = cancel_import(records, viewer(), number, business_now(records))
        shape = _shape(records, number, Action.WORK_ON_BATCH)
        batch_id = import_seen(records, viewer(), number, Action.WORK_ON_BATCH).batch.id
    if state in _ENDED:
        raise Refused("BAT-002", status=_ENDED[state], action="取消导入")
    ring_next(batch_id)
    return answer(shape)


@family.post("/imports/{import_id}/undo", "撤销导入", {202: ImportShape}, refuses=(*_TAKEABLE, "IMP-010"))
@asks(Action.WORK_ON_BATCH)
def undo_one_import(import_id: str) -> Response:
    """Taken back by a job, in its turn; the import ends `undone` with IMP-011."""
    number = id_in_address(import_id)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        job_id = queue_undo(records, viewer(), number, ROSTER_SMALL, now, version=version_asked())
        shape = _shape(records, number, Action.WORK_ON_BATCH)
    ring(job_id)
    return answer(shape, 202, location=address("get_import", import_id=number))


@family.put(
    "/imports/{import_id}/rows/{row}",
    "修改一行被退回的数据",
    {200: ImportShape},
    body=PersonTyped,
    refuses=(*EDITABLE, "ROW-008", *ROW_CODES, *REGISTER_CODES),
    asks_register=True,
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def correct_row(import_id: str, row: str) -> Response:
    """The row is judged again as typed now. Where it is refused again the answer says why, and it may be sent anew."""
    number, sheet_row = id_in_address(import_id), id_in_address(row)
    _row_can_change(number, sheet_row)
    cells = body(PersonTyped).cells()
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        typed = tuple(cells[column] for column in Column)
        corrected = correct_rows(records, viewer(), number, {sheet_row: typed}, now, version=version_asked())
        seen = import_seen(records, viewer(), number, Action.WORK_ON_BATCH)
        shape, version = import_shape(seen, progress(records, seen.job)), seen.batch.version
    if corrected.outcomes[sheet_row] in TO_MEND:  # after the commit: looking into the register is audited
        raise refused_person(corrected.findings[sheet_row])
    return answer(shape, version=version)


def _shape(records: Session, import_id: int, action: Action = Action.READ_PEOPLE) -> ImportShape:
    seen = import_seen(records, viewer(), import_id, action)
    return import_shape(seen, progress(records, seen.job))


def _row_can_change(import_id: int, sheet_row: int) -> None:
    """Refused before the content is read: BAT-005, then state, window, BAT-007, and BAT-004 for a row that is good."""
    with reading() as records:
        seen = import_seen(records, viewer(), import_id, Action.WORK_ON_BATCH)
        refuse_change(records, seen.batch, BatchAction.CORRECT_ROWS, business_now(records))
        refuse_unless_stored(seen.upload, seen.job, BatchAction.CORRECT_ROWS)
        if not refused_rows(records, import_id, [sheet_row]):
            raise Refused("BAT-004" if is_row_of(records, import_id, sheet_row) else "BAT-005")


def _not_ready(import_id: int) -> Response:
    with reading() as records:
        seen = import_seen(records, viewer(), import_id, Action.WORK_ON_BATCH)
        coming = _is_coming(records, seen)
    if not coming:
        why = "导入明细已清除" if seen.upload.erased_at else "没有需要修改的行"
        raise Refused("BAT-002", status=why, action="下载标注文件")
    answered = problem(409, Refused("BAT-007", job="标注文件"))
    answered.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answered


def _is_coming(records: Session, seen: ImportSeen) -> bool:
    """Whether there will be a workbook: the import may still need one, or it is being made."""
    return seen.job.state in UNFINISHED or (to_mend(seen.upload) > 0 and report_state(records, seen.upload) == "making")
