"""The migrations make what the models say."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from models.records.database import reading, writing
from models.records.schema import differences, is_current, is_empty, upgrade
from tests.conftest import use_environment
from tests.postgresql import Cluster
from tests.records import a_batch_to_fill


def test_migrations_and_models_match(database: str) -> None:
    assert differences() == []


def test_a_column_too_many_is_found(database: str) -> None:
    with writing() as session:
        session.execute(text("ALTER TABLE unit ADD COLUMN shoe_size INTEGER"))
    assert ["shoe_size" in difference for difference in differences()] == [True]


def test_a_second_upgrade_changes_nothing(database: str) -> None:
    batch = a_batch_to_fill()
    upgrade()
    with reading() as session:
        assert session.execute(text("SELECT batch_no FROM batch")).scalar_one() == batch.batch_no


def test_a_migrated_database_is_current_and_not_empty(database: str) -> None:
    with reading() as session:
        assert (is_current(session.connection()), is_empty(session.connection())) == (True, False)


def test_a_database_behind_by_a_migration_is_not_current(database: str) -> None:
    with writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with reading() as session:
        assert not is_current(session.connection())


@pytest.mark.postgresql
def test_a_throw_away_schema_holds_all_tables_and_leaves_the_others_alone(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: str
) -> None:
    name = cluster.new_database()
    use_environment(
        monkeypatch, DATABASE_URL=cluster.url(name), CANBAO_DATABASE_SCHEMA="visit", CANBAO_VAR=str(tmp_path)
    )
    upgrade()
    with reading() as session:
        found = session.execute(text("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN ('batch', 'job')"))
        schemas = found.scalars().all()
    use_environment(monkeypatch)
    cluster.drop(name)
    assert schemas == ["visit"]
