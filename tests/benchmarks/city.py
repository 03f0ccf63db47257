"""A city's year as rows: units, batches, people, jobs, vouchers, notices of any number.

Nobody opens them, so that sealed numbers are bytes of the right length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import DeclarativeBase, Session

from config.clock import SHANGHAI
from models.records.account import Account, HandlerProfile
from models.records.batch import Batch
from models.records.job import Job
from models.records.notice import Notice
from models.records.union import DistrictUnion
from models.records.unit import EnrolmentCode, Unit
from models.records.voucher import RefundTask, Voucher, VoucherBatch
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.progress import DUE_STATES
from models.rules.voucher import AccountKind, PaymentMethod, RefundMethod, RefundState, VoucherState
from tasks.demonstration import BEGINS_AT
from tasks.queues import ROSTER_LARGE
from tests.benchmarks.register import SOMEBODY

YEAR = "2020"
_CHUNK = 10_000
_STATES = (
    BatchState.ROSTER_DRAFT,
    BatchState.ROSTER_FAILED,
    BatchState.ROSTER_SUBMITTED,
    BatchState.AWAITING_PAYMENT,
    BatchState.PAYMENT_REVIEW,
    BatchState.PAYMENT_REJECTED,
    *[BatchState.ENROLLED] * 6,
)
_VOUCHER_OF = {
    BatchState.PAYMENT_REVIEW: VoucherState.SUBMITTED,
    BatchState.PAYMENT_REJECTED: VoucherState.REJECTED,
    BatchState.ENROLLED: VoucherState.APPROVED,
}
_KINDS = ("roster.import", "roster.import", "roster.import", "roster.validate", "roster.submit", "roster.report")
_GROWN = ("豆豆", "蚕豆", "豌豆", "扁豆", "芸豆", "豇豆", "豆角", "豆苗", "绿豆", "赤豆", "刀豆")
_MADE = (
    "精密机械",
    "食品集团",
    "软件",
    "建筑装饰",
    "医疗器械",
    "港口服务",
    "仪表",
    "纺织",
    "印务",
    "物流",
    "文化",
    "环境",
    "酒店",
)
_HANDLERS = ("李小满", "何谷雨", "许惊蛰", "孔清明", "施小暑", "张立秋", "周白露")
_REMINDERS = ("NTF-03", "NTF-04", "NTF-07", "NTF-08")


@dataclass(frozen=True, slots=True)
class City:
    """How much of everything."""

    units: int = 20_000
    people: int = 3_000_000
    jobs: int = 100_000
    jobs_today: int = 2_000

    @property
    def batches(self) -> int:
        """Four units of five have one."""
        return max(self.units * 4 // 5, 1)


@dataclass(frozen=True, slots=True)
class _First:
    """The ids of the first of those that are made, which the others follow."""

    account: int
    unit: int
    code: int
    batch: int
    voucher: int


def fill(session: Session, city: City) -> None:
    """All of it, committed by the caller."""
    unions = [*session.scalars(select(DistrictUnion.name).order_by(DistrictUnion.id)), ""]
    first = _First(*(_next(session, table) for table in (Account, Unit, EnrolmentCode, Batch, Voucher)))
    for table, rows in (
        (Account, _accounts(city, first)),
        (HandlerProfile, _profiles(city, first)),
        (Unit, _units(city, first, unions)),
        (EnrolmentCode, _codes(city, first)),
        (Batch, _batches(city, first)),
        (Voucher, _vouchers(city, first)),
        (VoucherBatch, _paid(city, first)),
        (RefundTask, _refunds(city, first)),
        (Notice, _notices(city, first)),
        (Job, _jobs(city, first)),
    ):
        _insert(session, table, rows)
    per_batch = max(city.people // city.batches, 1)
    people = {"people": per_batch * city.batches, "first_batch": first.batch, "per_batch": per_batch}
    session.execute(text(SOMEBODY[session.get_bind().dialect.name]), people)


def _insert(session: Session, table: type[DeclarativeBase], rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        session.execute(insert(table), chunk)


def _name(n: int) -> str:
    again, place = divmod(n, len(_GROWN) * len(_MADE))
    branch = f"第{again}分公司" if again else ""
    return f"上海{_GROWN[place % len(_GROWN)]}{_MADE[place // len(_GROWN)]}有限公司{branch}"


def _next(session: Session, table: Any) -> int:
    return (session.execute(select(func.max(table.id))).scalar() or 0) + 1_000_001


def _accounts(city: City, first: _First) -> Iterator[dict[str, Any]]:
    for n in range(city.units):
        yield {
            "id": first.account + n,
            "email": f"unit{n}@city.example",
            "password_hash": "-",
            "role": Role.HANDLER,
            "created_at": BEGINS_AT,
        }


def _profiles(city: City, first: _First) -> Iterator[dict[str, Any]]:
    for n in range(city.units):
        yield {
            "account_id": first.account + n,
            "name": _HANDLERS[n % len(_HANDLERS)],
            "phone": "021-55500142",
            "email": f"unit{n}@city.example",
            "unit_name": _name(n),
            "updated_at": BEGINS_AT,
        }


def _units(city: City, first: _First, unions: list[str]) -> Iterator[dict[str, Any]]:
    for n in range(city.units):
        union = unions[n * n % len(unions)]  # not all of the same size
        yield {"id": first.unit + n, "name": _name(n), "district_union": union}


def _codes(city: City, first: _First) -> Iterator[dict[str, Any]]:
    for n in range(city.units):
        yield {"id": first.code + n, "code": f"Z{n:05X}", "unit_id": first.unit + n, "account_id": first.account + n}


def _state(n: int) -> BatchState:
    return _STATES[n * 31 // 7 % len(_STATES)]


def _batches(city: City, first: _First) -> Iterator[dict[str, Any]]:
    for n in range(city.batches):
        moment = BEGINS_AT + timedelta(seconds=n)
        yield {
            "id": first.batch + n,
            "batch_no": f"CITY{n:08d}",
            "code_id": first.code + n,
            "account_id": first.account + n,
            "plan_year": YEAR,
            "enrolment_type": EnrolmentType.CENTRAL,
            "state": _state(n),
            "unit_name": _name(n),
            "total_fen": _due(n) if _state(n) in DUE_STATES else None,
            "created_at": moment,
            "updated_at": moment,
        }


def _vouchers(city: City, first: _First) -> Iterator[dict[str, Any]]:
    for n in range(city.batches):
        if state := _VOUCHER_OF.get(_state(n)):
            yield {
                "id": first.voucher + n,
                "account_id": first.account + n,
                "plan_year": YEAR,
                "state": state,
                "payer": _name(n),
                "method": PaymentMethod.ONLINE,
                "amount_fen": _due(n) + _too_much(n),
                "account_kind": AccountKind.IN_SERVICE,
                "refund_method": RefundMethod.TRANSFER,
                "created_at": BEGINS_AT,
                "submitted_at": BEGINS_AT + timedelta(seconds=n),
                "decided_at": None if state is VoucherState.SUBMITTED else BEGINS_AT + timedelta(seconds=2 * n),
            }


def _paid(city: City, first: _First) -> Iterator[dict[str, Any]]:
    for n in range(city.batches):
        if _state(n) in _VOUCHER_OF:
            yield {"voucher_id": first.voucher + n, "batch_id": first.batch + n, "live": True}


def _due(n: int) -> int:
    return 18_000 * (20 + n * 37 % 400)


def _too_much(n: int) -> int:
    return 5_000 if n % 10 == 3 else 0


def _refunds(city: City, first: _First) -> Iterator[dict[str, Any]]:
    for n in range(city.batches):
        if _too_much(n) and _state(n) is BatchState.ENROLLED:
            yield {
                "voucher_id": first.voucher + n,
                "amount_fen": _too_much(n),
                "state": RefundState.OPEN if n % 20 == 3 else RefundState.PAID,
                "created_at": BEGINS_AT,
            }


def _notices(city: City, first: _First) -> Iterator[dict[str, Any]]:
    """Twelve for each unit, over six weeks."""
    for n in range(city.units):
        for turn in range(12):
            at = BEGINS_AT - timedelta(days=turn * 3, seconds=n)
            yield {
                "account_id": first.account + n,
                "batch_id": first.batch + n if n < city.batches else None,
                "code": _REMINDERS[turn % len(_REMINDERS)],
                "values": {"batch": f"CITY{n:08d}"} | _VALUES[turn % len(_REMINDERS)],
                "occasion": f"bench {turn}",
                "created_at": at,
                "passed_on": True,
            }


_VALUES: tuple[dict[str, Any], ...] = (
    {"amount": "33,660.00", "cutoff": "2020-05-26"},
    {"close": "2020-05-11 17:00"},
    {"days": 3, "status": "清册待校验"},
    {"year": YEAR, "end": "2021-03-31"},
)


def _jobs(city: City, first: _First) -> Iterator[dict[str, Any]]:
    """Those of today since midnight, a few still under way; one of twenty has failed, one was cancelled."""
    now = datetime.now(UTC)
    so_far = (now - now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    for n in range(city.jobs):
        back = city.jobs - n
        under_way = back <= 11
        if under_way:
            moment = now - timedelta(seconds=3 * back)
        elif back <= city.jobs_today:
            moment = now - timedelta(seconds=so_far * 0.4 * back / city.jobs_today)
        else:
            moment = now - timedelta(days=1, seconds=back * 20)
        state = ("running" if back > 7 else "queued") if under_way else _ENDED.get(n % 20, "done")
        began = state != "queued"
        yield {
            "kind": _KINDS[n % len(_KINDS)],
            "queue": ROSTER_LARGE,
            "batch_id": first.batch + n % city.batches,
            "account_id": first.account + n % city.batches,
            "received_at": moment,
            "created_at": moment,
            "state": state,
            "done": 187 if began else 0,
            "total": 187 if began else None,
            "attempt": 1 if began else 0,
            "rung_at": 0.0,
            "began_at": moment if began else None,
            "finished_at": None if under_way else moment + timedelta(seconds=1 + n % 7),
            "code": "JOB-001" if state == "failed" else None,
            "values": {"reason": "连接中断"} if state == "failed" else {},
        }


_ENDED = {7: "failed", 11: "cancelled"}
