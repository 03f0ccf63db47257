"""通知: what the account was told, and 通知方式, by which channels it is told beside."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from config.messages import text
from models.actions.keep_notices import choose_channels, mark_all_read, mark_read
from models.queries.accounts import profile_of
from models.queries.notices import choices_of, newest_notice, notice_page
from models.queries.plan_years import current_plan
from models.records.account import HandlerProfile
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.mobile import mask_mobile, mobile_number
from models.rules.notices import ALWAYS, TOPIC_OF, Channel, may_choose, topics_for
from models.rules.permissions import Action, Role
from web.access import asks
from web.page import REQUEST_WAIT_SECONDS, go_to, in_dialog, render, say
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer

pages = Blueprint("notices", __name__, url_prefix="/notices")


@pages.get("")
@asks(Action.USE_OWN_ACCOUNT)
def show_notices() -> ResponseReturnValue:
    """Newest first. What is seen here is marked as read by the page itself, after a moment."""
    unread, page = request.args.get("unread") == "1", page_number(request.args.get("page"))
    with reading() as records:
        now, newest = business_now(records), newest_notice(records, viewer())
        lines, total = notice_page(records, viewer(), page, SIZES[0], unread=unread)
        return render(
            "notices/notices.html",
            now=now,
            plan=current_plan(records, now),
            lines=[(notice, batch_no, text(notice.code, **notice.values)) for notice, batch_no in lines],
            fresh=[notice.id for notice, _ in lines if notice.read_at is None],
            newest=newest,
            pages=Pages(page, SIZES[0], total),
            unread_only=unread,
        )


@pages.post("/read")
@asks(Action.USE_OWN_ACCOUNT)
def read() -> ResponseReturnValue:
    """These were seen, or all that there are; nothing is said to the page that marks what it shows."""
    up_to = request.form.get("up_to", "")
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        if "all" in request.form:
            mark_all_read(records, viewer(), _number(up_to), now)
        else:
            mark_read(records, viewer(), {_number(one) for one in request.form.getlist("notice")[: SIZES[-1]]}, now)
    if in_dialog():
        return "", 204
    return go_to(url_for("notices.show_notices"))


@pages.get("/channels")
@asks(Action.USE_OWN_ACCOUNT)
def show_channels() -> ResponseReturnValue:
    """通知方式: for each topic e-mail and SMS, and what can't be switched off."""
    who = viewer()
    with reading() as records:
        now = business_now(records)
        profile = profile_of(records, who.account_id) if who.role is Role.HANDLER else None
        chosen = choices_of(records, who)
        return render(
            "notices/channels.html",
            now=now,
            plan=current_plan(records, now),
            topics=topics_for(who.role),
            channels=list(Channel),
            chosen=chosen,
            always=ALWAYS,
            may_choose=lambda topic, channel: may_choose(who.role, topic, channel),
            codes={topic: [code for code, of in TOPIC_OF.items() if of is topic] for topic in topics_for(who.role)},
            address=profile.email if profile and profile.email else who.email,
            phone=_phone_of(profile),
            is_handler=who.role is Role.HANDLER,
        )


@pages.post("/channels")
@asks(Action.USE_OWN_ACCOUNT)
def choose() -> ResponseReturnValue:
    """保存."""
    who = viewer()
    wanted = {
        (topic, channel): f"{topic}_{channel}" in request.form for topic in topics_for(who.role) for channel in Channel
    }
    with writing(REQUEST_WAIT_SECONDS) as records:
        choose_channels(records, who, wanted, business_now(records))
    say("通知方式已保存，从下一条通知起生效。", tone="good")
    return go_to(url_for("notices.show_channels"))


def _phone_of(profile: HandlerProfile | None) -> str:
    """Where SMS go; empty where none go, since the number is not confirmed, or is no mobile's."""
    confirmed = profile is not None and profile.phone_verified_at is not None and mobile_number(profile.phone)
    return mask_mobile(profile.phone) if profile and confirmed else ""


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
