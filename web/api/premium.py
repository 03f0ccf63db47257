"""保费: 生成保费信息, 提交确认保费, and 保费详情 person by person."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import Field

from config.messages import text
from models.actions.export_premium import open_premium_export
from models.actions.price_batch import confirm_premium, generate_premium
from models.queries.batches import find_batch
from models.queries.premium import PersonCharge, charges_after, find_premium
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.premium import PremiumPreview
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.person import mask_id_no
from tasks.workbook.premium_workbook import premium_workbook_stream
from web.access import asks
from web.api.batches import BatchShape, shape_now
from web.api.calls import Family, answer
from web.api.cursors import after, cut
from web.api.fields import Asked, Listed, Shape, Text
from web.api.incoming import body, query, version_asked
from web.api.order import roster_can_change
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer
from web.workbook import XLSX, workbook

family = Family("premium", "保费")

_PRICEABLE = ("BAT-005", "BAT-002", "BAT-006", "BAT-004", "WIN-001", "WIN-002", "PAY-009")
_SELECTION = tuple(f"PRJ-{number:03d}" for number in (1, 2, 3, 4, 5, 6, 7, 11))

_Code = Annotated[Text, Field(max_length=20)]


class ProjectsChosen(Asked):
    """What the unit chooses for everybody of the batch."""

    projects: list[_Code] | None = Field(
        default=None,
        max_length=100,
        title="保障项目",
        description="即时参保的保障项目已由集中参保确定时可以省略",
        examples=[["A0", "B0", "C0"]],
    )


class Confirmation(Asked):
    """Which preview is confirmed, and which of its warnings were read."""

    preview: Annotated[Text, Field(min_length=1, max_length=100, title="保费信息编号")]
    acknowledged: list[_Code] = Field(
        default=[], max_length=100, title="已知晓的提示", description="保费信息中 acknowledge 为 true 的提示代码"
    )


class PremiumLineShape(Shape):
    """One row of the premium table; price and discount are one person's for a full year, also at half price."""

    projects: list[str] = Field(title="参加项目")
    price_fen: int = Field(title="费用标准（分）")
    discount_fen: int = Field(title="优惠金额（分）")
    ratio_percent: int = Field(title="计费比例（%）")
    si_people: int = Field(title="社保人员人数")
    si_fen: int = Field(title="社保人员实际费用（分）")
    other_people: int = Field(title="非社保人员人数")
    other_fen: int = Field(title="非社保人员实际费用（分）")
    total_fen: int = Field(title="合计费用（分）")


class NoticeShape(Shape):
    """Something to know before the premium is confirmed."""

    code: str = Field(title="代码")
    message: str = Field(title="说明")
    acknowledge: bool = Field(title="是否须确认已知晓")
    projects: list[str] | None = Field(default=None, title="保障项目")
    date: datetime.date | None = Field(default=None, title="免责期最后一天")


class PremiumShape(Shape):
    """保费信息."""

    preview: str = Field(title="保费信息编号", description="提交确认保费时送回；只有最近一次生成的有效")
    total_fen: int = Field(title="总计（分）")
    lines: list[PremiumLineShape] = Field(title="分项目保费")
    notices: list[NoticeShape] = Field(title="提示")


class PersonChargeShape(Shape):
    """What one person takes and pays; the number is masked."""

    person_id: int = Field(title="人员编号")
    name: str = Field(title="姓名")
    id_no: str = Field(title="证件号码（部分隐藏）", examples=["1101*****9091"])
    has_si: bool = Field(title="是否有社保")
    projects: list[str] = Field(title="保障项目")
    price_fen: int = Field(title="费用标准（分）")
    discount_fen: int = Field(title="优惠金额（分）")
    ratio_percent: int = Field(title="计费比例（%）")
    charge_fen: int = Field(title="实际费用（分）")


class PremiumDetail(PremiumShape):
    """保费详情: the premium, and a page of people in the order in which they came to the roster."""

    confirmed: bool = Field(title="是否已提交确认")
    projects: list[str] = Field(title="保障项目")
    items: list[PersonChargeShape]
    next: str | None = Field(title="下一页的游标")


@family.post(
    "/batches/{batch_no}/premium",
    "生成保费信息",
    {200: PremiumShape},
    body=ProjectsChosen,
    refuses=(*_PRICEABLE, *_SELECTION, "VAL-001"),
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def generate_one_premium(batch_no: str) -> Response:
    """A preview of the premium under these projects; it replaces the one before, and nothing is fixed by it."""
    roster_can_change(batch_no, BatchAction.GENERATE_PREMIUM, alone=False)
    asked = body(ProjectsChosen)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        preview = generate_premium(records, viewer(), batch_no, asked.projects, now, version=version_asked())
        version = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH).version
        shape = PremiumShape(**_told(preview))
    return answer(shape, version=version)


@family.post(
    "/batches/{batch_no}/confirm",
    "提交确认保费",
    {200: BatchShape},
    body=Confirmation,
    refuses=(*_PRICEABLE, "FEE-001", "PRJ-012"),
    changes_batch=True,
)
@asks(Action.WORK_ON_BATCH)
def confirm_one_premium(batch_no: str) -> Response:
    """Fix projects, amount and dates of payment, as the latest preview has them."""
    roster_can_change(batch_no, BatchAction.CONFIRM_PREMIUM, alone=False)
    asked = body(Confirmation)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        batch = confirm_premium(
            records, viewer(), batch_no, asked.preview, asked.acknowledged, now, version=version_asked()
        )
        shape = shape_now(records, batch, now)
    return answer(shape, version=shape.version)


@family.get(
    "/batches/{batch_no}/premium",
    "保费详情",
    {200: PremiumDetail},
    query=Listed,
    refuses=("BAT-005", "BAT-002", "FEE-001"),
)
@asks(Action.READ_PEOPLE)
def get_premium(batch_no: str) -> Response:
    """Of the latest preview, and of what was confirmed once it is."""
    with reading() as records:
        _, seen = find_premium(records, viewer(), batch_no)
        asked = query(Listed)
        charges = charges_after(records, seen, after=after(asked.cursor), limit=asked.limit)
        page, following = cut(charges, asked.limit, lambda charge: (charge.person.id,))
        return answer(
            PremiumDetail(
                **_told(seen.preview),
                confirmed=seen.confirmed,
                projects=seen.preview.projects,
                items=[_charge_shape(charge) for charge in page],
                next=following,
            )
        )


@family.get("/batches/{batch_no}/premium.xlsx", "导出保费详情", {200: XLSX}, refuses=("BAT-005", "BAT-002", "FEE-001"))
@asks(Action.WORK_ON_BATCH)
def export_premium(batch_no: str) -> Response:
    """Everybody with full numbers for the unit's own records, which is written down; sent while it is read."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        export = open_premium_export(records, viewer(), batch_no, business_now(records))
    return workbook(premium_workbook_stream(export), f"保费详情_{export.batch_no}")


def _told(preview: PremiumPreview) -> dict[str, Any]:
    premium = preview.premium
    return {
        "preview": preview.token,
        "total_fen": premium["total_fen"],
        "lines": premium["lines"],
        "notices": [
            notice.as_data() | {"message": text(notice.code, **notice.values), "acknowledge": notice.is_warning}
            for notice in preview.notices
        ],
    }


def _charge_shape(charge: PersonCharge) -> PersonChargeShape:
    person, premium = charge.person, charge.premium
    return PersonChargeShape(
        person_id=person.id,
        name=person.name,
        id_no=mask_id_no(person.id_no),
        has_si=person.has_si,
        projects=list(premium.projects),
        price_fen=premium.price_fen,
        discount_fen=premium.discount_fen,
        ratio_percent=premium.ratio_percent,
        charge_fen=premium.charge_fen,
    )
