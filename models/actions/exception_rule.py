"""What each kind of exception has to say: whom it locks, what it would change, and how it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from models.records.batch import Batch
from models.records.exception import ExceptionProposal
from models.records.viewer import Viewer
from models.rules.exceptions import Change


class Touched(NamedTuple):
    """A batch that an exception has changed, or whose handler it concerns."""

    batch: Batch
    what: str
    """As NTF-15 calls what was done to it."""
    told: Sequence[int] = ()
    """The accounts that are told."""


class ExceptionRule(NamedTuple):
    """One kind. All three see the proposal's references and values; nothing else is asked of a new kind."""

    lock: Callable[[Session, ExceptionProposal], None]
    """Locks what is to be changed until the end of the transaction: batches by their ids, then the code."""
    changes: Callable[[Session, ExceptionProposal, datetime], list[Change]]
    """What it would change now, in words. Only reads. Refused by `does_not_fit` where it can't be granted as things
    are."""
    apply: Callable[[Session, Viewer, ExceptionProposal, datetime], Sequence[Touched]]
    """Do it, after `lock` and `changes`; what it did to batches is written down and told by who called it."""
