"""发送情况: what has become of the e-mail and SMS that were to leave the house, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text_at
from config.settings import settings
from models.actions.send_again import MAY_BE_GIVEN_UP, MAY_BE_SENT_AGAIN, give_up, send_again, send_failed_again
from models.queries.outbox import MessageFilters, list_messages, shut_lines, unsettled_messages
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.notices import Channel, mask_recipient
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring_delivery
from web.access import asks
from web.delivery_words import LETTERS, MESSAGE, why
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer

pages = Blueprint("deliveries", __name__, url_prefix="/deliveries")


@pages.get("")
@asks(Action.READ_OUTBOX)
def show_deliveries() -> ResponseReturnValue:
    """Newest first, with what needs somebody counted above."""
    return _page()


@pages.post("/<int:message_id>/again")
@asks(Action.READ_OUTBOX)
def send_one_again(message_id: int) -> ResponseReturnValue:
    """重新发送 of a notice that failed, or of which nobody knows."""
    answer = _decide(send_again, message_id, "已安排重新发送到 {recipient}。")
    ring_delivery()
    return answer


@pages.post("/<int:message_id>/give-up")
@asks(Action.READ_OUTBOX)
def give_one_up(message_id: int) -> ResponseReturnValue:
    """不再发送: the unit was told otherwise."""
    return _decide(give_up, message_id, "不再向 {recipient} 发送这条通知；它仍显示在单位的“通知”页。")


@pages.post("/again")
@asks(Action.READ_OUTBOX)
def send_all_failed_again() -> ResponseReturnValue:
    """全部重新发送, once a server takes again what it had refused."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        count = send_failed_again(records, viewer(), business_now(records))
    ring_delivery()
    say(f"已安排重新发送 {count:,} 条发送失败的通知。", tone="good")
    return go_to(url_for("deliveries.show_deliveries"))


def _decide(
    act: Callable[[Session, Viewer, int, datetime], str], message_id: int, sentence: str
) -> ResponseReturnValue:
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            recipient = act(records, viewer(), message_id, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_page(refused), refused)
    say(sentence.format(recipient=recipient), tone="good")
    return go_to(url_for("deliveries.show_deliveries"))


def _page(refused: Refused | None = None) -> str:
    state, channel = request.args.get("state", ""), request.args.get("channel", "")
    filters = MessageFilters(state if state in MESSAGE else "", channel if channel in list(Channel) else "")
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        lines, total = list_messages(records, filters, page, SIZES[0])
        return render(
            "deliveries/deliveries.html",
            now=now,
            plan=current_plan(records, now),
            lines=lines,
            pages=Pages(page, SIZES[0], total),
            filters=filters,
            filtered=filters != MessageFilters(),
            counts=unsettled_messages(records),
            shut=shut_lines(records),
            channels=list(Channel),
            badges=MESSAGE,
            letters=LETTERS,
            why=why,
            masked=lambda message: (
                mask_recipient(message.channel, message.recipient) if message.recipient else "已清除"
            ),
            may_be_sent_again=lambda line: line.notice is not None and line.message.state in MAY_BE_SENT_AGAIN,
            may_be_given_up=lambda line: line.notice is not None and line.message.state in MAY_BE_GIVEN_UP,
            sends={Channel.EMAIL: settings().sends_email, Channel.SMS: settings().sends_sms},
            demonstration=settings().demonstration,
            code=refused.code if refused else "",
            message=text_at("message", refused.code, **refused.values) if refused else "",
        )
