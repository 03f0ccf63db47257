"""What pages do with accounts, names of units and unions, for the test of the audit log."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from werkzeug.test import TestResponse

from models.actions.keep_accounts import add_unit
from models.actions.keep_tokens import add_token
from models.records.account import Account
from models.records.database import writing
from models.records.union import LiaisonContact
from models.rules.permissions import Role
from tests.vouchers import a_photo
from tests.web.conftest import MORNING, Town

ANOTHER_CODE = "0088E7"
STAFF = {"email": "second@union.example", "name": "审核员二号", "role": "reviewer"}
CONTACT = {"name": "丁一", "phone": "14200000021", "liaison_group": "1"}


class Stage(Protocol):
    """Who acts, and on whose account."""

    town: Town

    def at(self, path: str, **values: int) -> str:
        """An address of 李小满's."""
        ...

    def form(self, path: str, **fields: object) -> TestResponse:
        """Send a form."""
        ...


@dataclass(frozen=True)
class AccountAct:
    """One form."""

    written: str
    who: Role
    act: Callable[[Stage], TestResponse]


def _form(path: str, **fields: str) -> Callable[[Stage], TestResponse]:
    return lambda stage: stage.form(path, **fields)


def _enable(stage: Stage) -> TestResponse:
    stage.form("/accounts/{account_id}/disable")
    return stage.form("/accounts/{account_id}/enable")


def _revoke(stage: Stage) -> TestResponse:
    with writing() as records:
        account = records.scalars(select(Account).where(Account.email == stage.town.li.email)).one()
        token, _ = add_token(records, account, MORNING)
        number = token.id
    return stage.form("/accounts/{account_id}/tokens/revoke", token=number)


def _rename(path: str) -> Callable[[Stage], TestResponse]:
    def act(stage: Stage) -> TestResponse:
        with writing() as records:
            add_unit(records, "上海豆角仪器有限公司", ANOTHER_CODE, None, MORNING)
        photo = io.BytesIO(a_photo()), "变更申请表.jpg"
        return stage.form(path, code=ANOTHER_CODE, new_name="上海豆角科技有限公司", file=photo)

    return act


def _remove_contact(stage: Stage) -> TestResponse:
    with writing() as records:
        contact = LiaisonContact(liaison_group=1, name="丁一", phone="14200000021")
        records.add(contact)
        records.flush()
        number = contact.id
    return stage.form("/unions/contacts/remove", contact=number)


def _reopen(stage: Stage) -> TestResponse:
    stage.form("/unions/{union_id}/close")
    return stage.form("/unions/{union_id}/reopen")


ACCOUNT_ACTS: Mapping[str, AccountAct] = {
    "accounts.add": AccountAct("add_account", Role.ADMIN, _form("/accounts/new", **STAFF)),
    "accounts.reset": AccountAct("reset_password", Role.SUPERIOR_UNION, _form("/accounts/{account_id}/reset")),
    "accounts.disable": AccountAct("disable_account", Role.ADMIN, _form("/accounts/{account_id}/disable")),
    "accounts.enable": AccountAct("enable_account", Role.ADMIN, _enable),
    "accounts.end_all_log_ins": AccountAct("end_sessions", Role.ADMIN, _form("/accounts/{account_id}/end-log-ins")),
    "accounts.set_union": AccountAct(
        "set_superior_union", Role.ADMIN, _form("/accounts/{account_id}/superior-union", union="")
    ),
    "accounts.add_token": AccountAct("add_token", Role.ADMIN, _form("/accounts/{account_id}/tokens")),
    "accounts.revoke_token": AccountAct("revoke_token", Role.ADMIN, _revoke),
    "renames.register": AccountAct("register_unit_rename", Role.SERVICE_DESK, _rename("/renames/register")),
    "renames.rename_now": AccountAct("apply_unit_rename", Role.ADMIN, _rename("/renames/at-counter")),
    "renames.apply": AccountAct("apply_unit_rename", Role.ADMIN, _form("/renames/{rename_id}/apply")),
    "renames.refuse": AccountAct(
        "refuse_unit_rename", Role.ADMIN, _form("/renames/{rename_id}/refuse", reason="没有盖章")
    ),
    "renames.exchange": AccountAct("exchange_names", Role.ADMIN, _form("/renames/exchange")),
    "unions.add": AccountAct("add_union", Role.ADMIN, _form("/unions/add", name="豆业", liaison_group="1")),
    "unions.change": AccountAct(
        "change_union", Role.ADMIN, _form("/unions/{union_id}", name="豆业", liaison_group="2")
    ),
    "unions.close": AccountAct("close_union", Role.ADMIN, _form("/unions/{union_id}/close")),
    "unions.reopen": AccountAct("reopen_union", Role.ADMIN, _reopen),
    "unions.add_to_group": AccountAct("add_liaison_contact", Role.ADMIN, _form("/unions/contacts", **CONTACT)),
    "unions.remove_from_group": AccountAct("remove_liaison_contact", Role.ADMIN, _remove_contact),
}
"""Endpoint -> what it writes down, who does it, and how."""
