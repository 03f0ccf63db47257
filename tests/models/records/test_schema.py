"""The migrations make what the models say."""

from models.records.schema import differences


def test_migrations_and_models_match(database: str) -> None:
    assert differences() == []
