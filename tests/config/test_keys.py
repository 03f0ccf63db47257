"""The keyring, and what is said of a damaged one."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from config.keys import KEY_BYTES, Keyring
from config.settings import Settings

RING = Keyring.new()


def damaged(**changes: Any) -> str:
    data = json.loads(RING.to_json()) | changes
    return json.dumps({name: value for name, value in data.items() if value is not None})


def b64(length: int) -> str:
    return base64.b64encode(b"k" * length).decode()


def test_a_ring_comes_back_from_json_as_it_was() -> None:
    assert Keyring.from_json(RING.to_json()) == RING


def test_a_ring_of_several_keys_comes_back_too() -> None:
    ring = Keyring(255, {1: b"1" * KEY_BYTES, 255: b"2" * KEY_BYTES}, b"3" * KEY_BYTES, b"4" * KEY_BYTES)
    assert Keyring.from_json(ring.to_json()) == ring


def test_a_new_ring_has_keys_of_its_own() -> None:
    other = Keyring.new()
    assert other.sealing[1] != RING.sealing[1]
    assert len({other.sealing[1], other.lookup, other.session}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        damaged(lookup=None),
        damaged(session=None),
        damaged(sealing=None),
        damaged(sealing=[]),
        damaged(sealing={"x": b64(32)}),
        damaged(current=2),
        damaged(sealing={"1": b64(31)}),
        damaged(sealing={"1": b64(32), "2": b64(16)}),
        damaged(lookup=b64(16)),
        damaged(lookup=""),
        damaged(session=b64(16)),
        damaged(sealing={"1": b64(32), "256": b64(32)}),
        damaged(sealing={"0": b64(32), "1": b64(32)}),
        damaged(lookup="not base64!"),
    ],
)
def test_a_damaged_ring_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Keyring.from_json(text)


def test_what_is_said_of_a_damaged_ring_holds_no_key() -> None:
    secret = b64(31)
    with pytest.raises(ValueError, match=r".+") as refused:
        Keyring.from_json(damaged(lookup=secret))
    assert secret not in str(refused.value)


def test_keys_come_from_a_file_of_their_own_before_the_folders(tmp_path: Path) -> None:
    other = Keyring.new()
    (tmp_path / "keys.json").write_text(RING.to_json())
    (tmp_path / "other.json").write_text(other.to_json())
    assert Settings(var=tmp_path, keys=None).keyring() == RING
    assert Settings(var=tmp_path, keys=None, keys_file=tmp_path / "other.json").keyring() == other


def test_without_keys_none_are_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Settings(var=tmp_path, keys=None).keyring()
    assert list(tmp_path.iterdir()) == []
