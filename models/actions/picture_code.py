"""图形验证码: four digits in a picture, asked for after wrong passwords. Making one writes nothing; it serves once."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.records.database import is_postgresql
from models.records.login_attempt import UsedPictureCode
from models.records.sealing import seal, unseal

DIGITS = 4
VALID = timedelta(minutes=5)
_PLACE = b"picture code"


def new_picture() -> str:
    """A fresh code as a sealed token: the browser keeps it and can't read it."""
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    until = (datetime.now(UTC) + VALID).timestamp()
    content = {"nonce": secrets.token_urlsafe(16), "digits": digits, "until": until}
    return base64.urlsafe_b64encode(seal(json.dumps(content).encode(), _PLACE)).decode()


def digits_of(token: str) -> str:
    """What the picture shows. ValueError: the token is none of ours."""
    return str(_open(token)["digits"])


def use_picture(session: Session, token: str, typed: str) -> bool:
    """Whether this is what the picture shows. Right or wrong, the picture is used up: nobody guesses twice at one."""
    try:
        picture = _open(token)
    except ValueError:
        return False
    now = datetime.now(UTC)
    session.execute(delete(UsedPictureCode).where(UsedPictureCode.at < now - 2 * VALID))
    insert = postgresql.insert(UsedPictureCode) if is_postgresql(session) else sqlite.insert(UsedPictureCode)
    mark = insert.values(nonce=picture["nonce"], at=now).on_conflict_do_nothing().returning(UsedPictureCode.nonce)
    fresh = session.execute(mark).scalar() is not None
    return bool(fresh and now.timestamp() < picture["until"] and typed.strip() == picture["digits"])


def _open(token: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(unseal(base64.urlsafe_b64decode(token), _PLACE))
    except (binascii.Error, InvalidTag, KeyError, IndexError, UnicodeError) as foreign:
        raise ValueError("not a picture's token") from foreign
    return content
