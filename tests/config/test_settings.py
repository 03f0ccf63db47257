"""Settings from the environment: what they mean, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import ROOT, STOP_POINTS, Settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this machine."""
    for name in list(os.environ):
        if name.startswith("CANBAO_") or name in ("DATABASE_URL", "REDIS_URL"):
            monkeypatch.delenv(name)


def with_environment(patch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        patch.setenv(name, value)
    return Settings(_env_file=None)


def test_everything_has_a_default_that_works_on_one_machine() -> None:
    given = Settings(_env_file=None)
    assert (given.demonstration, given.effective_database_url) == (True, f"sqlite:///{ROOT}/var/canbao.db")


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_is_spoken_to_by_psycopg_however_it_is_written(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert with_environment(monkeypatch, DATABASE_URL=url).effective_database_url == "postgresql+psycopg://u@h/d"


def test_a_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CANBAO_PORT=1111\nCANBAO_LEASE_SECONDS=7\n")
    monkeypatch.setenv("CANBAO_PORT", "2222")
    given = Settings(_env_file=tmp_path / ".env")
    assert (given.port, given.lease_seconds) == (2222, 7)


def test_production_is_no_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not with_environment(monkeypatch, CANBAO_ENV="production").demonstration


def test_an_unknown_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="env"):
        with_environment(monkeypatch, CANBAO_ENV="productoin")


def test_aids_for_tests_are_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="CANBAO_STOP_AT"):
        with_environment(monkeypatch, CANBAO_ENV="production", CANBAO_STOP_AT="read")


def test_without_them_production_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_environment(monkeypatch, CANBAO_ENV="production", CANBAO_STOP_AT="").stop_at == frozenset()


def test_a_point_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="lunch:1 is none of"):
        with_environment(monkeypatch, CANBAO_STOP_AT="read,lunch:1")


@pytest.mark.parametrize("point", STOP_POINTS)
def test_a_worker_stops_at_a_point_in_every_attempt_or_in_one(monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    always = with_environment(monkeypatch, CANBAO_STOP_AT=f" {point} ,")
    first = with_environment(monkeypatch, CANBAO_STOP_AT=f"{point}:1")
    assert [always.stops_at(point, 1), always.stops_at(point, 2)] == [True, True]
    assert [first.stops_at(point, 1), first.stops_at(point, 2)] == [True, False]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CANBAO_LEASE_SECONDS", "0"),
        ("CANBAO_SWEEP_SECONDS", "-1"),
        ("CANBAO_MAX_ATTEMPTS", "0"),
        ("CANBAO_SESSION_HOURS", "0"),
        ("CANBAO_PORT", "web"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        with_environment(monkeypatch, **{name: value})


def test_what_is_said_of_wrong_settings_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError) as refused:
        with_environment(
            monkeypatch, CANBAO_ENV="production", CANBAO_STOP_AT="read", CANBAO_KEYS="kkkk", REDIS_URL="redis://:pppp@h"
        )
    assert "kkkk" not in str(refused.value)
    assert "pppp" not in str(refused.value)


def test_printed_settings_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given = with_environment(
        monkeypatch,
        CANBAO_KEYS="kkkk",
        REDIS_URL="redis://:pppp@h",
        CANBAO_FLOWER_PASSWORD="ffff",
        DATABASE_URL="postgresql://u:dddd@h/d",
    )
    assert not any(secret in repr(given) for secret in ("kkkk", "pppp", "ffff"))


def test_nothing_changes_a_setting_while_a_process_runs() -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None).port = 1


def test_every_setting_stands_in_the_example_file() -> None:
    example = (ROOT / ".env.example").read_text()
    plain = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}
    names = [plain.get(name, f"CANBAO_{name.upper()}") for name in Settings.model_fields]
    assert [name for name in names if f"#{name}=" not in example] == []


@pytest.mark.parametrize(
    ("given", "https_only"),
    [
        ({}, False),
        ({"CANBAO_ENV": "production"}, True),
        ({"CANBAO_ENV": "production", "CANBAO_SECURE_COOKIES": ""}, True),
        ({"CANBAO_ENV": "production", "CANBAO_SECURE_COOKIES": "false"}, False),
        ({"CANBAO_SECURE_COOKIES": "true"}, True),
    ],
)
def test_production_is_https_only_unless_it_is_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], https_only: bool
) -> None:
    assert with_environment(monkeypatch, **given).https_only is https_only


def test_a_trusted_proxy_is_an_address_or_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(with_environment(monkeypatch, CANBAO_TRUSTED_PROXY="127.0.0.1").trusted_proxy) == "127.0.0.1"
    assert with_environment(monkeypatch, CANBAO_TRUSTED_PROXY="").trusted_proxy is None
    with pytest.raises(ValidationError, match="trusted_proxy"):
        with_environment(monkeypatch, CANBAO_TRUSTED_PROXY="proxy.example")


MAIL = {"CANBAO_SMTP_URL": "smtp+starttls://canbao:p%40ss@mail.example:587", "CANBAO_MAIL_FROM": "参保 <a@b.example>"}
SMS = {
    "CANBAO_SMS_PROVIDER": "tencent",
    "CANBAO_SMS_SECRET_ID": "iiii",
    "CANBAO_SMS_SECRET_KEY": "ssss",
    "CANBAO_SMS_APP_ID": "1400000001",
    "CANBAO_SMS_SIGN": "职工互助保障",
}


def test_by_itself_nothing_leaves_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    given = with_environment(monkeypatch, CANBAO_SMTP_URL="", CANBAO_SMS_PROVIDER="", CANBAO_SMS_TEMPLATES="")
    assert (given.sends_email, given.sends_sms, given.sms_templates) == (False, False, {})


def test_a_mail_server_and_a_gateway_send(monkeypatch: pytest.MonkeyPatch) -> None:
    given = with_environment(monkeypatch, **MAIL, **SMS, CANBAO_SMS_TEMPLATES='{"sms_code": "1000001"}')
    assert (given.sends_email, given.sends_sms, given.sms_templates) == (True, True, {"sms_code": "1000001"})
    assert not any(secret in repr(given) for secret in ("p%40ss", "ssss", "iiii"))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"CANBAO_SMTP_URL": "http://mail.example"}, "CANBAO_SMTP_URL"),
        ({"CANBAO_SMTP_URL": "smtp://"}, "CANBAO_SMTP_URL"),
        ({"CANBAO_MAIL_FROM": ""}, "CANBAO_MAIL_FROM"),
        ({"CANBAO_MAIL_FROM": "参保"}, "CANBAO_MAIL_FROM"),
        ({"CANBAO_SMS_PROVIDER": "pigeon"}, "sms_provider"),
        ({"CANBAO_SMS_SECRET_KEY": ""}, "CANBAO_SMS_PROVIDER"),
        ({"CANBAO_SMS_SIGN": ""}, "CANBAO_SMS_PROVIDER"),
    ],
)
def test_half_a_way_out_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], named: str) -> None:
    with pytest.raises(ValidationError, match=named) as refused:
        with_environment(monkeypatch, **MAIL | SMS | wrong)
    assert "p%40ss" not in str(refused.value)


def test_a_database_of_another_kind_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL must begin with postgresql://"):
        with_environment(monkeypatch, DATABASE_URL="mysql://u@h/d")
