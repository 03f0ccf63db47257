"""What 清册校验 found, as the interface tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from config.messages import text_without_row
from models.queries.validation_findings import Found
from models.records.batch import Batch
from models.records.validation import ValidationReport
from models.rules.validation import Check
from web.api.fields import Asked, Moment, Shape, Text


class Result(StrEnum):
    """How a roster came through its checks."""

    PASSED = "passed"
    FAILED = "failed"


class CheckFindingShape(Shape):
    """One thing that a check found: one a person where people are concerned, else one a check."""

    check: Check = Field(title="校验项", description="V1 至 V10")
    code: str = Field(title="代码", examples=["VAL-002"])
    blocking: bool = Field(title="是否影响提交", description="false 为提示，不影响提交")
    person_id: int | None = Field(title="人员编号")
    name: str | None = Field(title="姓名")
    id_no: str | None = Field(title="证件号码（部分隐藏）", examples=["1101*****9091"])
    message: str = Field(title="说明")


class RatioShape(Shape):
    """单位社保比例校验 of one 社保编码. Without a known total it is not checked."""

    si_unit_code: str = Field(title="单位社保编码")
    people: int = Field(title="社保在职人员拟参保数", description="含本年度已在其他批次参保的人员")
    total: int | None = Field(title="社保在职人员总数")
    percent: float | None = Field(title="比例（%）", description="截去两位小数以后", examples=[74.99])
    need: int | None = Field(title="最低人数")
    ok: bool | None = Field(title="结论", description="null 为不校验或免校验")


class ValidationShape(Shape):
    """The last report of a roster; numbers are masked."""

    result: Result = Field(title="结论")
    roster_version: int = Field(title="校验的清册版本")
    stale: bool = Field(title="是否已过期", description="校验后清册已变更（VAL-011）")
    people: int = Field(title="校验人数")
    received_at: Moment = Field(title="申请校验的时间")
    findings: list[CheckFindingShape] = Field(title="校验结果明细")
    ratio: list[RatioShape] = Field(title="单位社保比例")


class PledgeAccepted(Asked):
    """The 承诺书 that the unit agrees to, as `GET /plan-years/{year}` tells it."""

    pledge_version: Annotated[Text, Field(min_length=1, max_length=20, title="承诺书版本", examples=["2020-1"])]


class Promised(Asked):
    """Whether the unit promises 医保享受在职待遇 for somebody over age (VAL-008)."""

    promised: bool = Field(title="医保享受在职待遇")


def validation_shape(batch: Batch, report: ValidationReport, found: Iterable[Found]) -> ValidationShape:
    """A report in words."""
    return ValidationShape(
        result=Result.PASSED if report.passed else Result.FAILED,
        roster_version=report.roster_version,
        stale=report.roster_version != batch.roster_version,
        people=report.people,
        received_at=report.received_at,
        findings=[_finding_shape(each) for each in found],
        ratio=[_ratio_shape(line) for line in report.ratios],
    )


def _finding_shape(found: Found) -> CheckFindingShape:
    finding = found.finding
    return CheckFindingShape(
        check=finding.check,
        code=finding.code,
        blocking=not finding.is_notice,
        person_id=finding.person_id,
        name=found.name,
        id_no=found.id_no,
        message=text_without_row(finding.code, **finding.values),
    )


def _ratio_shape(line: Mapping[str, Any]) -> RatioShape:
    return RatioShape(
        si_unit_code=line["si_unit_code"],
        people=line["people"],
        total=line["total"],
        percent=float(line["percent"]) if line["percent"] else None,
        need=line["need"],
        ok=line["ok"],
    )
