"""Settings and plan years are read once for each text of them, and not anew by each test."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import config.settings
from config.settings import Settings
from models.rules.plan import PlanYear

EACH_TEST_ITS_OWN: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "CANBAO_VAR": ("var", Path),
    "DATABASE_URL": ("database_url", Settings._name_the_driver),
    "REDIS_URL": ("redis_url", SecretStr),
}
read_plan = PlanYear.from_data


@pytest.fixture(scope="session", autouse=True)
def settings_and_plans_read_once() -> Iterator[None]:
    """Both are frozen: who reads the same gets the same."""
    settings: dict[frozenset[tuple[str, str]], Settings] = {}
    plans: dict[str, PlanYear] = {}

    def of_this_environment() -> Settings:
        own = {name: field for name, field in EACH_TEST_ITS_OWN.items() if name in os.environ}
        environment = frozenset(item for item in os.environ.items() if item[0] not in (*own, "PYTEST_CURRENT_TEST"))
        if environment not in settings:
            settings[environment] = Settings()
        return settings[environment].model_copy(
            update={field: read(os.environ[name]) for name, (field, read) in own.items()}
        )

    def of_this_text(data: Mapping[str, Any]) -> PlanYear:
        try:
            text = json.dumps(data, default=repr)
        except TypeError:  # no plan year at all
            return read_plan(data)
        if text not in plans:
            plans[text] = read_plan(data)
        return plans[text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config.settings, "Settings", of_this_environment)
        patch.setattr(PlanYear, "from_data", staticmethod(of_this_text))
        yield
