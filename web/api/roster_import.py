"""An upload and its findings as the interface tells them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from werkzeug.datastructures import FileStorage

from config.messages import remedy, text
from models.queries.imports import FindingLine, ImportSeen
from models.queries.jobs import Progress
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from models.rules.findings import Column, Outcome
from web.api.fields import Asked, Flag, Listed, Moment, Shape, Text

MAX_CODES = 40


class ImportState(StrEnum):
    """Where an upload is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDONE = "undone"


class Counts(Shape):
    """Rows by their outcome; the seven add up to `rows_total`."""

    added: int = Field(title="新增")
    updated: int = Field(title="更新")
    unchanged: int = Field(title="未变化")
    already_enrolled: int = Field(title="本单位已参保")
    occupied: int = Field(title="已被占用")
    duplicate: int = Field(title="重复")
    invalid: int = Field(title="有误")


class EstimateShape(Shape):
    """预估保费; without a total there is a code that says why."""

    total_fen: int | None = Field(title="预估保费（分）")
    projects: list[str] = Field(title="保障项目")
    basis: str = Field(title="依据", description="locked 集中参保已选，chosen 上传时勾选，default 基本保障")
    code: str | None = Field(title="代码")
    message: str | None = Field(title="说明")


class ImportShape(Shape):
    """One upload. Counts and estimate are null until it is done."""

    id: int = Field(title="编号")
    receipt_no: str = Field(title="回执号")
    batch_no: str = Field(title="批次号")
    file_name: str = Field(title="文件名")
    check_only: bool = Field(title="仅校验")
    state: ImportState = Field(title="状态")
    stage: str | None = Field(title="步骤", description="read 读取，validate 校验，dedupe 查重，price 计费，store 入册")
    rows_total: int | None = Field(title="总行数")
    rows_done: int = Field(title="本步已处理行数")
    rows_per_second: float | None = Field(title="每秒行数")
    seconds_left: int | None = Field(title="约还需（秒）")
    files_ahead: int = Field(title="前面还有文件数")
    received_at: Moment = Field(title="收到时间")
    finished_at: Moment | None = Field(title="完成时间")
    counts: Counts | None = Field(title="各类结果行数")
    estimate: EstimateShape | None = Field(title="预估保费")
    code: str | None = Field(title="代码")
    message: str | None = Field(title="说明")


class ImportList(Shape):
    """A page of uploads, the latest first."""

    items: list[ImportShape]
    next: str | None = Field(title="下一页的游标")


class FindingShape(Shape):
    """One reason why a row was not accepted, or a hint; what was typed is masked."""

    row: int = Field(title="行号", description="与表格软件中的行号一致，表头为 1")
    name: str = Field(title="姓名")
    outcome: Outcome = Field(title="该行结果")
    column: Column | None = Field(title="列")
    code: str = Field(title="代码")
    typed: str = Field(title="填写内容（部分隐藏）")
    message: str = Field(title="说明")
    remedy: str = Field(title="怎么改")


class FindingList(Shape):
    """A page of findings, row by row."""

    items: list[FindingShape]
    next: str | None = Field(title="下一页的游标")


class FindingQuery(Listed):
    """Filters of the findings."""

    code: Annotated[Text, Field(max_length=10, title="代码")] = ""
    outcome: Outcome | None = Field(default=None, title="该行结果")


def _is_sent(file: FileStorage) -> FileStorage:
    if not file.filename:
        raise ValueError("no file")
    return file


def _split(codes: object) -> object:
    if not isinstance(codes, str):
        return codes
    return [code for part in codes.replace("，", ",").split(",") if (code := part.strip())] or None


class UploadForm(Asked):
    """A roster and how it is to be taken."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: Annotated[
        FileStorage,
        AfterValidator(_is_sent),
        WithJsonSchema({"type": "string", "format": "binary"}),
    ] = Field(title="清册文件")
    check_only: Flag = Field(default=None, title="仅校验")
    projects: Annotated[
        list[Text] | None,
        BeforeValidator(_split),
        WithJsonSchema({"type": "string", "examples": ["A0,B0,C0"]}),
    ] = Field(default=None, max_length=MAX_CODES, title="预估保费的保障项目")
    repeat: Flag = Field(default=None, title="再次导入同一文件")


def import_shape(
    seen: ImportSeen, progress: Progress, code: str | None = None, message: str | None = None
) -> ImportShape:
    """An upload with how far it has come; `code` and `message` stand in for its own, if given."""
    upload, job = seen.upload, seen.job
    running, done = job.state == JobState.RUNNING, job.state == JobState.DONE
    state = ImportState.UNDONE if upload.undone_at else ImportState(job.state)
    if code is None:
        code, message = ending(upload, job, state)
    return ImportShape(
        id=upload.id,
        receipt_no=upload.receipt_no,
        batch_no=seen.batch.batch_no,
        file_name=upload.file_name,
        check_only=upload.check_only,
        state=state,
        stage=job.stage if running else None,
        rows_total=upload.rows_total if upload.rows_total is not None else job.total,
        rows_done=(upload.rows_total or 0) if done else job.done,
        rows_per_second=round(progress.rows_per_second, 1) if progress.rows_per_second else None,
        seconds_left=progress.seconds_left,
        files_ahead=progress.ahead,
        received_at=upload.received_at,
        finished_at=upload.received_at + (job.finished_at - job.created_at) if job.finished_at else None,
        counts=_counts(upload.counts) if done else None,
        estimate=_estimate(upload.estimate) if done else None,
        code=code,
        message=message,
    )


def finding_shape(line: FindingLine) -> FindingShape:
    """A finding in words."""
    return FindingShape(
        row=line.row,
        name=line.name,
        outcome=line.outcome,
        column=line.column,
        code=line.code,
        typed=line.typed,
        message=text(line.code, **{"row": line.row, **line.values}),
        remedy=remedy(line.code),
    )


def ending(upload: RosterImport, job: Job, state: ImportState) -> tuple[str | None, str | None]:
    """With what an upload ended, code and sentence: what the undo did, or the job's own."""
    if state is ImportState.UNDONE:
        undone = upload.undo_counts or {}
        kinds = zip("abc", ("removed", "restored", "kept"), strict=True)
        return "IMP-011", text("IMP-011", **{name: undone.get(kind, 0) for name, kind in kinds})
    return (job.code, text(job.code, **job.values)) if job.code else (None, None)


def _counts(counts: dict[str, int] | None) -> Counts | None:
    return None if counts is None else Counts(**{outcome: counts.get(outcome, 0) for outcome in Outcome})


def _estimate(stored: dict[str, Any] | None) -> EstimateShape | None:
    if stored is None:
        return None
    code = stored.get("code")
    return EstimateShape(
        total_fen=stored.get("total_fen"),
        projects=stored["projects"],
        basis=stored["basis"],
        code=code,
        message=text(code, **stored["values"]) if code else None,
    )
