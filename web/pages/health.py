"""For those who run it: whether the process answers, whether it can work, its figures. No log-in, no particulars."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from config.settings import settings
from models.records.database import reading
from models.records.patience import patient_for
from tasks.broker import ask_broker
from web.access import open_to_all
from web.metrics import Figures

pages = Blueprint("health", __name__)

DATABASE_SECONDS = 2.5
BROKER_SECONDS = 0.5
"""For each of connecting and asking: with the database's they stay under the 5 s in which everything is answered."""

_FIGURES = "canbao.figures"


@pages.get("/healthz")
@open_to_all
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/readyz")
@open_to_all
def readyz() -> ResponseReturnValue:
    """Database, migrations and broker, each `ok` or not; 503 if one is not."""
    checks = {**_database_and_migrations(), "broker": _broker()}
    ready = all(found == "ok" for found in checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


@pages.get("/metrics")
@open_to_all
def metrics() -> ResponseReturnValue:
    """Prometheus' text, for whoever brings the token; without CANBAO_METRICS_TOKEN there is no such page."""
    token = settings().metrics_token
    if token is None or not token.get_secret_value():
        return make_response("", 404)
    scheme, _, brought = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(brought.encode(), token.get_secret_value().encode()):
        refused = make_response("", 401)
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    figures: Figures = current_app.extensions.setdefault(_FIGURES, Figures())
    with reading() as records:
        return Response(figures.text(records), content_type=CONTENT_TYPE_LATEST)


def _database_and_migrations() -> dict[str, str]:
    from models.records.schema import is_current  # Alembic comes with it, and the first page need not wait for that

    try:
        with patient_for(DATABASE_SECONDS), reading() as records:
            current = is_current(records.connection())
    except DBAPIError:
        return {"database": "away", "migrations": "unknown"}
    return {"database": "ok", "migrations": "ok" if current else "behind"}


def _broker() -> str:
    url = settings().effective_redis_url()
    if not url:
        return "away"
    try:
        ask_broker(url, BROKER_SECONDS)
    except RedisError:
        return "away"
    return "ok"
