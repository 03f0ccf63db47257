"""`canbao keys`: new keys while everything stays readable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from config.keys import Keyring, replace_ring
from config.settings import keyring, settings
from models.records.base import Base
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.reference import HistoricalPerson, SiPerson
from models.records.roster_import import ImportRow, RosterImport, unseal_typed
from models.records.sealed_columns import SEALED_COLUMNS
from models.records.sealing import id_digest, prefix_digest, seal, unseal
from tests.builders import a_person, resident_id
from tests.conftest import use_environment
from tests.imports import an_import, marked_workbook_of
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.records import a_batch_to_fill, a_roster, people_on
from tests.web.commands.told import tell
from web.commands import key_rotation

__all__ = ["quick_passwords", "silent_doorbell"]


@pytest.fixture
def keys_file(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A database whose keys are in a file, and nobody who would have to be waited for."""
    monkeypatch.delenv("CANBAO_KEYS")
    use_environment(monkeypatch)
    monkeypatch.setattr(key_rotation, "REQUEST_SECONDS", 0)
    monkeypatch.setattr(key_rotation, "LOOK_SECONDS", 0)
    file = tmp_path / "keys.json"
    tell("keys", "new", str(file))
    keyring.cache_clear()
    yield file
    monkeypatch.undo()
    use_environment(monkeypatch)


def keys_in_use() -> set[int]:
    with reading() as session:
        return {
            sealed[0]
            for column in SEALED_COLUMNS
            for sealed in session.scalars(select(column.column).where(column.column.is_not(None)))
        }


def test_every_column_that_is_sealed_is_sealed_anew() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.endswith("_sealed")
    }
    assert sealed == {column.name for column in SEALED_COLUMNS}


def test_new_keys_are_printed_or_put_where_none_are(tmp_path: Path) -> None:
    assert Keyring.from_json(tell("keys", "new").said).current == 1
    file = tmp_path / "keys.json"
    assert tell("keys", "new", str(file)).status == 0
    before = file.read_text()
    assert (tell("keys", "new", str(file)).status, file.read_text()) == (2, before)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_rotation_leaves_everything_readable_and_sealed_by_the_new_key(keys_file: Path) -> None:
    done = an_import(a_batch_to_fill(), a_roster())
    marked = marked_workbook_of(done)
    with writing() as session:
        session.add(_historical())
    assert keys_in_use() == {1}
    told = tell("keys", "rotate", "--json")
    assert (told.status, told.data["current"], told.data["old"]) == (0, 2, [1])
    assert keys_in_use() == {2}
    with reading() as session:
        stored = session.get_one(RosterImport, done.upload.id)
        assert (stored.content(), stored.report()) == (a_roster(), marked)
        for person in session.scalars(select(BatchPerson)):
            assert id_digest(person.id_no) == person.id_digest
        for row in session.scalars(select(ImportRow)):
            assert len(unseal_typed(row.import_id, row.sheet_row, row.typed_sealed)) == 7
    assert keys_file.stat().st_mode & 0o777 == 0o600


def test_what_was_interrupted_goes_on_without_a_further_key(keys_file: Path) -> None:
    people_on(a_batch_to_fill(), [a_person()])
    replace_ring(keys_file, settings().keyring().with_another_key())  # as far as a rotation that was killed then
    told = tell("keys", "rotate", "--json")
    assert (told.data["current"], told.data["sealed_anew"], keys_in_use()) == (2, 1, {2})


def test_a_process_opens_what_a_key_has_sealed_that_is_younger_than_its_ring(keys_file: Path) -> None:
    old = keyring()
    replace_ring(keys_file, old.with_another_key())
    assert keyring() is old  # it has not looked yet
    sealed = _sealed_by(settings().keyring())
    assert unseal(sealed, b"here") == b"clear"


def test_a_process_seals_with_the_new_key_once_it_has_looked(keys_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seal(b"clear", b"here")[0] == 1
    replace_ring(keys_file, keyring().with_another_key())
    monkeypatch.setattr(keyring, "_look_at", 0.0)
    assert seal(b"clear", b"here")[0] == 2


def test_a_key_in_use_is_not_retired_and_an_unused_one_is(keys_file: Path) -> None:
    people_on(a_batch_to_fill(), [a_person()])
    assert tell("keys", "retire", "1").status == 2
    replace_ring(keys_file, settings().keyring().with_another_key())
    keyring.cache_clear()
    assert (tell("keys", "retire", "1").status, set(settings().keyring().sealing)) == (1, {1, 2})
    tell("keys", "rotate")
    assert (tell("keys", "retire", "1").status, set(settings().keyring().sealing)) == (0, {2})
    assert tell("keys", "list", "--json").data == [{"key": 2, "seals": True, "on_the_ring": True, "values": 1}]


def test_a_key_that_is_lost_is_named_before_anything_is_tried(keys_file: Path) -> None:
    people_on(a_batch_to_fill(), [a_person()])
    ring = settings().keyring().with_another_key()
    replace_ring(keys_file, ring.without(1))
    told = tell("keys", "rotate")
    assert (told.status, "[1]" in told.complained) == (2, True)
    assert tell("keys", "list").status == 1


def test_keys_from_the_environment_are_set_in_two_steps_and_then_everything_is_sealed_anew(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_rotation, "REQUEST_SECONDS", 0)
    monkeypatch.setattr(key_rotation, "LOOK_SECONDS", 0)
    people_on(a_batch_to_fill(), [a_person()])
    told = tell("keys", "rotate")
    first, second = _rings(told.said)
    assert (told.status, first.current, second.current, first.sealing) == (1, 1, 2, second.sealing)
    assert keys_in_use() == {1}
    use_environment(monkeypatch, CANBAO_KEYS=second.to_json())
    assert tell("keys", "rotate").status == 0
    assert keys_in_use() == {2}
    monkeypatch.undo()
    use_environment(monkeypatch)


def test_a_new_look_up_key_finds_the_same_people(keys_file: Path) -> None:
    number = resident_id(sequence=7)
    batch = a_batch_to_fill()
    people_on(batch, [a_person(id_no=number)])
    with writing() as session:
        person = session.scalars(select(BatchPerson)).one()
        session.add(
            Claim(
                plan_year="2020",
                id_type="resident_id",
                id_digest=person.id_digest,
                batch_id=batch.batch_id,
                person_id=person.id,
                claimed_at=batch.now,
            )
        )
        session.add(_historical())
        session.add(SiPerson(id_digest=id_digest(number), name="王豆豆", status="retired", as_of=batch.now.date()))
        old = person.id_digest
    told = tell("keys", "rotate", "--lookup", "--json")
    assert (told.status, told.data) == (0, {"people": 1, "claims": 1, "historical": 1, "register_dropped": 1})
    with reading() as session:
        person, claim = session.scalars(select(BatchPerson)).one(), session.scalars(select(Claim)).one()
        historical = session.scalars(select(HistoricalPerson)).one()
    new = id_digest(number)
    assert (person.id_digest, claim.id_digest, person.id_no, person.prefix_digest) == (
        new,
        new,
        number,
        prefix_digest(number),
    )
    assert new != old
    assert historical.id_digest == id_digest(resident_id(sequence=9))


def test_a_look_up_rotation_that_was_killed_before_its_ring_was_written_is_called_again(keys_file: Path) -> None:
    number = resident_id(sequence=7)
    people_on(a_batch_to_fill(), [a_person(id_no=number)])
    before = keys_file.read_text()
    tell("keys", "rotate", "--lookup")
    keys_file.write_text(before)  # the new digests are in, their key is not
    keyring.cache_clear()
    tell("keys", "rotate", "--lookup")
    with reading() as session:
        assert session.scalars(select(BatchPerson)).one().id_digest == id_digest(number)


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_look_up_key_is_not_changed_while_somebody_is_connected(keys_file: Path) -> None:
    import psycopg

    url = settings().effective_database_url.replace("+psycopg", "")
    with psycopg.connect(url, application_name="canbao"):
        told = tell("keys", "rotate", "--lookup")
    assert (told.status, "must be stopped" in told.complained) == (2, True)


def _rings(said: str) -> list[Keyring]:
    """The keyrings that a command printed, one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], said.strip()
    while rest:
        data, end = decoder.raw_decode(rest)
        found.append(Keyring.from_json(json.dumps(data)))
        rest = rest[end:].strip()
    return found


def _sealed_by(ring: Keyring) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = b"n" * 12
    return bytes((ring.current,)) + nonce + AESGCM(ring.sealing[ring.current]).encrypt(nonce, b"clear", b"here")


def _historical() -> HistoricalPerson:
    from models.records.sealing import seal_id_no

    number = resident_id(sequence=9)
    digest = id_digest(number)
    person = a_person()
    return HistoricalPerson(
        enrolment_code="0088D2",
        plan_year="2019",
        name="王豆豆",
        id_type="resident_id",
        id_digest=digest,
        id_sealed=seal_id_no(number, digest),
        birth=person.birth,
        sex="male",
        has_si=True,
    )
