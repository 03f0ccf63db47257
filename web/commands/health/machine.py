"""What this machine has: settings, keys, room on its disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from web.commands.health.probe import Finding

if TYPE_CHECKING:
    from config.settings import Settings

FREE_BYTES = 500 * 2**20
"""Free disk below which something must be done: uploads and their results are a few megabytes each."""
LOST_KEYS = "put the keys of this database back (CANBAO_KEYS, or keys.json): without them its numbers are lost"


def look_at_configuration(settings: Settings) -> Iterator[Finding]:
    """What is configured."""
    database = "PostgreSQL" if settings.database_url else "SQLite"
    broker = "REDIS_URL" if settings.redis_url.get_secret_value() else "embedded Valkey"
    yield Finding("configuration", True, f"{settings.env}; {database}; {broker}; data in {settings.var.resolve()}")


def look_at_https(settings: Settings) -> Iterator[Finding]:
    """Whether log-ins travel by HTTPS only, and whether the web knows visitors from its proxy."""
    if settings.demonstration:
        yield Finding("https", True, "a demonstration needs none; CANBAO_ENV=production does")
    elif not settings.https_only:
        remedy = "put an HTTPS proxy before the web and take CANBAO_SECURE_COOKIES away"
        yield Finding("https", False, "log-ins may travel in clear", remedy)
    elif settings.trusted_proxy is None:
        remedy = "set CANBAO_TRUSTED_PROXY to the address that the HTTPS proxy connects from"
        yield Finding("https", False, "everybody seems to come from the proxy's address", remedy)
    else:
        yield Finding("https", True, f"behind the proxy at {settings.trusted_proxy}")


def look_at_keys(settings: Settings) -> Iterator[Finding]:
    """Whether there are keys, and that nobody else can read them."""
    file = settings.keyring_file()
    if file is not None and not file.exists() and not _has_database(settings):
        yield Finding("keys", False, "there are none yet", "they are made with the database, or by `canbao keys new`")
        return
    ring = settings.keyring()
    if file is not None and file.stat().st_mode & 0o077:
        yield Finding("keys", False, f"others than their owner can read {file}", f"run `chmod 600 {file}`")
        return
    found = (
        f"{len(ring.sealing)} to seal with, of which number {ring.current} is in use; who loses them loses the numbers"
    )
    yield Finding("keys", True, found)


def _has_database(settings: Settings) -> bool:
    return bool(settings.database_url) or (settings.var / "canbao.db").exists()


def look_at_disk(settings: Settings) -> Iterator[Finding]:
    """Room for what the embedded default keeps."""
    folder = settings.var.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    ok = free >= FREE_BYTES
    yield Finding("disk", ok, f"{free / 2**30:.1f} GiB free in {folder}", "" if ok else "make room on this disk")
