"""What most tests of the web begin with, made once a run: each test takes a copy of the database's file.

A plugin of the run, so that folders share it; what needs tests/web/conftest.py is imported where it is made.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from tests.conftest import use_environment

if TYPE_CHECKING:
    from tests.web.scene import Scene


@dataclass(frozen=True)
class Standing:
    """A filled database and what is known of it."""

    file: Path
    at: datetime
    """The business clock when it was ready: a copy goes on from there, however late in the run it is taken."""
    holds: Any

    def copied_to(self, folder: Path) -> None:
        """Let the database in `folder`, which the settings name, begin with this one."""
        from models.actions.move_clock import move_clock
        from models.records.database import forget_connections, writing

        forget_connections()
        shutil.copy(self.file, folder / "canbao.db")
        with writing() as records:
            move_clock(records, self.at)


def stand(folder: Path, fill: Callable[[], Any]) -> Standing:
    """What `fill` makes in `folder`, with passwords that are checked quickly."""
    from models.actions import log_in
    from models.records.business_clock import business_now
    from models.records.database import reading

    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch, CANBAO_VAR=str(folder), DATABASE_URL="")
        patch.setattr(log_in, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        holds = fill()
        with reading() as records:
            at = business_now(records)
        use_environment(patch)  # closes, and so writes SQLite's log into the file
    return Standing(folder / "canbao.db", at, holds)


@dataclass
class Applications:
    """The application for each environment that tests name: its addresses and templates are compiled once a run."""

    _made: dict[str, tuple[Flask, dict[str, Any], dict[str, Any]]] = field(default_factory=dict)

    def now(self) -> Flask:
        """The application for the settings as they are now, as if it had just been made."""
        from config.settings import keyring, settings
        from web.app import create_app

        read = repr((settings().model_dump(exclude={"var", "database_url", "redis_url"}), keyring().session))
        if read not in self._made:
            app = create_app()
            app.testing = True
            self._made[read] = app, dict(app.config), dict(app.extensions)
        app, config, extensions = self._made[read]
        for held, first in ((app.config, config), (app.extensions, extensions)):
            held.clear()
            held.update(first)
        return app


@pytest.fixture(scope="session")
def applications() -> Applications:
    """What makes the application."""
    return Applications()


@pytest.fixture(scope="session")
def standing_town(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Standing:
    """A Town."""
    from tests.web.conftest import found_town

    folder = tmp_path_factory.mktemp("town")
    shutil.copy(migrated_sqlite, folder / "canbao.db")
    return stand(folder, found_town)


@pytest.fixture(scope="session")
def standing_scene(
    tmp_path_factory: pytest.TempPathFactory, standing_town: Standing, applications: Applications
) -> Standing:
    """A Scene in that town."""
    from tests.web.scene import set_scene

    folder = tmp_path_factory.mktemp("scene")

    def fill() -> Scene:
        standing_town.copied_to(folder)
        return set_scene(applications.now(), standing_town.holds)

    return stand(folder, fill)
