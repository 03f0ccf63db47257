"""Where a run leaves something: what went through the broker, logs, addresses, Flower's pages, the database."""

from __future__ import annotations

import base64
import re
import socket
import threading
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import redis

from config.settings import settings
from models.records.database import forget_connections
from models.records.tables import Base

_ADDRESS = re.compile(r'(?:href|action|src|hx-get|hx-post|hx-push-url|formaction)="([^"]*)"')


class Broker:
    """Everything that clients send to Valkey, from now on; and what is stored there at the end."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._heard = bytearray()
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 0))
        self._socket.sendall(f"AUTH {unquote(parts.password or '')}\r\nMONITOR\r\n".encode())
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while piece := self._socket.recv(2**16):
            self._heard += piece

    def everything(self) -> bytes:
        """What was heard, with the quotes of MONITOR taken off, and every stored value."""
        heard = bytes(self._heard).replace(b'\\"', b'"')
        client = redis.Redis.from_url(self._url)
        stored = b"\n".join(client.dump(key) or b"" for key in client.scan_iter())
        client.close()
        return heard + b"\n" + stored

    def close(self) -> None:
        """Hang up."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def logs(folder: Path) -> bytes:
    """Every log of the test's processes."""
    return b"\n".join(path.read_bytes() for path in folder.rglob("*.log"))


def addresses(pages: list[tuple[str, str]]) -> bytes:
    """The address of each page and all addresses that stand on it."""
    found = [url for url, _ in pages]
    for _, html in pages:
        found += _ADDRESS.findall(html)
    return "\n".join(found).encode()


def flower_pages(url: str, password: str) -> bytes:
    """What Flower shows and tells of workers and tasks."""
    token = base64.b64encode(f"staff:{password}".encode()).decode()
    told = []
    for path in ("/", "/workers", "/tasks", "/broker", "/api/tasks?limit=2000", "/api/workers", "/metrics"):
        request = urllib.request.Request(url + path, headers={"Authorization": f"Basic {token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            told.append(answer.read())
    return b"\n".join(told)


def dump(database: str) -> bytes:
    """The database as its files hold it, or as PostgreSQL's COPY tells it: binary columns in hex."""
    forget_connections()
    if database == "sqlite":
        return b"".join(path.read_bytes() for path in Path(settings().var).glob("canbao.db*"))
    told = b""
    with psycopg.connect(settings().database_url.replace("+psycopg", "")) as connection:
        for table in Base.metadata.tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:  # type: ignore[arg-type]  # our own names
                told += b"".join(bytes(block) for block in copy)
    return told
