"""参保编码申请: the handler's list and form, a visitor's at the counter, and the association's review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue

from config.choices import choices
from config.messages import text_at
from models.actions.apply_for_code import Filled, application_to_edit, apply_for_code, edit_application
from models.actions.decide_application import approve_application, reject_application, seen_as
from models.actions.sms_code import Purpose, send_sms_code
from models.queries.code_applications import (
    ApplicationFilters,
    application_file,
    find_application,
    list_applications,
)
from models.queries.plan_years import current_plan
from models.queries.unions import contacts_of_union, open_unions
from models.records.business_clock import business_now
from models.records.code_application import CodeApplication, CodeApplicationFile
from models.records.database import reading, writing
from models.rules.attachment import Attachment, FileKind
from models.rules.code_application import LABELS, STATUS_TEXTS, ApplicationStatus
from models.rules.form_fields import FormRefused
from models.rules.mobile import mask_mobile
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from tasks.doorbell import ring_delivery
from web.access import asks, may
from web.attachment import attachment, received, takes_files
from web.badges import APPLICATION
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("codes", __name__, url_prefix="/codes")

_ALL = "all"


@pages.get("")
@asks(Action.READ_CODE_APPLICATION)
def show_applications() -> ResponseReturnValue:
    """The handler's own, the latest change first; for the association first of all what waits, the oldest first."""
    decides = may(Action.DECIDE_CODE_APPLICATION)
    status = request.args.get("status", ApplicationStatus.PENDING if decides else _ALL)
    status = status if status in STATUS_TEXTS else _ALL
    filters = ApplicationFilters(request.args.get("unit", "").strip(), "" if status == _ALL else status)
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        found = list_applications(records, viewer(), filters, page, SIZES[0])
        return render(
            "codes/list.html",
            now=now,
            plan=current_plan(records, now),
            applications=found.applications,
            pages=Pages(page, SIZES[0], found.total),
            filters=filters,
            status=status,
            statuses=STATUS_TEXTS,
            badges=APPLICATION,
            applies=may(Action.CREATE_CODE_APPLICATION),
            decides=decides,
        )


@pages.get("/apply")
@asks(Action.CREATE_CODE_APPLICATION)
def ask_for_application() -> ResponseReturnValue:
    """申请参保编码: the empty form."""
    return _form_page(TypedForm({}))


@pages.post("/apply")
@asks(Action.CREATE_CODE_APPLICATION)
@takes_files
def apply() -> ResponseReturnValue:
    """提交申请, or 获取验证码; else the form again with what was typed."""
    form = TypedForm(request.form)
    if "get_code" in request.form:
        return _send_code(form)
    try:
        filled = _filled()
        with writing(REQUEST_WAIT_SECONDS) as records:
            done = apply_for_code(records, viewer(), filled, business_now(records))
    except Refused as refused:
        return _again(form, refused)
    if isinstance(done, FormRefused):
        return _again(form, done)
    say(f"{done.unit_name} 的参保编码申请已提交，请等待市职保会审核。", tone="good")
    readable = may(Action.READ_CODE_APPLICATION)
    return go_to(url_for("codes.show_applications" if readable else "codes.ask_for_application"))


@pages.get("/<int:application_id>")
@asks(Action.READ_CODE_APPLICATION)
def show_application(application_id: int) -> ResponseReturnValue:
    """查看详情; whoever decides finds both answers beside it."""
    return _details(application_id)


@pages.get("/<int:application_id>/edit")
@asks(Action.EDIT_CODE_APPLICATION)
def ask_to_edit(application_id: int) -> ResponseReturnValue:
    """编辑 of what was rejected."""
    with reading() as records:
        application = application_to_edit(records, viewer(), application_id)
        files = list(application.files)
    return _form_page(TypedForm({name: getattr(application, name) for name in LABELS}), application, files)


@pages.post("/<int:application_id>/edit")
@asks(Action.EDIT_CODE_APPLICATION)
@takes_files
def edit(application_id: int) -> ResponseReturnValue:
    """Submitted again, 申请中; else the form again."""
    with reading() as records:
        application = application_to_edit(records, viewer(), application_id)
        files = list(application.files)
    form = TypedForm(request.form)
    if "get_code" in request.form:
        return _send_code(form, application, files)
    try:
        filled = _filled()
        with writing(REQUEST_WAIT_SECONDS) as records:
            done = edit_application(records, viewer(), application_id, filled, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused) or refused.code == "APP-011":
            raise
        return _again(form, refused, application, files)
    if isinstance(done, FormRefused):
        return _again(form, done, application, files)
    say("已重新提交，请等待市职保会审核。", tone="good")
    return go_to(url_for("codes.show_applications"))


@pages.post("/<int:application_id>/approve")
@asks(Action.DECIDE_CODE_APPLICATION)
def approve(application_id: int) -> ResponseReturnValue:
    """审核通过: the next code, or the one that the reviewer names."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            code = request.form.get("enrolment_code", "")
            seen, now = request.form.get("seen"), business_now(records)
            done = approve_application(records, viewer(), application_id, now, code=code, seen=seen)
            unit, given = done.unit_name, done.code.code if done.code else ""
    except Refused as refused:
        return _not_decided(application_id, refused)
    say(f"{unit} 审核通过，参保编码为 {given}。", tone="good")
    return go_to(url_for("codes.show_applications"))


@pages.post("/<int:application_id>/reject")
@asks(Action.DECIDE_CODE_APPLICATION)
def reject(application_id: int) -> ResponseReturnValue:
    """审核不通过, with the reason that the unit reads."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            reason, seen = request.form.get("reason", ""), request.form.get("seen")
            done = reject_application(records, viewer(), application_id, reason, business_now(records), seen=seen)
            unit = done.unit_name
    except Refused as refused:
        return _not_decided(application_id, refused)
    say(f"{unit} 的申请已退回，单位可以看到原因并修改后重新提交。", tone="good")
    return go_to(url_for("codes.show_applications"))


@pages.get("/<int:application_id>/files/<int:n>")
@asks(Action.READ_CODE_APPLICATION)
def show_file(application_id: int, n: int) -> ResponseReturnValue:
    """An attachment, to be saved; the page shows images of it."""
    with reading() as records:
        return attachment(application_file(records, viewer(), application_id, n))


def _filled() -> Filled:
    """What the form brings, its files made safe. Refused APP-003, APP-004, SYS-001 by a file."""
    files: Sequence[Attachment] = received([file for file in request.files.getlist("file") if file.filename])
    removed = {int(number) for number in request.form.getlist("remove") if number.isascii() and number.isdigit()}
    return Filled(request.form, request.form.get("sms_code", ""), files, removed)


def _send_code(
    form: TypedForm, application: CodeApplication | None = None, files: Sequence[CodeApplicationFile] = ()
) -> ResponseReturnValue:
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            phone, now = request.form.get("phone", ""), business_now(records)
            number = send_sms_code(records, viewer(), phone, Purpose.CODE_APPLICATION, now=now)
    except Refused as refused:
        form.refuse(FormRefused({"phone" if refused.code == "SMS-001" else "sms_code": refused}))
        return refused_with(_form_page(form, application, files), refused)
    ring_delivery()
    form.tell(f"验证码已发送到 {mask_mobile(number)}，5 分钟内有效。", focus="sms_code")
    return _form_page(form, application, files)


def _again(
    form: TypedForm,
    refused: Refused,
    application: CodeApplication | None = None,
    files: Sequence[CodeApplicationFile] = (),
) -> ResponseReturnValue:
    form.refuse(refused, unsaved="申请尚未提交")
    return make_response(_form_page(form, application, files), 422)


def _form_page(
    form: TypedForm, application: CodeApplication | None = None, files: Sequence[CodeApplicationFile] = ()
) -> str:
    now, plan = _frame()
    with reading() as records:
        unions = open_unions(records)
    return render(
        "codes/form.html",
        now=now,
        plan=plan,
        form=form,
        application=application,
        files=files,
        choices=choices(),
        unions=unions,
        removed=request.form.getlist("remove"),
        action=url_for("codes.edit", application_id=application.id) if application else url_for("codes.apply"),
        back=url_for("codes.show_applications") if may(Action.READ_CODE_APPLICATION) else "",
    )


def _not_decided(application_id: int, refused: Refused) -> ResponseReturnValue:
    if has_its_own_page(refused):
        raise refused
    return refused_with(_details(application_id, refused), refused)


def _details(application_id: int, refused: Refused | None = None) -> str:
    with reading() as records:
        application = find_application(records, viewer(), application_id)
        files = list(application.files)
        contacts = contacts_of_union(records, application.district_union)
    now, plan = _frame()
    return render(
        "codes/details.html",
        now=now,
        plan=plan,
        application=application,
        files=files,
        union=application.district_union,
        contacts=contacts,
        labels=LABELS,
        badge=APPLICATION[application.status],
        decides=may(Action.DECIDE_CODE_APPLICATION) and application.status == ApplicationStatus.PENDING,
        seen=seen_as(application),
        edits=may(Action.EDIT_CODE_APPLICATION) and application.status == ApplicationStatus.REJECTED,
        image=FileKind.JPEG,
        typed=request.form,
        refused=refused,
        message=text_at("application", refused.code, **refused.values) if refused else "",
    )


def _frame() -> tuple[datetime, PlanYear | None]:
    with reading() as records:
        now = business_now(records)
        return now, current_plan(records, now)
