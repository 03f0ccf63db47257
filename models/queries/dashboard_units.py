"""Units that have not finished a plan year: counted by district union, and as a list. A unit is an enrolment code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from models.records.account import Account, HandlerProfile
from models.records.batch import Batch
from models.records.notice import Notice
from models.records.person import BatchPerson
from models.records.union import DistrictUnion
from models.records.unit import EnrolmentCode, Unit
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.notices import REMINDERS
from models.rules.permissions import Action, Scope, scope
from models.rules.progress import STAGE_OF_STATE, UnitStage, rank_of_state, stage_by_rank
from models.rules.refusal import Refused

NO_UNION = "未登记"
"""How units without a 工委 are called; the filter by it is this word too."""

_FINISHED = rank_of_state(BatchState.ENROLLED)
_READ_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class UnionProgress:
    """How many units of one 工委 stand where."""

    union: str
    by_stage: Mapping[UnitStage, int]

    @property
    def units(self) -> int:
        """All of them."""
        return sum(self.by_stage.values())

    @property
    def unfinished(self) -> int:
        """Those that have not come to 参保成功."""
        return self.units - self.by_stage.get(UnitStage.ENROLLED, 0)


@dataclass(frozen=True, slots=True)
class UnitFilters:
    """What the list is narrowed to; empty means everything."""

    union: str = ""
    """A 工委's name, whole; `NO_UNION` for none."""
    group: int = 0
    """对口联系组."""
    stage: str = ""
    search: str = ""
    """Part of the name, or the beginning of the code."""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit that has not finished."""

    code: str
    unit: str
    union: str
    stage: UnitStage
    batch_no: str
    """Of its furthest batch; empty where there is none."""
    people: int | None
    """On its roster; None: they are erased (J13)."""
    people_last_year: int
    """Enrolled in the plan year before; known where there is no batch yet."""
    total_fen: int | None
    updated_at: datetime | None
    reminded_at: datetime | None
    """The latest reminder that was sent to its account and is not of another code's batch."""
    handler: str


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """One page of the list; `by_stage` counts within all filters but that of the stage."""

    lines: Sequence[UnitLine]
    by_stage: Mapping[UnitStage, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Units within all filters but that of the stage."""
        return sum(self.by_stage.values())


def progress_by_union(session: Session, year: str) -> list[UnionProgress]:
    """Every 工委 with the stages of its units, the most unfinished first; one statement, which reads every unit."""
    furthest = _furthest(year)
    rank = func.coalesce(furthest.c.rank, 0)
    statement = (
        select(Unit.district_union, rank, func.count())
        .select_from(EnrolmentCode)
        .join(EnrolmentCode.unit)
        .outerjoin(furthest, furthest.c.code_id == EnrolmentCode.id)
        .where(EnrolmentCode.active)
        .group_by(Unit.district_union, rank)
    )
    found: dict[str, Counter[UnitStage]] = {}
    for union, place, units in session.execute(statement):
        found.setdefault(union or NO_UNION, Counter())[stage_by_rank(place)] += units
    lines = [UnionProgress(union, by_stage) for union, by_stage in found.items()]
    return sorted(lines, key=lambda line: (-line.unfinished, line.union))


def unfinished_units(  # noqa: PLR0917 - as other lists
    session: Session,
    viewer: Viewer,
    year: str,
    before: str | None,
    filters: UnitFilters,
    page: int = 1,
    size: int = 20,
) -> UnitsPage:
    """A page of the units within the viewer's reach that have not finished, by 工委 and code; 6 statements.

    `before`: the plan year before, if there is one. Refused AUTH-006: the role reads no batch.
    """
    statement = _within(_unfinished(viewer, year), filters)
    rank = statement.selected_columns.rank
    counted = statement.with_only_columns(rank, func.count()).group_by(rank)
    by_stage = {stage_by_rank(place): units for place, units in session.execute(counted)}
    ordered = _of_stage(statement, filters).order_by(Unit.district_union, EnrolmentCode.code)
    rows = session.execute(ordered.limit(size).offset((page - 1) * size)).all()
    return UnitsPage(_lines(session, rows, year, before), by_stage)


def every_unfinished_unit(
    session: Session, viewer: Viewer, year: str, before: str | None, filters: UnitFilters
) -> Iterator[UnitLine]:
    """All units of the list, in its order, a thousand at a time."""
    statement = _of_stage(_within(_unfinished(viewer, year), filters), filters)
    rows = session.execute(statement.order_by(Unit.district_union, EnrolmentCode.code)).all()
    for first in range(0, len(rows), _READ_AT_ONCE):
        yield from _lines(session, rows[first : first + _READ_AT_ONCE], year, before)


def count_unfinished(session: Session, viewer: Viewer, year: str, filters: UnitFilters) -> int:
    """How many units the list has; one statement."""
    statement = _of_stage(_within(_unfinished(viewer, year), filters), filters)
    return session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def _furthest(year: str) -> Subquery:
    """The furthest batch's stage of each code that has a batch in this year."""
    rank = case({state.value: rank_of_state(state) for state in STAGE_OF_STATE}, value=Batch.state, else_=0)
    return (
        select(Batch.code_id, func.max(rank).label("rank")).where(Batch.plan_year == year).group_by(Batch.code_id)
    ).subquery("furthest")


def _unfinished(viewer: Viewer, year: str) -> Select[int, str, str, str, int | None, int]:
    furthest = _furthest(year)
    rank: ColumnElement[int] = func.coalesce(furthest.c.rank, 0)
    statement = (
        select(
            EnrolmentCode.id,
            EnrolmentCode.code,
            Unit.name,
            Unit.district_union,
            EnrolmentCode.account_id,
            rank.label("rank"),
        )
        .select_from(EnrolmentCode)
        .join(EnrolmentCode.unit)
        .outerjoin(furthest, furthest.c.code_id == EnrolmentCode.id)
        .where(EnrolmentCode.active, rank < _FINISHED)
    )
    match scope(viewer.role, Action.READ_BATCH):
        case Scope.ALL:
            return statement
        case Scope.UNITS_BELOW_TOTALS:
            below = select(Account.id).where(Account.superior_union_id == viewer.account_id)
            return statement.where(EnrolmentCode.account_id.in_(below))
        case Scope.OWN_CODES:
            return statement.where(EnrolmentCode.account_id == viewer.account_id)
        case Scope.BY_CODE_NO_NUMBERS:  # whoever reads by code only walks past no list
            return statement.where(EnrolmentCode.id.is_(None))
        case _:
            raise Refused("AUTH-006")


def _within(
    statement: Select[int, str, str, str, int | None, int], filters: UnitFilters
) -> Select[int, str, str, str, int | None, int]:
    if filters.union:
        named = "" if filters.union == NO_UNION else filters.union
        statement = statement.where(Unit.district_union == named)
    if filters.group:
        of_group = select(DistrictUnion.name).where(DistrictUnion.liaison_group == filters.group)
        statement = statement.where(Unit.district_union.in_(of_group))
    if part := filters.search.strip():
        by_code = EnrolmentCode.code.startswith(part.upper(), autoescape=True)
        statement = statement.where(Unit.name.contains(part, autoescape=True) | by_code)
    return statement


def _of_stage(
    statement: Select[int, str, str, str, int | None, int], filters: UnitFilters
) -> Select[int, str, str, str, int | None, int]:
    if not filters.stage:
        return statement
    rank = statement.selected_columns.rank
    return statement.where(rank == list(UnitStage).index(UnitStage(filters.stage)))


def _lines(
    session: Session,
    rows: Sequence[Row[int, str, str, str, int | None, int]],
    year: str,
    before: str | None,
) -> list[UnitLine]:
    batches = _batches(session, [row[0] for row in rows], year)
    without = [row[0] for row in rows if row[0] not in batches]
    last_year = _people_last_year(session, without, before)
    accounts = {row[4] for row in rows if row[4] is not None}
    handlers, reminded = _handlers(session, accounts), _reminded(session, accounts)
    lines = []
    for code_id, code, unit, union, account_id, rank in rows:
        batch, people = batches.get(code_id, (None, 0))
        lines.append(
            UnitLine(
                code=code,
                unit=unit,
                union=union or NO_UNION,
                stage=stage_by_rank(rank),
                batch_no=batch.batch_no if batch else "",
                people=None if batch and batch.erased_at else people,
                people_last_year=last_year.get(code_id, 0),
                total_fen=batch.total_fen if batch else None,
                updated_at=batch.updated_at if batch else None,
                reminded_at=_latest(reminded.get((account_id, None)), reminded.get((account_id, code_id))),
                handler=handlers.get(account_id, "") if account_id else "",
            )
        )
    return lines


def _batches(session: Session, code_ids: Sequence[int], year: str) -> dict[int, tuple[Batch, int]]:
    """The furthest batch of each code and its people; of several as far the latest."""
    people = select(func.count()).where(BatchPerson.batch_id == Batch.id).scalar_subquery()
    of_codes = select(Batch, people).where(
        Batch.code_id.in_(code_ids), Batch.plan_year == year, Batch.state != BatchState.DELETED
    )
    found: dict[int, tuple[Batch, int]] = {}
    rows = [(batch, number) for batch, number in session.execute(of_codes)]
    for batch, number in sorted(rows, key=lambda row: (rank_of_state(BatchState(row[0].state)), row[0].id)):
        found[batch.code_id] = (batch, number)
    return found


def _people_last_year(session: Session, code_ids: Sequence[int], before: str | None) -> dict[int, int]:
    people = (
        select(Batch.code_id, func.count())
        .join(BatchPerson, BatchPerson.batch_id == Batch.id)
        .where(Batch.code_id.in_(code_ids), Batch.plan_year == before, Batch.state == BatchState.ENROLLED)
        .group_by(Batch.code_id)
    )
    return {row.code_id: row[1] for row in session.execute(people)}


def _handlers(session: Session, accounts: set[int]) -> dict[int, str]:
    names = select(HandlerProfile.account_id, HandlerProfile.name).where(HandlerProfile.account_id.in_(accounts))
    return {row.account_id: row.name for row in session.execute(names)}


def _reminded(session: Session, accounts: set[int]) -> dict[tuple[int | None, int | None], datetime]:
    """The latest reminder that each account was sent, by the code of its batch; under None those of no batch."""
    latest = (
        select(Notice.account_id, Batch.code_id, func.max(Notice.created_at))
        .outerjoin(Batch, Batch.id == Notice.batch_id)
        .where(Notice.account_id.in_(accounts), Notice.code.in_(REMINDERS), Notice.only_on_page.is_(False))
        .group_by(Notice.account_id, Batch.code_id)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(latest)}


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
