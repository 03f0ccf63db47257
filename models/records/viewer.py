"""Who asks: the account behind a request, a command or a test, as actions and queries need it."""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.permissions import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """One account, read once at the edge. `ip` is written to the audit log."""

    account_id: int
    role: Role
    email: str = ""
    name: str = ""
    ip: str | None = None
    must_change_password: bool = False
    """Somebody else has reset the password: until it is changed nothing else is done (AUTH-007)."""
