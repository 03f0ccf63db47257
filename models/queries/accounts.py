"""What an account may know of itself, whoever helps it of the account, and the operator of all accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models.records.account import Account, HandlerProfile, LoginSession
from models.records.api_token import ApiToken
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.unit import EnrolmentCode, Unit
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Action, Role, Scope, scope
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class AccountOf:
    """An account as the operator sees it."""

    account: Account
    units: int
    codes: int
    """Active enrolment codes; `units` are theirs."""
    last_log_in_at: datetime | None
    """Machine's clock. None: never, or so long ago that the log-in is over and swept away."""


@dataclass(frozen=True, slots=True)
class AccountFilters:
    """What the list is narrowed to; empty text means everything."""

    email: str = ""
    """Part of the address; for 技术人员 the whole of it, without which they find nobody."""
    role: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Totals of an account's batches of one plan year, without anybody's name."""

    batches: int = 0
    enrolled: int = 0
    """Batches in 参保成功."""
    people: int = 0
    total_fen: int = 0
    """应缴保费, as far as it was confirmed."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of the list."""

    account: Account
    units: Sequence[str]
    superior: str
    """上级工会, as its account is called."""
    progress: Progress


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of the list, `total` over all pages."""

    lines: Sequence[AccountLine]
    total: int


def accounts_within_reach(viewer: Viewer, action: Action, address: str = "") -> Select[Account]:
    """The accounts to which this viewer may do this; below a 上级工会, and without one, are handlers' alone.

    技术人员 are called by somebody who says which account it is: they reach the one of this whole `address`, and can't
    walk past the others. Refused AUTH-006: the role never has the action.
    """
    handlers = select(Account).where(Account.role == Role.HANDLER)
    match scope(viewer.role, action):
        case Scope.ALL:
            return select(Account)
        case Scope.ACCOUNTS_BELOW:
            return handlers.where(Account.superior_union_id == viewer.account_id)
        case Scope.ACCOUNTS_WITHOUT_UNION:
            return handlers.where(Account.superior_union_id.is_(None), Account.email == address.strip().lower())
        case _:
            raise Refused("AUTH-006")


def find_account_of(session: Session, viewer: Viewer, account_id: int, action: Action, address: str = "") -> Account:
    """One account within the reach of the action. Refused BAT-005: unknown or another's to help; they look alike."""
    statement = accounts_within_reach(viewer, action, address).where(Account.id == account_id)
    account = session.scalars(statement).one_or_none()
    if account is None:
        raise Refused("BAT-005")
    return account


def list_accounts(  # noqa: PLR0917 - as other lists
    session: Session, viewer: Viewer, filters: AccountFilters, plan_year: str, page: int = 1, size: int = 20
) -> AccountPage:
    """Accounts whose passwords the viewer may reset, by address; 6 statements whatever their number."""
    statement = accounts_within_reach(viewer, Action.RESET_PASSWORD, filters.email)
    if address := filters.email.strip().lower():
        statement = statement.where(Account.email.contains(address, autoescape=True))
    if filters.role:
        statement = statement.where(Account.role == filters.role)
    if part := filters.unit.strip():
        by_code = (
            select(EnrolmentCode.account_id).join(EnrolmentCode.unit).where(Unit.name.contains(part, autoescape=True))
        )
        by_profile = select(HandlerProfile.account_id).where(HandlerProfile.unit_name.contains(part, autoescape=True))
        statement = statement.where(or_(Account.id.in_(by_code), Account.id.in_(by_profile)))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    accounts = session.scalars(statement.order_by(Account.email).limit(size).offset((page - 1) * size)).all()
    return AccountPage(account_lines(session, accounts, plan_year), total)


def account_lines(session: Session, accounts: Sequence[Account], plan_year: str) -> list[AccountLine]:
    """Each with its units, its 上级工会 and its progress in the plan year; 4 statements."""
    ids = [account.id for account in accounts]
    units = _units(session, ids)
    above = {account.superior_union_id for account in accounts}
    called = select(Account.id, Account.name, Account.email).where(Account.id.in_(above))
    names = {account_id: name or email for account_id, name, email in session.execute(called)}
    progress = _progress(session, ids, plan_year)
    return [
        AccountLine(
            account,
            units.get(account.id, []),
            names.get(account.superior_union_id, "") if account.superior_union_id else "",
            progress.get(account.id, Progress()),
        )
        for account in accounts
    ]


def superior_unions(session: Session) -> Sequence[Account]:
    """The accounts of 上级工会 that are in use, for choice."""
    unions = select(Account).where(Account.role == Role.SUPERIOR_UNION, Account.disabled_at.is_(None))
    return session.scalars(unions.order_by(Account.name, Account.email)).all()


def tokens_of(session: Session, account_id: int) -> Sequence[ApiToken]:
    """API tokens of an account, the latest first, also those that were revoked."""
    return session.scalars(select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id.desc())).all()


def last_log_in(session: Session, account_id: int) -> datetime | None:
    """Machine's clock; None: never, or so long ago that the log-in is over and swept away."""
    began = select(func.max(LoginSession.began_at)).where(LoginSession.account_id == account_id)
    return session.execute(began).scalar()


def _units(session: Session, account_ids: Sequence[int]) -> dict[int, list[str]]:
    """Names of the units of each account's codes; without a code the one that its handler has filled in."""
    names: dict[int, list[str]] = {}
    of_profiles = select(HandlerProfile.account_id, HandlerProfile.unit_name).where(
        HandlerProfile.account_id.in_(account_ids)
    )
    of_codes = select(Account.id, Unit.name).join(EnrolmentCode, EnrolmentCode.account_id == Account.id)
    of_codes = of_codes.join(EnrolmentCode.unit).where(Account.id.in_(account_ids), EnrolmentCode.active)
    for account_id, name in session.execute(of_codes.order_by(EnrolmentCode.code)):
        if name not in names.setdefault(account_id, []):
            names[account_id].append(name)
    for account_id, name in session.execute(of_profiles):
        if name:
            names.setdefault(account_id, [name])
    return names


def _progress(session: Session, account_ids: Sequence[int], plan_year: str) -> dict[int, Progress]:
    people = select(func.count()).where(BatchPerson.batch_id == Batch.id).scalar_subquery()
    batches = select(Batch.account_id, Batch.state, Batch.total_fen, people).where(
        Batch.account_id.in_(account_ids), Batch.plan_year == plan_year, Batch.state != BatchState.DELETED
    )
    found: dict[int, Progress] = {}
    for account_id, state, total_fen, number in session.execute(batches):
        before = found.get(account_id, Progress())
        found[account_id] = Progress(
            before.batches + 1,
            before.enrolled + (state == BatchState.ENROLLED),
            before.people + number,
            before.total_fen + (total_fen or 0),
        )
    return found


def all_accounts(session: Session) -> list[AccountOf]:
    """Every account, in the order in which they were added; one statement. For the operator."""
    active = select(EnrolmentCode).where(EnrolmentCode.account_id == Account.id, EnrolmentCode.active)
    units = active.with_only_columns(func.count(EnrolmentCode.unit_id.distinct())).scalar_subquery()
    codes = active.with_only_columns(func.count()).scalar_subquery()
    log_ins = select(func.max(LoginSession.began_at)).where(LoginSession.account_id == Account.id).scalar_subquery()
    rows = session.execute(select(Account, units, codes, log_ins).order_by(Account.id))
    return [AccountOf(*row) for row in rows]


def codes_of(session: Session, account_id: int) -> Sequence[EnrolmentCode]:
    """The enrolment codes of an account with their units; one statement."""
    return session.scalars(
        select(EnrolmentCode)
        .where(EnrolmentCode.account_id == account_id)
        .options(joinedload(EnrolmentCode.unit))
        .order_by(EnrolmentCode.code)
    ).all()


def codes_to_choose(session: Session, account_id: int) -> Sequence[EnrolmentCode]:
    """The account's codes that are in use, with their units: offered when a batch is opened (AC04); one statement."""
    return [code for code in codes_of(session, account_id) if code.active]


def profile_of(session: Session, account_id: int) -> HandlerProfile | None:
    """经办人填报 of an account, if it has one."""
    return session.get(HandlerProfile, account_id)


def has_tokens(session: Session, account_id: int) -> bool:
    """Whether programs call on behalf of the account."""
    alive = select(ApiToken.id).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    return session.scalars(alive.limit(1)).first() is not None
