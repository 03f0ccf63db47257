"""Everything that one machine runs: the processes of the Procfile, and an embedded Valkey without `REDIS_URL`."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values

from config.settings import Settings, keyring, settings
from web.commands.addresses import Addresses, is_up
from web.commands.data_folder import DataFolder
from web.commands.ports import free_port, web_port
from web.commands.processes import Processes
from web.commands.supervisord_conf import Child
from web.commands.valkey import URL_FILE, answers, embedded_valkey

ROOT = Path(__file__).resolve().parents[2]
STOP_SIGNALS = {"web": "INT", "flower": "KILL"}
"""waitress answers what it has begun on SIGINT; SIGTERM would cut it off. Flower keeps nothing, and one that is told to
end while it starts hangs."""
WORKERS = ("small", "large")
ATTENDANTS = ("beat", "messages", "flower")
"""What nobody waits for: started last, so that the web and the workers have the processor when they need it."""


@dataclass(frozen=True, slots=True)
class Service:
    """The processes of one machine and where to find them."""

    processes: Processes
    web_url: str
    flower_url: str
    flower_password: str
    metrics_token: str
    """What `/metrics` asks for."""
    redis_url: str
    """With its password: for clients, never for a screen or a log."""

    def start(self, *names: str) -> None:
        """Start processes of the Procfile, unless they are."""
        self.processes.start(*names)

    def wait_for_web(self) -> None:
        """Wait until somebody could log in."""
        self.processes.wait_until(lambda: is_up(f"{self.web_url}/log-in"), "web", seconds=60)


def find_settings() -> Settings:
    """The settings as given, for a command that works in the project's folder from here on."""
    if var := os.environ.get("CANBAO_VAR"):
        os.environ["CANBAO_VAR"] = str(Path(var).resolve())
    os.chdir(ROOT)
    return Settings()


@contextmanager
def running_service(
    folder: DataFolder,
    lock: int,
    given: Settings,
    env: Literal["demonstration", "production"],
    say: Callable[[str], None],
    *,
    schema: str | None = None,
    broker_prefix: str = "",
) -> Iterator[Service]:
    """The process manager and the doorbell, running; the caller prepares the database and then starts the rest.

    From here on this process works with the settings that its children get.
    """
    valkey = None if given.redis_url.get_secret_value() else embedded_valkey(folder.path / "run")
    redis_url = valkey.url if valkey else given.redis_url.get_secret_value()
    port, flower_port = web_port(given.port), given.flower_port or free_port()
    flower_password = given.flower_password.get_secret_value() if given.flower_password else secrets.token_urlsafe(12)
    metrics_token = given.metrics_token.get_secret_value() if given.metrics_token else secrets.token_urlsafe(18)
    os.environ.update(
        CANBAO_ENV=env,
        CANBAO_VAR=str(folder.path),
        CANBAO_PORT=str(port),
        CANBAO_FLOWER_PORT=str(flower_port),
        CANBAO_FLOWER_PASSWORD=flower_password,
        CANBAO_METRICS_TOKEN=metrics_token,
        REDIS_URL=redis_url,
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        PYTHONPATH=str(ROOT),
        PYTHONUNBUFFERED="1",
    )
    if broker_prefix:
        os.environ["CANBAO_BROKER_PREFIX"] = broker_prefix
    if schema:
        os.environ["CANBAO_DATABASE_SCHEMA"] = schema
    settings.cache_clear()
    keyring.cache_clear()
    try:
        with Processes(
            folder.path,
            doorbell=[valkey.child] if valkey else [],
            service=read_procfile(ROOT / "Procfile"),
            environment=_environment(),
            directory=ROOT,
            report=say,
            keep_open=[lock],
        ) as processes:
            what = "valkey" if valkey else "the server of REDIS_URL"
            processes.wait_until(lambda: answers(redis_url), what, seconds=15)
            addresses = Addresses(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{flower_port}")
            addresses.note(folder.path / "run")
            yield Service(
                processes,
                addresses.web,
                addresses.flower,
                flower_password,
                metrics_token,
                redis_url,
            )
    finally:
        (folder.path / "run" / URL_FILE).unlink(missing_ok=True)
        Addresses.forget(folder.path / "run")


def _environment() -> dict[str, str]:
    """What the lines of the Procfile may refer to: `.env`, as with any runner of such files, and before it our own."""
    from_file = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    return from_file | dict(os.environ)


def read_procfile(path: Path) -> list[Child]:
    """The processes of a Procfile; each line is the shell's, as with any runner of such files."""
    lines = (re.match(r"([\w-]+):\s*(\S.*)", line) for line in path.read_text().splitlines())
    return [
        Child(found[1], ("/bin/sh", "-c", found[2]), STOP_SIGNALS.get(found[1], "TERM")) for found in lines if found
    ]
