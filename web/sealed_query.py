"""What somebody searched for, as an address can carry it where a certificate number may be in it: sealed, for whoever
searched, and for an hour.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag

from models.records.sealing import seal, unseal

SEALED_SECONDS = 3600
"""How long a sealed search opens: by the machine's clock, like a log-in."""


def sealed_query(values: Mapping[str, Any], bound_to: bytes) -> str:
    """The values, encrypted, as an address or a form can carry them."""
    plain = json.dumps([int(time.time()) + SEALED_SECONDS, values], ensure_ascii=False)
    return base64.urlsafe_b64encode(seal(plain.encode(), bound_to)).decode().rstrip("=")


def unsealed_query(token: str, bound_to: bytes) -> dict[str, Any] | None:
    """The values again. None: too old, somebody else's, of another place, or never ours."""
    try:
        box = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        until, found = json.loads(unseal(box, bound_to))
        values = dict(found)
    except (binascii.Error, ValueError, IndexError, KeyError, TypeError, InvalidTag):
        return None
    return values if time.time() < until else None
