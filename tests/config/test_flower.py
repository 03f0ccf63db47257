"""Flower's settings: behind a proxy it stands where the proxy shows it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import config
from tests.conftest import use_environment

FILE = str(Path(config.__file__).with_name("flower.py"))


@pytest.mark.parametrize(("prefix", "expected"), [("", ""), ("flower", "flower"), ("/flower/", "flower")])
def test_it_stands_under_the_prefix(monkeypatch: pytest.MonkeyPatch, prefix: str, expected: str) -> None:
    use_environment(monkeypatch, CANBAO_FLOWER_PASSWORD="for-a-test", CANBAO_FLOWER_PREFIX=prefix)
    read = runpy.run_path(FILE)
    assert (read["url_prefix"], read["address"], read["read_only"]) == (expected, "127.0.0.1", True)


def test_without_a_password_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANBAO_FLOWER_PASSWORD", raising=False)
    use_environment(monkeypatch)
    with pytest.raises(SystemExit):
        runpy.run_path(FILE)
