"""What a reminder of a batch is about: once that is done, nobody need be reminded of it."""

from __future__ import annotations

from collections.abc import Mapping

from models.rules.lifecycle import UNCONFIRMED, BatchState

REMINDS_WHILE: Mapping[str, frozenset[BatchState]] = {
    "NTF-03": frozenset({BatchState.AWAITING_PAYMENT}),
    "NTF-04": UNCONFIRMED,
    "NTF-07": UNCONFIRMED,
}
"""Code -> states of the batch in which there is something left to do about it (DOMAIN 13)."""
