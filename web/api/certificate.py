"""保障单 of an enrolled batch."""

from __future__ import annotations

from datetime import date

from flask import Response
from pydantic import Field

from models.queries.batches import find_batch
from models.queries.certificate import certificate_of
from models.records.database import reading
from models.rules.permissions import Action
from models.rules.plan import EnrolmentType
from web.access import asks
from web.api.calls import Family, answer
from web.api.fields import Shape
from web.sign_in import viewer

family = Family("certificate", "保障单")


class InsuredShape(Shape):
    """One project of the 保障单."""

    project: str = Field(title="保障项目", examples=["A0"])
    group: str = Field(title="保障类别", examples=["在职住院"])
    cover_from: date = Field(title="保障起始日")
    waiting_until: date | None = Field(title="免责期至", description="没有免责期为空")
    effective_from: date | None = Field(title="生效日", description="免责期覆盖全部保障期为空")
    accidents_excepted: bool = Field(title="意外伤害不受免责期限制")
    people: int = Field(title="人数")


class CertificateShape(Shape):
    """保障单; who is on it says `GET …/people`."""

    plan_name: str = Field(title="项目名称")
    batch_no: str = Field(title="批次号")
    enrolment_code: str = Field(title="参保编码")
    unit_name: str = Field(title="参保单位")
    type: EnrolmentType = Field(title="参保类型")
    plan_year: str = Field(title="保障年度")
    coverage_start: date = Field(title="起保日")
    coverage_end: date = Field(title="保障期满")
    si_people: int = Field(title="社保人数")
    other_people: int = Field(title="非社保人数")
    total_fen: int = Field(title="保费合计（分）")
    projects: list[InsuredShape] = Field(title="保障项目")
    promised: list[str] = Field(title="承诺医保享受在职待遇的超龄人员")


@family.get("/batches/{batch_no}/certificate", "保障单", {200: CertificateShape}, refuses=("BAT-005", "BAT-002"))
@asks(Action.READ_PEOPLE)
def get_certificate(batch_no: str) -> Response:
    """Only while the batch is enrolled: 409 BAT-002 in any other state."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        found = certificate_of(records, batch)
        shape = CertificateShape(
            plan_name=found.plan.name,
            batch_no=batch.batch_no,
            enrolment_code=batch.code.code,
            unit_name=batch.unit_name,
            type=EnrolmentType(batch.enrolment_type),
            plan_year=batch.plan_year,
            coverage_start=found.cover.start,
            coverage_end=found.cover.end,
            si_people=found.si_people,
            other_people=found.other_people,
            total_fen=batch.total_fen or 0,
            projects=[
                InsuredShape(
                    project=each.code,
                    group=each.group_name,
                    cover_from=each.start,
                    waiting_until=each.waiting_until,
                    effective_from=each.effective_from,
                    accidents_excepted=each.accidents_excepted,
                    people=each.people,
                )
                for each in found.projects
            ],
            promised=found.promised,
        )
    return answer(shape)
