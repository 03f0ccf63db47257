"""A database that an earlier release filled goes to the newest revision with everything that is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert, select, text

from models.records.database import reading, writing
from models.records.schema import _configuration, differences, upgrade
from tests.conftest import use_environment
from tests.web.commands.told import tell

AT = datetime(2020, 4, 20, 1, 0, tzinfo=UTC)
OF_ITS_TYPE: dict[type, Any] = {
    str: "", int: 0, bool: False, bytes: b"", object: {}, datetime: AT, date: AT.date(),
}  # fmt: skip
"""What stands in a column that has to hold something; `object` is JSON."""

ROWS_OF_0005: dict[str, dict[str, Any]] = {
    "account": {"id": 1, "email": "li@unit.example", "name": "李小满", "role": "handler"},
    "plan_year": {"year": "2020"},
    "unit": {"id": 1, "name": "上海豆豆精密机械有限公司", "district_union": "机电"},
    "enrolment_code": {"id": 1, "code": "0088D2", "unit_id": 1, "account_id": 1, "active": True},
    "batch": {"id": 1, "batch_no": "0088D220200001", "code_id": 1, "account_id": 1, "plan_year": "2020"},
    "batch_person": {"id": 1, "batch_id": 1, "name": "王豆豆", "id_digest": b"d" * 16, "id_sealed": b"sealed"},
    "voucher": {"id": 1, "account_id": 1, "plan_year": "2020", "amount_fen": 18000},
    "voucher_batch": {"voucher_id": 1, "batch_id": 1, "live": True},
    "audit_entry": {"id": 1, "account_id": 1, "action": "open_batch", "batch_id": 1, "details": {"code": "0088D2"}},
}
"""One of each, after those that it refers to."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_of_0005(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database at revision 0005 with `ROWS_OF_0005`."""
    cluster = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    name = cluster.new_database() if cluster else ""
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL=cluster.url(name) if cluster else "")
    with writing() as session:
        command.upgrade(_configuration(session.connection()), "0005")
    put_in(ROWS_OF_0005)
    yield
    use_environment(monkeypatch)
    if cluster:
        cluster.drop(name)


def put_in(rows: dict[str, dict[str, Any]]) -> None:
    """Add a row to each table, as it is in the database."""
    with writing() as session:
        for name, given in rows.items():
            table = table_of(session.connection(), name)
            needed = (one for one in table.columns if not one.nullable and one.server_default is None)
            session.execute(
                insert(table).values({one.name: OF_ITS_TYPE[one.type.python_type] for one in needed} | given)
            )


def stored(names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Every row of these tables, as they are in the database."""
    with writing() as session:  # SQLite's reader door refuses the pragmas that tell what a table is
        return {
            name: [dict(row) for row in session.execute(select(table_of(session.connection(), name))).mappings()]
            for name in names
        }


def table_of(connection: Connection, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=connection, resolve_fks=False)


def test_everything_is_kept(database_of_0005: None) -> None:
    before = stored(ROWS_OF_0005)
    upgrade()
    after = stored(ROWS_OF_0005)
    kept = {
        name: [{column: now[column] for column in was} for was, now in zip(before[name], after[name], strict=True)]
        for name in before
    }
    assert kept == before
    assert differences() == []


def test_decisions_that_lack_their_number_stop_it_with_a_sentence_and_are_kept(database_of_0005: None) -> None:
    put_in({"retired_override": {"plan_year": "2020", "account_id": 1, "reason": "仍在职", "id_digest": b"d" * 16}})
    told = tell("db", "upgrade")
    assert (told.status, "enter them again under 退休核定" in told.complained) == (2, True)
    assert [row["reason"] for row in stored(["retired_override"])["retired_override"]] == ["仍在职"]
    with reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0005"
