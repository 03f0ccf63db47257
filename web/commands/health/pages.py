"""The web and Flower, where it is known on which ports of this machine they listen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from web.commands.addresses import Addresses, is_up
from web.commands.health.broker import NOTHING_RUNS, nothing_runs
from web.commands.health.probe import Finding

if TYPE_CHECKING:
    from config.settings import Settings

ANSWER_SECONDS = 1.0


def look_at_pages(settings: Settings) -> Iterator[Finding]:
    """Whether each answers: by the addresses of the running command, else by the ports that are set."""
    noted = Addresses.noted(settings.var.resolve() / "run")
    web = noted.web if noted else _at(settings.host, settings.port)
    flower = noted.flower if noted else _at("127.0.0.1", settings.flower_port)
    stopped = (web or flower) and nothing_runs(settings)
    prefix = settings.flower_prefix.strip("/")
    healthcheck = f"/{prefix}/healthcheck" if prefix else "/healthcheck"
    for name, address, page in (("web", web, "/healthz"), ("flower", flower, healthcheck)):
        if address is None:
            continue
        if is_up(address + page, ANSWER_SECONDS):
            yield Finding(name, True, f"answers at {address}")
        else:
            remedy = NOTHING_RUNS if stopped else f"it may still be starting; see its log (log/{name}.log), or its port"
            yield Finding(name, False, f"no answer at {address}{page}", remedy)


def _at(host: str, port: int | None) -> str | None:
    return None if port is None else f"http://{host}:{port}"
