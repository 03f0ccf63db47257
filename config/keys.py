"""The keyring: what ID numbers are sealed with and looked up by. Who loses it loses the numbers."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

KEY_BYTES = 32


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
        if not all(1 <= key_id <= 255 for key_id in sealing):
            raise ValueError("the keyring is damaged: sealing keys are numbered from 1 to 255")
        return ring

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
