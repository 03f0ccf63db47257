"""People who do whatever comes to mind: several accounts, their batches and vouchers, the association's staff."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, String, Table, select, type_coerce

from models.queries.vouchers import voucher_seen
from models.records.base import Base
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.viewer import Viewer
from models.records.voucher import Voucher
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.person import Person
from models.rules.refusal import Refused
from tests.builders import a_person, resident_id
from tests.people import a_passport
from tests.records import IN_THE_CENTRAL_WINDOW, a_clerk, open_window
from tests.vouchers import staff
from tests.walks.invariants import Rows, broken, broken_step

CODES = ("0088D2", "3019BJ", "09000X")
NAMES = "甲乙丙丁戊己庚辛子丑寅卯辰巳午未申酉"
FOREIGN = 0.15
"""How often somebody tries it with what is not theirs."""


class WalkedIntoAnError(AssertionError):
    """Something that must always be true no longer is."""


def crowd() -> list[Person]:
    """Few enough to meet each other on several rosters: some over age, some without social insurance, a passport."""
    young = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate(NAMES)]
    young[5], young[6] = replace(young[5], has_si=False), replace(young[6], has_si=False)
    old = date(1955, 3, 7)
    return [*young, a_person(name="壬", id_no=resident_id(old), birth=old), a_passport()]


def rows_now() -> Rows:
    """Everything that is stored, a table at a time; what the audit log tells as it is stored, since it is long."""
    with reading() as session:
        return {
            table.name: [dict(row._mapping) for row in session.execute(statement)]
            for table, statement in _everything().items()
        }


@cache
def _everything() -> Mapping[Table, Select[Any]]:
    statements = {}
    for table in Base.metadata.sorted_tables:
        log = table.name == "audit_entry"
        columns = [
            type_coerce(one, String).label(one.name) if log and one.name == "details" else one for one in table.c
        ]
        statements[table] = select(*columns).order_by(*table.primary_key.columns)
    return statements


Move = tuple[str, "Callable[[Walk], None]"]
"""An action by its name in the table, or its own, and how a walk does it."""


@dataclass
class Walk:
    """One walk through the program; `luck` decides everything."""

    luck: random.Random
    name: str
    """By which it can be had again."""
    now: datetime = IN_THE_CENTRAL_WINDOW
    clerks: list[Viewer] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def begin(self) -> Walk:
        """The year is published; there are three units and the association's staff."""
        with writing() as session:
            open_window(session, self.now)
            self.clerks = [a_clerk(session, code, now=self.now) for code in CODES]
        self.reviewer, self.admin = staff(Role.REVIEWER, self.now), staff(Role.ADMIN, self.now)
        self.before = rows_now()
        return self

    def walk(self, moves: Sequence[Move], steps: int) -> Walk:
        """So many of these actions, and what must be true after each. WalkedIntoAnError says what is not, and why."""
        tried = len(self.history)
        while len(self.history) < tried + steps:
            self._step(*self.luck.choice(moves))
        return self

    def _step(self, name: str, act: Callable[[Walk], None]) -> None:
        self.now += timedelta(minutes=self.luck.choice((1, 10, 100)))
        refused = ""
        try:
            act(self)
        except Refused as refusal:
            refused = refusal.code
        except Nothing:
            return
        counted = self.refused if refused else self.done
        counted[name] = counted.get(name, 0) + 1
        self.history.append(f"{name} {refused}".strip())
        after = rows_now()
        wrong = [*broken(after), *broken_step(self.before, after, name, refused=bool(refused))]
        if wrong:
            raise WalkedIntoAnError(f"{wrong}\n{self.name}, after {len(self.history)} actions: {self.history[-12:]}")
        self.before = after

    def batch(self, *states: BatchState) -> tuple[Viewer, Batch]:
        """Some batch, mostly in one of these states, and who tries it: mostly its own handler."""
        wanted = states if self.luck.random() < 0.8 else ()
        with reading() as session:
            all_of_them = session.scalars(select(Batch).order_by(Batch.id)).all()
        found = [batch for batch in all_of_them if not wanted or batch.state in wanted]
        if not found:
            raise Nothing
        batch = self.luck.choice(found)
        return self._somebody(batch.account_id), batch

    def voucher(self, *states: str) -> tuple[Viewer, Voucher, int]:
        """Some voucher, who tries it, and what is due."""
        with reading() as session:
            all_of_them = session.scalars(select(Voucher).order_by(Voucher.id)).all()
            found = [one for one in all_of_them if one.state in states or self.luck.random() < 0.2]
            if not found:
                raise Nothing
            voucher = self.luck.choice(found)
            return self._somebody(voucher.account_id), voucher, voucher_seen(session, voucher).due_fen

    def person_on(self, batch: Batch) -> int:
        """Somebody of the roster, or nobody that there is."""
        with reading() as session:
            people = session.scalars(select(BatchPerson.id).where(BatchPerson.batch_id == batch.id)).all()
        return self.luck.choice([*people, *people, 10**9])

    def _somebody(self, owner: int) -> Viewer:
        if self.luck.random() < FOREIGN:
            return self.luck.choice([*self.clerks, self.reviewer])
        return next(clerk for clerk in self.clerks if clerk.account_id == owner)


class Nothing(Exception):  # noqa: N818 -- no error: there is nothing yet that this could be done to
    """There is nothing that this could be tried with."""
