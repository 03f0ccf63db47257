"""What the account was told."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from config.messages import text
from models.queries.notices import notices_after
from models.records.database import reading
from models.records.notice import Notice
from models.rules.permissions import Action
from web.access import asks
from web.api.calls import Family, answer
from web.api.cursors import after, cut
from web.api.fields import Listed, Moment, Shape
from web.api.incoming import query
from web.sign_in import viewer

family = Family("notices", "通知")


class NoticeShape(Shape):
    """One notice."""

    id: int = Field(title="编号")
    code: str = Field(title="代码", examples=["NTF-04"])
    message: str = Field(title="内容")
    batch_no: str | None = Field(title="批次号")
    created_at: Moment = Field(title="时间")
    read_at: Moment | None = Field(title="阅读时间")


class NoticeList(Shape):
    """A page of notices, the latest first."""

    items: list[NoticeShape]
    next: str | None = Field(title="下一页的游标")


@family.get("/notices", "本账户收到的通知", {200: NoticeList}, query=Listed)
@asks(Action.USE_OWN_ACCOUNT)
def list_notices() -> Response:
    """The account's own notices."""
    asked = query(Listed)
    with reading() as records:
        found = notices_after(records, viewer(), after(asked.cursor), asked.limit)
    page, following = cut(found, asked.limit, lambda line: (line[0].id,))
    return answer(NoticeList(items=[_shape(notice, batch_no) for notice, batch_no in page], next=following))


def _shape(notice: Notice, batch_no: str) -> NoticeShape:
    return NoticeShape(
        id=notice.id,
        code=notice.code,
        message=text(notice.code, **notice.values),
        batch_no=batch_no or None,
        created_at=notice.created_at,
        read_at=notice.read_at,
    )
