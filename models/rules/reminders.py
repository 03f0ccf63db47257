"""What a reminder of a batch is about: once that is done, nobody need be reminded of it."""

from __future__ import annotations

from collections.abc import Mapping

from models.rules.lifecycle import ROSTER_EDITABLE, BatchState

_UNCONFIRMED = frozenset({*ROSTER_EDITABLE, BatchState.ROSTER_SUBMITTED})

REMINDS_WHILE: Mapping[str, frozenset[BatchState]] = {
    "NTF-03": frozenset({BatchState.AWAITING_PAYMENT}),
    "NTF-04": _UNCONFIRMED,
    "NTF-07": _UNCONFIRMED,
}
"""Code -> states of the batch in which there is something left to do about it (DOMAIN 13)."""
