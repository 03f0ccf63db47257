"""The keyring: what ID numbers are sealed with and looked up by. Who loses it loses the numbers."""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

KEY_BYTES = 32
KEY_IDS = range(1, 256)
"""The first byte of everything sealed names its key."""

LOOK_SECONDS = 1.0
"""How often a process looks whether the file of its keys was replaced: for so long it may still seal with the key
before."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """`sealing` maps key ids (1 to 255) to AES-256 keys, of which `current` seals; `lookup` is the HMAC key."""

    current: int
    sealing: Mapping[int, bytes]
    lookup: bytes
    session: bytes
    """Signs the browser's cookie."""

    @classmethod
    def new(cls) -> Keyring:
        """A ring of fresh random keys."""
        return cls(
            current=1,
            sealing={1: secrets.token_bytes(KEY_BYTES)},
            lookup=secrets.token_bytes(KEY_BYTES),
            session=secrets.token_bytes(KEY_BYTES),
        )

    @classmethod
    def from_json(cls, text: str) -> Keyring:
        """Read what `to_json` wrote. ValueError: a key is missing or has a wrong length."""
        try:
            data = json.loads(text)
            sealing = {int(key_id): base64.b64decode(key) for key_id, key in data["sealing"].items()}
            ring = cls(
                int(data["current"]), sealing, base64.b64decode(data["lookup"]), base64.b64decode(data["session"])
            )
        except (KeyError, TypeError, AttributeError) as missing:
            raise ValueError(f"the keyring lacks {missing}") from missing
        keys = [*sealing.values(), ring.lookup, ring.session]
        if ring.current not in sealing or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError("the keyring is damaged: the current key is missing or a key is not 32 bytes long")
        if not all(key_id in KEY_IDS for key_id in sealing):
            raise ValueError("the keyring is damaged: sealing keys are numbered from 1 to 255")
        return ring

    def with_another_key(self) -> Keyring:
        """This ring with a fresh key to seal with; the others still open. ValueError: all 255 numbers are taken."""
        free = [key_id for key_id in KEY_IDS if key_id not in self.sealing]
        if not free:
            raise ValueError("all 255 numbers of keys are taken: retire some")
        # Numbers go up, so that people can tell which key is newer; they begin again where 255 is taken.
        key_id = next((number for number in free if number > self.current), free[0])
        return replace(self, current=key_id, sealing={**self.sealing, key_id: secrets.token_bytes(KEY_BYTES)})

    def without(self, key_id: int) -> Keyring:
        """This ring without a key that nothing is sealed with any more. ValueError: it seals, or is not there."""
        if key_id == self.current:
            raise ValueError(f"key {key_id} is the one in use")
        if key_id not in self.sealing:
            raise ValueError(f"there is no key {key_id}")
        return replace(self, sealing={number: key for number, key in self.sealing.items() if number != key_id})

    def with_another_lookup_key(self) -> Keyring:
        """This ring with a fresh key to look numbers up by."""
        return replace(self, lookup=secrets.token_bytes(KEY_BYTES))

    def to_json(self) -> str:
        """The ring as JSON, keys in base64."""
        return json.dumps(
            {
                "current": self.current,
                "sealing": {str(key_id): base64.b64encode(key).decode() for key_id, key in self.sealing.items()},
                "lookup": base64.b64encode(self.lookup).decode(),
                "session": base64.b64encode(self.session).decode(),
            },
            indent=1,
        )


class KeyringInUse:
    """The keyring of this process. One that came from a file is read again when the file is replaced.

    A key is put on the ring before anything is sealed with it, and whoever meets a number of a key that it doesn't know
    reads the file again: so keys change while people work, and no process needs to be started anew.
    """

    def __init__(self, read: Callable[[], Keyring], file: Callable[[], Path | None]) -> None:
        """`file` says where the ring is read from; None: from the environment, which never changes."""
        self._read, self._file = read, file
        self._ring: Keyring | None = None
        self._seen: tuple[int, int, int] | None = None
        self._look_at = 0.0

    def __call__(self) -> Keyring:
        """The ring. OSError or ValueError: there is none yet, or it is damaged."""
        if self._ring is None:
            return self.read_again()
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            if self._mark() not in (None, self._seen):
                return self.read_again()
        return self._ring

    def read_again(self) -> Keyring:
        """The ring as it is now; the one before, if it can't be read any more."""
        seen = self._mark()
        try:
            ring = self._read()
        except (OSError, ValueError):
            if self._ring is None:
                raise
            return self._ring
        self._ring, self._seen, self._look_at = ring, seen, time.monotonic() + LOOK_SECONDS
        return ring

    def cache_clear(self) -> None:
        """Forget the ring; the next call reads it."""
        self._ring = self._seen = None

    def _mark(self) -> tuple[int, int, int] | None:
        """What tells one version of the file from another."""
        file = self._file()
        try:
            found = file.stat() if file else None
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None


def write_new_ring(file: Path, ring: Keyring) -> None:
    """A keyring where none is, readable by its owner only. FileExistsError: there is one, and it stays as it is."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as made:
        made.write(ring.to_json())
        made.flush()
        os.fsync(made.fileno())


def replace_ring(file: Path, ring: Keyring) -> None:
    """Put this ring in the place of the file's, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    write_new_ring(new, ring)
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # before anything is sealed with the new key, the key must outlive a power cut
    finally:
        os.close(folder)
