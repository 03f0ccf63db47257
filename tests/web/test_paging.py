import pytest

from web.paging import Pages, page_number, page_size


@pytest.mark.parametrize(
    ("pages", "offered"),
    [
        (Pages(1, 20, 8), [1]),
        (Pages(1, 20, 0), [1]),
        (Pages(1, 20, 4926), [1, 2, None, 247]),
        (Pages(3, 20, 4926), [1, 2, 3, 4, None, 247]),
        (Pages(100, 20, 4926), [1, None, 99, 100, 101, None, 247]),
        (Pages(247, 20, 4926), [1, None, 246, 247]),
    ],
)
def test_the_first_the_last_and_the_neighbours_are_offered(pages: Pages, offered: list[int | None]) -> None:
    assert pages.numbers == offered


def test_the_rows_shown_are_counted_from_1() -> None:
    assert (Pages(1, 20, 4926).first, Pages(1, 20, 4926).last) == (1, 20)
    assert (Pages(247, 20, 4926).first, Pages(247, 20, 4926).last) == (4921, 4926)
    assert (Pages(1, 20, 0).first, Pages(1, 20, 0).last) == (0, 0)


@pytest.mark.parametrize("text", [None, "", "0", "-3", "x", "１", "99999999999999999999"])
def test_a_page_that_is_none_is_the_first(text: str | None) -> None:
    assert page_number(text) == 1


def test_only_the_offered_sizes_are_taken() -> None:
    assert [page_size(text) for text in ("20", "50", "100", "5000", "", None)] == [20, 50, 100, 20, 20, 20]
