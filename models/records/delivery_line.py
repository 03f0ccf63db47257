"""Who is sending, and whether the way out is open: one row a channel."""

from __future__ import annotations

from sqlalchemy import Double, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base


class DeliveryLine(Base):
    """The way to the mail server or the SMS gateway. One worker at a time uses it; a server that is away shuts it.

    All times are seconds since 1970 by the database's clock.
    """

    __tablename__ = "delivery_line"

    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    """A `Channel` of models.rules.notices."""
    token: Mapped[str | None] = mapped_column(String(32))
    """Who has it."""
    busy_until: Mapped[float] = mapped_column(Double, default=0)
    """When whoever has it, and says nothing, has lost it."""
    shut_until: Mapped[float] = mapped_column(Double, default=0)
    """Until then nobody tries: the other side did not answer, and a thousand messages must not each wait for it."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row it did not."""
    last_error: Mapped[str] = mapped_column(String(60), default="")
    """Why, in a word."""
