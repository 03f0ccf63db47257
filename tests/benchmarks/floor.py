"""The floor under an import: the least that an honest Python program has to do with the same file and database.

The fastest reader there is, tight checks, one keyed digest and one encryption a number, one look-up of claims, one bulk
store, one transaction. No process to shield the reader, no lease, no progress, no reason for what is refused, no record
of it: what is left out here is what the product adds, and `canbao bench` prints what that costs.

Written on its own: nothing of the rules or records is called, so that a slow rule cannot make its own floor slow.
"""

from __future__ import annotations

import gc
import hmac
import io
import os
import re
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import mul
from typing import Protocol

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from python_calamine import CalamineWorkbook

Row = Sequence[object]
Person = tuple[str, str, str, str, str, str | None, bool]
"""Name, certificate, number, ISO date of birth, sex, mobile, social insurance."""
Entry = tuple[object, ...]
"""A row for the table of people, in the order of COLUMNS."""

COLUMNS = (
    "batch_id", "name", "id_type", "id_digest", "prefix_digest", "id_sealed", "birth", "sex", "mobile", "has_si",
    "employment_status", "is_suggested",
)  # fmt: skip
_DIGEST = COLUMNS.index("id_digest")

_SPACE = "\t\n\v\f\r \xa0\u3000"
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord(space): None for space in _SPACE}
_PUNCTUATION = {ord(mark): None for mark in "-.()/"}
_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003fffd"
_NAME = re.compile(rf"[{_HAN}A-Za-z\u00c0-\u024f· \-'.]{{1,50}}")
_RESIDENT = re.compile("[0-9]{17}[0-9X]")
_PASSPORT = re.compile("(?=.*[0-9])[A-Z0-9]{5,20}")
_MOBILE = re.compile("1[3-9][0-9]{9}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PROVINCES = frozenset(
    map(
        str,
        [
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ],
    )
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ASCII_OFFSET = ord("0") * sum(_WEIGHTS)
_CHECK_CHARACTERS = "10X98765432"
_SEXES = {"男": "male", "女": "female"}
_YES_NO = {"是": True, "否": False}


class Store(Protocol):
    """A database with its connection open."""

    def add(self, plan_year: str, entries: list[Entry]) -> int:
        """One transaction: whoever is not claimed yet is stored. Returns how many."""
        ...


@dataclass(slots=True)
class Floor:
    """One program that imports rosters, with its keys at hand."""

    lookup_key: bytes
    sealing_key: bytes
    plan_year: str
    latest_birth: str
    """ISO: whoever is born later is too young."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each step of the last import took."""

    def import_roster(self, content: bytes, batch_id: int, store: Store) -> int:
        """From bytes to people. Returns how many were added."""
        gc.disable()
        try:
            return self._import(content, batch_id, store)
        finally:
            gc.enable()

    def _import(self, content: bytes, batch_id: int, store: Store) -> int:
        started = time.perf_counter()
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        read = time.perf_counter()
        people = self._good(rows)
        checked = time.perf_counter()
        entries = self._sealed(batch_id, people)
        sealed = time.perf_counter()
        added = store.add(self.plan_year, entries)
        stored = time.perf_counter()
        self.seconds = {
            "read": read - started,
            "check": checked - read,
            "seal": sealed - checked,
            "look up and store": stored - sealed,
        }
        return added

    def _good(self, rows: Sequence[Row]) -> list[Person]:
        """Whoever is well-formed: of equal rows one, of rows that share a number and differ none."""
        known: dict[str, Person | None] = {}
        for row in rows[1:]:
            person = _checked(row, self.latest_birth)
            if person is None:
                continue
            number = person[2]
            if known.setdefault(number, person) != person:
                known[number] = None
        return [person for person in known.values() if person is not None]

    def _sealed(self, batch_id: int, people: Sequence[Person]) -> list[Entry]:
        key, encrypt = self.lookup_key, AESGCM(self.sealing_key).encrypt
        nonces = os.urandom(12 * len(people))
        entries: list[Entry] = []
        for place, (name, id_type, number, birth, sex, mobile, has_si) in enumerate(people):
            plain = number.encode()
            digest = hmac.digest(key, plain, "sha256")[:16]
            nonce = nonces[12 * place : 12 * place + 12]
            sealed = b"\x01" + nonce + encrypt(nonce, plain, digest)
            status = "in_service" if has_si else "unknown"
            entries.append(
                (batch_id, name, id_type, digest, digest[:8], sealed, birth, sex, mobile, has_si, status, False)
            )
        return entries


class SqliteStore:
    """SQLite by its driver, with the settings of the product."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    def add(self, plan_year: str, entries: list[Entry]) -> int:
        """As in `Store`."""
        marks = ", ".join("?" * len(entries))
        digests = [entry[_DIGEST] for entry in entries]
        self._connection.execute("BEGIN IMMEDIATE")
        query = f"SELECT id_digest FROM claim WHERE plan_year = ? AND id_digest IN ({marks})"
        claimed = {digest for (digest,) in self._connection.execute(query, [plan_year, *digests])}
        free = [entry for entry in entries if entry[_DIGEST] not in claimed]
        places = ", ".join("?" * len(COLUMNS))
        self._connection.executemany(f"INSERT INTO batch_person ({', '.join(COLUMNS)}) VALUES ({places})", free)
        self._connection.execute("COMMIT")
        return len(free)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


class PostgresqlStore:
    """PostgreSQL by its driver; the look-up with one array, the people by COPY."""

    def __init__(self, url: str, schema: str | None) -> None:
        options = f"-c search_path={schema}" if schema else ""
        self._connection = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True, options=options)

    def add(self, plan_year: str, entries: list[Entry]) -> int:
        """As in `Store`."""
        digests = [entry[_DIGEST] for entry in entries]
        with self._connection.transaction(), self._connection.cursor(binary=True) as cursor:
            cursor.execute(
                "SELECT id_digest FROM claim WHERE plan_year = %s AND id_digest = ANY(%b)", (plan_year, digests)
            )
            claimed = {digest for (digest,) in cursor}
            free = [entry for entry in entries if entry[_DIGEST] not in claimed]
            with cursor.copy(f"COPY batch_person ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for entry in free:
                    copy.write_row(entry)
        return len(free)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def _checked(row: Row, latest_birth: str) -> Person | None:  # noqa: PLR0911 -- a check a line, and out at the first
    """One row, or None if anything is wrong with it."""
    name, certificate, number, birth, sex, mobile, has_si = row[:7]
    if not isinstance(name, str) or not isinstance(number, str) or has_si not in _YES_NO:
        return None
    name = name.strip(_SPACE)
    if not _NAME.fullmatch(name):
        return None
    if certificate == "身份证":
        resident = _resident(number)
        if resident is None:
            return None
        id_type = "resident_id"
        number, born, is_sex = resident
        if (birth and birth != born) or (sex and _SEXES.get(str(sex)) != is_sex):
            return None
    elif certificate == "护照":
        id_type = "passport"
        number = number.translate(_WIDE).upper().translate(_PUNCTUATION)
        born, is_sex = str(birth), _SEXES.get(str(sex), "")
        if not _PASSPORT.fullmatch(number) or _RESIDENT.fullmatch(number) or not _DAY.fullmatch(born) or not is_sex:
            return None
        if not _is_day(born):
            return None
    else:
        return None
    if born > latest_birth or born < "1900":
        return None
    reachable = _mobile(mobile)
    if mobile and reachable is None:
        return None
    return name, id_type, number, born, is_sex, reachable, _YES_NO[str(has_si)]


def _resident(number: str) -> tuple[str, str, str] | None:
    """A resident's number as it is stored, with birth and sex."""
    if not _RESIDENT.fullmatch(number):
        number = number.translate(_WIDE).upper()
        if not _RESIDENT.fullmatch(number):
            return None
    if number[:2] not in _PROVINCES and not (number[0] == "9" and number[1:3] in _PROVINCES):
        return None
    remainder = (sum(map(mul, _WEIGHTS, number.encode())) - _ASCII_OFFSET) % 11
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    if number[17] != _CHECK_CHARACTERS[remainder] or not _is_day(born):
        return None
    return number, born, "male" if number[16] in "13579" else "female"


def _mobile(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        cell = str(int(cell))
    return cell if isinstance(cell, str) and _MOBILE.fullmatch(cell) else None


def _is_day(iso: str) -> bool:
    try:
        date.fromisoformat(iso)
    except ValueError:
        return False
    return True
