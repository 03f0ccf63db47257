"""人员查询: people on all rosters by number or name, for the association (DOMAIN 9.6)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from flask import Response
from pydantic import Field

from models.actions.search_people import TypedSearch, find_people_after, write_down_search
from models.queries.people_search import PersonFound
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from models.rules.permissions import Action
from models.rules.person import IdType, Sex, mask_id_no
from models.rules.plan import EnrolmentType
from web.access import asks
from web.api.calls import Family, answer
from web.api.cursors import after, cut
from web.api.fields import Asked, Listed, Shape, Text
from web.api.incoming import body, query
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("people_search", "人员查询")


class SearchAsked(Asked):
    """Whom to look for: by the number, the name or both."""

    id_no: Annotated[Text, Field(max_length=40)] = Field(default="", title="证件号码", description="完整号码")
    name: Annotated[Text, Field(max_length=60)] = Field(default="", title="姓名")
    match: Literal["exact", "part"] = Field(default="exact", title="姓名完全相同或包含", description="包含至少2个字")
    plan_year: Annotated[Text, Field(max_length=10)] = Field(default="", title="保障年度", description="不填为全部")


class FoundShape(Shape):
    """One person of one roster; the number is masked."""

    id: int = Field(title="编号")
    name: str = Field(title="姓名")
    id_type: IdType = Field(title="证件类型")
    id_no: str = Field(title="证件号码（部分隐藏）", examples=["1101*****9091"])
    birth: date = Field(title="出生日期")
    sex: Sex = Field(title="性别")
    batch_no: str = Field(title="参保批次")
    enrolment_code: str = Field(title="参保编码")
    unit_name: str = Field(title="单位名称")
    plan_year: str = Field(title="保障年度")
    type: EnrolmentType = Field(title="参保类型")
    state: BatchState = Field(title="批次状态")
    state_text: str = Field(title="批次状态（文字）")
    claimed: bool = Field(title="本年度占用")
    handler: str = Field(title="经办人")
    phone: str = Field(title="经办人电话")


class FoundList(Shape):
    """A page of people, who came last first."""

    items: list[FoundShape]
    next: str | None = Field(title="下一页的游标")


@family.post(
    "/people/search",
    "跨批次查询人员",
    {200: FoundList},
    query=Listed,
    body=SearchAsked,
    refuses=("ROW-014", *(f"IDN-{number:03d}" for number in range(1, 9))),
)
@asks(Action.SEARCH_PEOPLE)
def search_everybody() -> Response:
    """For the association only. Every search is written down."""
    asked, listed = body(SearchAsked), query(Listed)
    typed = TypedSearch(asked.id_no, asked.name, asked.match == "part", asked.plan_year)
    with reading() as records:
        now = business_now(records)
        found = find_people_after(records, viewer(), typed, now, after(listed.cursor), listed.limit)
    page, following = cut(found, listed.limit, lambda line: (line.person.id,))
    with writing(REQUEST_WAIT_SECONDS) as records:
        write_down_search(records, viewer(), typed, now, len(page))
    return answer(FoundList(items=[found_shape(line) for line in page], next=following))


def found_shape(found: PersonFound) -> FoundShape:
    """A person with the batch they stand in."""
    person, batch = found.person, found.batch
    return FoundShape(
        id=person.id,
        name=person.name,
        id_type=IdType(person.id_type),
        id_no=mask_id_no(person.id_no),
        birth=person.birth,
        sex=Sex(person.sex),
        batch_no=batch.batch_no,
        enrolment_code=batch.code.code,
        unit_name=batch.unit_name,
        plan_year=batch.plan_year,
        type=EnrolmentType(batch.enrolment_type),
        state=BatchState(batch.state),
        state_text=BatchState(batch.state).text,
        claimed=found.claimed,
        handler=found.handler,
        phone=found.phone,
    )
