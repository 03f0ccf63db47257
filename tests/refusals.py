"""What an action or a rule says no with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config import messages
from models.rules.refusal import Refused


@contextmanager
def refused(code: str, /, **values: str | int) -> Iterator[None]:
    """The block is refused with this code; its sentence can be formed, and has these values among its own."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code, caught.value.values
    messages.text(code, **caught.value.values)
    assert caught.value.values | values == caught.value.values
