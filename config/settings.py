"""Every setting of a deployment, read once from the environment and `.env`; `.env.example` lists them too."""

from __future__ import annotations

import json
from email.utils import parseaddr
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.keys import Keyring, KeyringInUse

ROOT = Path(__file__).resolve().parents[1]
"""The project's folder: settings mean the same wherever a command is run."""

SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""How a mail server is spoken to -> its port, if none is given."""

STOP_POINTS = (
    *("read", "validate", "dedupe", "price", "store", "before_commit", "after_commit"),
    *("upload_before_commit", "upload_after_commit", "chunk_resealed", "calendar"),
    *("message_before_mark", "message_marked", "message_given"),
)


class Settings(BaseSettings):
    """What a deployment decides. Frozen: nothing changes a setting while a process runs."""

    model_config = SettingsConfigDict(
        env_prefix="CANBAO_",
        env_file=ROOT / ".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # a wrong setting is named without the passwords and keys beside it
    )

    env: Literal["demonstration", "production"] = "demonstration"
    """`production` refuses the demonstration's clock, its seeding and every aid for tests."""

    var: Path = ROOT / "var"
    """Folder of everything the embedded default keeps: database file, keys, logs, sockets."""

    host: str = "127.0.0.1"
    """The address that the web listens on."""

    port: int | None = None
    """The web's port; without it 8000, or a free one if that is taken."""

    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    """PostgreSQL; empty means the SQLite file in `var`."""

    database_schema: str | None = None
    """PostgreSQL schema to work in, for throw-away demonstrations and tests."""

    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("REDIS_URL", "redis_url"))
    """Redis or Valkey, the doorbell; empty means that the embedded one is started."""

    broker_prefix: str = ""
    """Put before every name in the broker, where several deployments share one Redis."""

    keys: SecretStr | None = None
    """The keyring as JSON; without it `keys_file` is read."""

    keys_file: Path | None = None
    """File of the keyring, readable by its owner only; without it `var/keys.json`."""

    lease_seconds: float = Field(default=30, gt=0)
    """How long a job belongs to a worker that says nothing."""

    sweep_seconds: float = Field(default=30, gt=0)
    """How often each worker looks for jobs that are due again."""

    max_attempts: int = Field(default=3, ge=1)
    """How often a job is begun before it fails with a reason."""

    session_hours: float = Field(default=12, gt=0)
    """How long a log-in lasts at most."""

    secure_cookies: bool | None = None
    """Whether cookies go over HTTPS only; without it `https_only` decides."""

    trusted_proxy: IPv4Address | IPv6Address | None = None
    """Where the HTTPS proxy connects from: it is believed who the visitor is. The web's line in the Procfile has it."""

    metrics_token: SecretStr | None = None
    """What Prometheus sends as a bearer token for `/metrics`; without it there is no such page."""

    hotline: str = "12351"
    """热线咨询 of the association, as pages and messages give it."""

    technical_phone: str = "65377995"
    """技术咨询 of the platform, for units without a union that forgot their password."""

    smtp_url: SecretStr = SecretStr("")
    """The mail server: `smtp://host`, `smtp+starttls://user:password@host:587` or `smtps://…:465`; empty: there is
    none, and letters wait, or stay in a demonstration's outbox."""

    mail_from: str = ""
    """The sender of letters, `address` or `name <address>`."""

    public_url: str = ""
    """Where people find the pages, for the links in letters: `https://canbao.example`."""

    sms_provider: Literal["", "tencent"] = ""
    """Who sends SMS; empty: nobody, they stay in the outbox. `tencent` needs requirements-sms.lock."""

    sms_secret_id: SecretStr = SecretStr("")
    """The account's API key with the provider, and the secret that belongs to it."""

    sms_secret_key: SecretStr = SecretStr("")

    sms_app_id: str = ""
    """The application that the provider knows us as."""

    sms_sign: str = ""
    """短信签名, as it was approved."""

    sms_region: str = "ap-guangzhou"

    sms_templates: Annotated[dict[str, str], NoDecode] = {}
    """短信模板 that were approved, as JSON: `sms_code` or a code of the NTF group -> the id of its template, which is
    filled with what stands in braces in the text, in its order."""

    flower_port: int | None = None
    """Flower's loopback port."""

    flower_password: SecretStr | None = None
    """Password of Flower's user `staff`."""

    flower_prefix: str = ""
    """Where the proxy shows Flower to staff who are logged in, e.g. `flower`; without it only this machine sees it."""

    stop_at: Annotated[frozenset[str], NoDecode] = frozenset()
    """For tests of faults: points at which a worker or the web stops itself by SIGSTOP, as `name` or `name:attempt`."""

    @field_validator("stop_at", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("sms_templates", mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return json.loads(value) if isinstance(value, str) and value else value or {}

    @field_validator("secure_cookies", "trusted_proxy", mode="before")
    @classmethod
    def _empty_is_not_given(cls, value: Any) -> Any:
        return None if value == "" else value  # as the Procfile takes it

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str) -> str:
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        if url and not url.startswith("postgresql+psycopg://"):
            raise ValueError(
                "DATABASE_URL must begin with postgresql://; without it there is an SQLite file in CANBAO_VAR"
            )
        return url

    @model_validator(mode="after")
    def _no_test_aids_in_production(self) -> Self:
        if self.env == "production" and self.stop_at:
            raise ValueError("CANBAO_STOP_AT is an aid for tests and refused in production")
        for point in self.stop_at:
            if point.partition(":")[0] not in STOP_POINTS:
                raise ValueError(f"CANBAO_STOP_AT: {point} is none of {', '.join(STOP_POINTS)}")
        return self

    @model_validator(mode="after")
    def _letters_have_a_sender(self) -> Self:
        if url := self.smtp_url.get_secret_value():
            parts = urlsplit(url)
            if parts.scheme not in SMTP_PORTS or not parts.hostname:
                raise ValueError(f"CANBAO_SMTP_URL begins with one of {', '.join(SMTP_PORTS)} and names a host")
            if "@" not in parseaddr(self.mail_from)[1]:
                raise ValueError("CANBAO_SMTP_URL needs CANBAO_MAIL_FROM, an address")
        if self.sms_provider and not (self.sms_secret_id and self.sms_secret_key and self.sms_app_id and self.sms_sign):
            raise ValueError("CANBAO_SMS_PROVIDER needs CANBAO_SMS_SECRET_ID, _SECRET_KEY, _APP_ID and _SIGN")
        return self

    @property
    def sends_email(self) -> bool:
        """Whether letters leave the house."""
        return bool(self.smtp_url.get_secret_value())

    @property
    def sends_sms(self) -> bool:
        """Whether SMS leave the house."""
        return bool(self.sms_provider)

    @property
    def demonstration(self) -> bool:
        """Whether the business clock may be moved and made-up people may be seeded."""
        return self.env == "demonstration"

    @property
    def https_only(self) -> bool:
        """Whether cookies go over HTTPS only and browsers are told to come that way alone: by itself in production."""
        return self.env == "production" if self.secure_cookies is None else self.secure_cookies

    @property
    def effective_database_url(self) -> str:
        """The database in use: `DATABASE_URL`, or the SQLite file of the embedded default."""
        return self.database_url or f"sqlite:///{(self.var / 'canbao.db').resolve()}"

    def effective_redis_url(self) -> str:
        """The broker in use: `REDIS_URL`, or the embedded server that `demo` or `up` runs. Empty: there is none."""
        if given := self.redis_url.get_secret_value():
            return given
        embedded = self.var / "run" / "redis-url"
        return embedded.read_text().strip() if embedded.exists() else ""

    def stops_at(self, point: str, attempt: int) -> bool:
        """Whether a process is told to stop itself at this point of this attempt (tests of faults only)."""
        return point in self.stop_at or f"{point}:{attempt}" in self.stop_at

    def keyring(self) -> Keyring:
        """The keys for numbers, look-up and sessions. FileNotFoundError: there are none; none are made silently."""
        file = self.keyring_file()
        if file is None:
            assert self.keys is not None  # noqa: S101 - tells mypy what `keyring_file` has found out
            return Keyring.from_json(self.keys.get_secret_value())
        return Keyring.from_json(file.read_text())

    def keyring_file(self) -> Path | None:
        """Where the keys are; None: in CANBAO_KEYS itself."""
        return None if self.keys is not None else self.keys_file or self.var / "keys.json"


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()


keyring = KeyringInUse(lambda: settings().keyring(), lambda: settings().keyring_file())
"""The keyring of this process."""
