"""The top bar: which pages an account finds there, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import request, url_for

from config.settings import settings
from models.records.viewer import Viewer
from models.rules.permissions import Action, Role, scope
from web.desk import DESK_PAGES, desk_of


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the top bar."""

    text: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the top bar: whose it is, and of which families of pages it is the head."""

    action: Action
    text: str
    endpoint: str
    families: frozenset[str]
    unless: Action | None = None
    """Who may do this has another entry in its place."""
    demonstration_only: bool = False
    roles: frozenset[Role] = frozenset(Role)
    """Who finds it, of those who may use it."""


_OF_THE_WORKBENCH = frozenset({"dashboard", "dashboard_lists", "work_jobs", "unfinished_units"})
_OF_BATCHES = frozenset(
    [
        "batches",
        "batch",
        "roster",
        "suggested",
        "people",
        "removal",
        "checks",
        "promises",
        "imports",
        "corrections",
        "undo",
        "projects",
        "certificate",
    ]
)
_OF_VOUCHERS = frozenset({"vouchers", "voucher_edit", "voucher_review", "voucher_receipts"})
_CODES = frozenset({"codes"})
_OF_THE_DESK = frozenset({"desk", "reinstating", *(page.endpoint.partition(".")[0] for page in DESK_PAGES)})

ENTRIES = (
    Entry(Action.DECIDE_VOUCHER, "工作台", "dashboard.show_dashboard", _OF_THE_WORKBENCH),
    Entry(Action.READ_BATCH, "参保批次", "batches.show_batches", _OF_BATCHES),
    Entry(
        Action.READ_BATCH,
        "单位进度",
        "unfinished_units.show_units",
        frozenset(),
        roles=frozenset({Role.SUPERIOR_UNION}),
    ),
    Entry(Action.WORK_ON_BATCH, "导入记录", "imports.show_uploads", frozenset()),
    Entry(Action.READ_VOUCHER, "缴费凭证", "vouchers.show_vouchers", _OF_VOUCHERS, unless=Action.DECIDE_VOUCHER),
    Entry(Action.DECIDE_VOUCHER, "缴费凭证", "voucher_review.show_queue", _OF_VOUCHERS),
    Entry(Action.READ_CODE_APPLICATION, "参保编码申请", "codes.show_applications", _CODES),
    Entry(
        Action.CREATE_CODE_APPLICATION,
        "参保编码申请",
        "codes.ask_for_application",
        _CODES,
        unless=Action.READ_CODE_APPLICATION,
    ),
    Entry(Action.WRITE_HANDLER_PROFILE, "经办人填报", "handler.show_handler", frozenset({"handler"})),
    Entry(Action.READ_EXCEPTION, "特殊事项", "exceptions.show_exceptions", frozenset({"exceptions"})),
    Entry(Action.SEARCH_PEOPLE, "人员查询", "search.show_search", frozenset({"search", "person_corrections"})),
    Entry(Action.USE_OWN_ACCOUNT, "管理", "desk.show_desk", _OF_THE_DESK),
    Entry(Action.USE_OWN_ACCOUNT, "帮助", "help.show_help", frozenset({"help"})),
    Entry(Action.OVERRIDE, "演示时钟", "clock.show_clock", frozenset({"clock"}), demonstration_only=True),
    Entry(Action.READ_OUTBOX, "发件箱", "outbox.show_outbox", frozenset({"outbox"}), demonstration_only=True),
)
"""In the order of the bar."""


def navigation(viewer: Viewer | None) -> list[NavigationItem]:
    """The pages that exist for this viewer; none before a password that was reset is changed."""
    if viewer is None or viewer.must_change_password:
        return []
    entries = list(entries_of(viewer.role))
    return [NavigationItem(entry.text, url_for(entry.endpoint), _is_here(entry, entries)) for entry in entries]


def entries_of(role: Role) -> Iterator[Entry]:
    """What this role finds in the bar."""
    for entry in ENTRIES:
        if entry.demonstration_only and not settings().demonstration:
            continue
        if entry.endpoint == "desk.show_desk" and not any(desk_of(role)):
            continue
        if role not in entry.roles or (entry.unless and scope(role, entry.unless)):
            continue
        if scope(role, entry.action):
            yield entry


def _is_here(entry: Entry, entries: Sequence[Entry]) -> bool:
    """Whether the page that is shown belongs to the entry; 导入记录 is a page of a family that is headed by another."""
    if any(request.endpoint == other.endpoint for other in entries):
        return request.endpoint == entry.endpoint
    return request.blueprint in entry.families
