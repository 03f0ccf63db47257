"""Pages of a list: which rows are shown and which pages are offered."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = (20, 50, 100)


@dataclass(frozen=True, slots=True)
class Pages:
    """Page `page` of a list of `total` rows, `size` a page."""

    page: int
    size: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(-(-self.total // self.size), 1)

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1; 0 of nothing."""
        return min((self.page - 1) * self.size + 1, self.total)

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.page * self.size, self.total)

    @property
    def numbers(self) -> list[int | None]:
        """The pages offered: the first, the last and those around this one; None where some are left out."""
        wanted = sorted({1, self.count, *range(max(self.page - 1, 1), min(self.page + 1, self.count) + 1)})
        offered: list[int | None] = []
        for number in wanted:
            if offered and number - (offered[-1] or 0) > 1:
                offered.append(number - 1 if number - (offered[-1] or 0) == 2 else None)
            offered.append(number)
        return offered


def page_number(text: str | None) -> int:
    """A page number from an address; nonsense is page 1."""
    return max(int(text), 1) if text and text.isascii() and text.isdigit() and len(text) < 8 else 1


def page_size(text: str | None) -> int:
    """20, 50 or 100 rows; anything else is 20."""
    return int(text) if text in {str(size) for size in SIZES} else SIZES[0]
