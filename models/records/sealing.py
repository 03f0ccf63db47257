"""Sealed columns: numbers, uploads and what people typed are stored encrypted; numbers are found by a keyed digest.

AES-256-GCM with a random nonce; the first byte names the key. Associated data bind what is sealed to its place, so that
a value copied to another row does not open.
"""

from __future__ import annotations

import hmac
import os
from functools import cache, lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.settings import keyring

DIGEST_BYTES = 16
PREFIX_LENGTH = 6
"""Numbers can be looked for by their first six characters or more (DOMAIN 7.8)."""

_NONCE_BYTES = 12


def id_digest(id_no: str, lookup: bytes | None = None) -> bytes:
    """HMAC-SHA-256 of a normalised number, first 16 bytes: equal for equal numbers, not guessed without the key.

    By the ring's key, or by `lookup` while that one is being changed.
    """
    return hmac.digest(lookup or keyring().lookup, id_no.encode(), "sha256")[:DIGEST_BYTES]


def prefix_digest(id_no: str, lookup: bytes | None = None) -> bytes:
    """The digest of a number's first six characters, 8 bytes, in a domain of its own; `lookup` as above."""
    return _prefix_digest(lookup or keyring().lookup, id_no[:PREFIX_LENGTH])


def address_digest(email: str) -> bytes:
    """The digest of an e-mail address that somebody typed, in a domain of its own: who is not ours is not stored."""
    return hmac.digest(keyring().lookup, b"address:" + email.strip().lower().encode(), "sha256")[:DIGEST_BYTES]


@lru_cache(maxsize=5000)  # a unit's people come from a few counties
def _prefix_digest(key: bytes, prefix: str) -> bytes:
    return hmac.digest(key, b"prefix:" + prefix.encode(), "sha256")[:8]


def seal(plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt with the current key: key id, nonce, ciphertext."""
    ring = keyring()
    nonce = os.urandom(_NONCE_BYTES)
    return bytes((ring.current,)) + nonce + _cipher(ring.sealing[ring.current]).encrypt(nonce, plain, bound_to)


def unseal(sealed: bytes, bound_to: bytes) -> bytes:
    """Decrypt. InvalidTag: damaged, or sealed for another place; KeyError: its key is not on the ring."""
    return _cipher(_key(sealed[0])).decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], bound_to)


def place_of_number(digest: bytes) -> bytes:
    """What a number is bound to: its own digest."""
    return b"id_no:" + digest


def seal_id_no(id_no: str, digest: bytes) -> bytes:
    """A number, bound to its place."""
    return seal(id_no.encode(), place_of_number(digest))


def unseal_id_no(sealed: bytes, digest: bytes) -> str:
    """The number again."""
    return unseal(sealed, place_of_number(digest)).decode()


def _key(key_id: int) -> bytes:
    try:
        return keyring().sealing[key_id]
    except KeyError:  # another process may have put it on the ring since this one read the file
        return keyring.read_again().sealing[key_id]


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
