"""What most tests of the web begin with, made once a run: each test takes a copy of the database's file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from models.actions import log_in
from models.actions.move_clock import move_clock
from models.records.business_clock import business_now
from models.records.database import forget_connections, reading, writing
from tests.conftest import use_environment


@dataclass(frozen=True)
class Standing[What]:
    """A filled database and what is known of it."""

    file: Path
    at: datetime
    """The business clock when it was ready: a copy goes on from there, however late in the run it is taken."""
    holds: What

    def copied_to(self, folder: Path) -> What:
        """Let `folder`, the test's own, hold it."""
        forget_connections()
        shutil.copy(self.file, folder / "canbao.db")
        with writing() as records:
            move_clock(records, self.at)
        return self.holds


def stand[What](folder: Path, migrated: Path, fill: Callable[[], What]) -> Standing[What]:
    """Fill a database of its own in `folder`, with passwords that are checked quickly."""
    shutil.copy(migrated, folder / "canbao.db")
    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch, CANBAO_VAR=str(folder), DATABASE_URL="")
        patch.setattr(log_in, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        holds = fill()
        with reading() as records:
            at = business_now(records)
        use_environment(patch)  # closes, and so writes SQLite's log into the file
    return Standing(folder / "canbao.db", at, holds)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The pages' templates, compiled once for all the applications of a run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def standing_town(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Standing[object]:
    """The town."""
    from tests.web.conftest import found_town

    return stand(tmp_path_factory.mktemp("town"), migrated_sqlite, found_town)


@pytest.fixture(scope="session")
def standing_scene(
    tmp_path_factory: pytest.TempPathFactory,
    standing_town: Standing[object],
    compiled_templates: FileSystemBytecodeCache,
) -> Standing[object]:
    """The scene in that town."""
    from tests.web.conftest import application
    from tests.web.scene import set_scene

    def fill() -> object:
        return set_scene(application(compiled_templates), standing_town.holds)

    return stand(tmp_path_factory.mktemp("scene"), standing_town.file, fill)
