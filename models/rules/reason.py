"""Why somebody does something beside the rules, as it is stored, written down and told to others."""

from __future__ import annotations

from models.rules.person import mask_typed
from models.rules.refusal import Refused


def read_reason(text: str, label: str, longest: int, missing: Refused | None = None) -> str:
    """The reason without blanks around it; what looks like a certificate number in it is masked (DOMAIN 2).

    Refused by `missing`, else SYS-002, without one; SYS-003 for one of more than `longest` characters as typed.
    """
    reason = text.strip()
    if not reason:
        raise missing or Refused("SYS-002", field=label)
    if len(reason) > longest:
        raise Refused("SYS-003", field=label)
    return mask_typed(None, reason)
