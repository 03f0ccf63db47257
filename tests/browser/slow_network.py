"""A network on which answers take as long as a test wants."""

from __future__ import annotations

from playwright.sync_api import Page, Route


class SlowNetwork:
    """Keeps what is sent to an address until it is let through."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address
        self._held: list[Route] = []
        self._holds = True
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        if self._holds and route.request.method == "POST":
            self._held.append(route)
        else:
            route.continue_()

    def let_one_through(self) -> None:
        """The oldest; returns once its answer is there."""
        with self._page.expect_response(self._address):
            self._held.pop(0).continue_()

    def let_all_through(self) -> None:
        """What is kept, and from now on everything."""
        self._holds = False
        assert self._held, "nothing was asked"
        for route in self._held:
            route.continue_()
