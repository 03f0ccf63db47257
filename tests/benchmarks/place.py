"""A throw-away database for measurements: the demonstration's people, a register of so many claims, empty batches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select

from config.keys import Keyring
from config.settings import keyring, settings
from models.actions.keep_accounts import add_unit, find_account
from models.actions.open_batch import open_batch
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import forget_connections, writing
from models.records.schema import upgrade
from models.records.viewer import Viewer
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tasks.demonstration import BEGINS_AT, Sample, seed
from tests.benchmarks.register import fill_register, settle
from web.commands.throw_away import throw_away_place


@dataclass(slots=True)
class Place:
    """Where everything is measured."""

    sample: Sample
    viewer: Viewer
    """The clerk whose batches these are."""
    password: str
    _batches: list[tuple[int, str]] = field(default_factory=list)

    def next_batch(self, *, keep: bool = False) -> tuple[int, str]:
        """Id and number of an empty batch that nobody has used yet; with `keep` the next call gives it again."""
        return self._batches[-1] if keep else self._batches.pop()


@contextmanager
def throw_away_database(people: int, register: int, batches: int, say: Callable[[str], None]) -> Iterator[Place]:
    """A database of the kind that is set, in a place of its own, with a sample's people and so many claims."""
    given = settings()
    with throw_away_place(given) as thrown:
        _use(
            CANBAO_VAR=str(thrown.folder.path),
            CANBAO_DATABASE_SCHEMA=thrown.schema or "",
            CANBAO_KEYS=Keyring.new().to_json(),
            CANBAO_ENV="demonstration",
            REDIS_URL="memory://",  # the doorbell rings in this process: a job is done before it is rung for
        )
        upgrade()
        sample = Sample(people)
        say(f"Seeding {people} people's sample and a register of {register:,} claims …")
        with writing() as session:
            password = seed(session, sample)[0].password
            clerk = find_account(session, "clerk@demo.example")
            assert clerk is not None
            place = Place(sample, Viewer(clerk.id, Role.HANDLER, clerk.email), password)
            for number in range(batches):
                code = f"BEN{number:03d}"
                add_unit(session, f"第{number}分公司", code, clerk, BEGINS_AT)
                batch = open_batch(
                    session,
                    place.viewer,
                    code=code,
                    enrolment_type=EnrolmentType.CENTRAL,
                    now=BEGINS_AT,
                )
                place._batches.append((batch.id, batch.batch_no))
            rival = session.scalars(
                select(Batch).join(Account, Account.id == Batch.account_id).where(Account.email == "rival@demo.example")
            ).one()
            fill_register(session, register - _claims(sample), rival, BEGINS_AT)
        settle()
        yield place
        forget_connections()


def _claims(sample: Sample) -> int:
    """Claims that the demonstration makes itself."""
    return len(sample.occupied) + len(sample.enrolled) + 200


def _use(**variables: str) -> None:
    """Let this process and its children read these settings from now on."""
    os.environ.update(variables)
    forget_connections()
    settings.cache_clear()
    keyring.cache_clear()
