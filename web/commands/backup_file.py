"""The file that `canbao backup` writes and `canbao restore` reads: a tar archive of a manifest and a whole database.

The manifest stands first, so that a file is judged before the large part of it is read. The keys are not inside:
whoever finds a backup must not be able to read numbers with it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

FORMAT = 1
MANIFEST, DATABASE, DEMONSTRATION = "manifest.json", "canbao.db", "demonstration.json"
_BLOCK = 2**20
_MANIFEST_BYTES = 64 * 1024
_STEPS = 50_000
"""Steps of SQLite's machine between two reports."""


class NoBackupError(Exception):
    """The file is no backup, or is damaged; the message says which."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands before the database: its schema's revision, size and SHA-256."""

    format: int
    made_at: str
    revision: str
    size: int
    sha256: str


def copy_database(source: Path, target: Path, report: Callable[[int], None]) -> str:
    """A consistent copy of a database that others write to meanwhile; returns its schema's revision.

    It waits for nobody and nobody for it. LookupError: the database has no schema of ours.
    """
    target.touch(0o600)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as connection:
        connection.set_progress_handler(lambda: report(target.stat().st_size), _STEPS)
        connection.execute("VACUUM INTO ?", (str(target),))
    return revision_of(target)


def revision_of(database: Path) -> str:
    """The migration that a database file has seen last. LookupError: it is none of ours."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as none:
        raise LookupError(f"{database} holds no database of ours") from none
    if row is None:
        raise LookupError(f"{database} holds no database of ours")
    return str(row[0])


def write_backup(file: Path, new: Path, database: Path, demonstration: Path | None) -> Manifest:
    """Pack a copied database into `new`, which is then renamed: the file is there whole or not at all."""
    manifest = Manifest(
        FORMAT,
        datetime.now(UTC).isoformat(timespec="seconds"),
        revision_of(database),
        database.stat().st_size,
        _sha256(database),
    )
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as archive:
            _add(archive, MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
            if demonstration is not None:
                _add(archive, DEMONSTRATION, demonstration.read_bytes())
            archive.add(database, DATABASE, filter=_nobodys)
        out.flush()
        os.fsync(out.fileno())
    new.rename(file)
    return manifest


def unpack(file: Path, database: Path) -> tuple[Manifest, bytes | None]:
    """Put the database of a backup into a new file, checked; also returns the demonstration's accounts, if any.

    NoBackupError: it is none, or not what was written.
    """
    try:
        with tarfile.open(file, mode="r:") as archive:
            manifest = _manifest(archive)
            demonstration = None
            names = archive.getnames()
            if DEMONSTRATION in names:
                demonstration = _member(archive, DEMONSTRATION).read(_BLOCK)
            with os.fdopen(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                shutil.copyfileobj(_member(archive, DATABASE), out, _BLOCK)
                out.flush()
                os.fsync(out.fileno())
    except (tarfile.TarError, EOFError) as none:
        raise NoBackupError(f"{file} is no backup, or cut off") from none
    if (database.stat().st_size, _sha256(database)) != (manifest.size, manifest.sha256):
        raise NoBackupError(f"{file} is damaged: its checksum is not that of its content")
    with closing(sqlite3.connect(database)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as damaged:
            raise NoBackupError(f"{file} holds a damaged database") from damaged
    if found != "ok":
        raise NoBackupError(f"{file} holds a damaged database")
    return manifest, demonstration


def _manifest(archive: tarfile.TarFile) -> Manifest:
    try:
        manifest = Manifest(**json.loads(_member(archive, MANIFEST).read(_MANIFEST_BYTES)))
    except (ValueError, TypeError) as none:
        raise NoBackupError("the file is no backup of ours") from none
    if manifest.format != FORMAT:
        raise NoBackupError(f"the backup has format {manifest.format}; this program reads {FORMAT}")
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        member = archive.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise NoBackupError(f"the file is no backup of ours: it lacks {name}")
    return member


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(entry, io.BytesIO(content))


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the owner's name, and closed to others."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
