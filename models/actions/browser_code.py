"""Codes by e-mail that belong to the browser which asked for them: `asker`, a random value that only it has."""

from __future__ import annotations

import hashlib
import hmac


def asker_digest(asker: str) -> bytes:
    """What is stored of the browser."""
    return hashlib.sha256(asker.encode()).digest()


def code_digest(asker: str, code: str) -> bytes:
    """What is stored of the code: six digits alone would be guessed from it, but for what is not stored, the asker."""
    return hmac.digest(asker.encode(), code.encode(), "sha256")


def is_code(digest: bytes, asker: str, typed: str) -> bool:
    """Whether this is what was typed there."""
    return hmac.compare_digest(digest, code_digest(asker, typed.strip()))
