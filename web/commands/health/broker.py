"""The broker, and who takes messages from its queues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tasks.broker import ask_broker
from web.commands.health.probe import Finding

if TYPE_CHECKING:
    from config.settings import Settings

CONSUMERS_SECONDS = 1.5
"""How long workers may take to say which queues they take; they answer beside their work."""
SOCKET_SECONDS = 1.0
NOTHING_RUNS = "start it: `./run` for the demonstration, `./run up` for real work"


def look_at_broker(settings: Settings) -> Iterator[Finding]:
    """Whether it answers, and which it is."""
    if nothing_runs(settings):
        yield Finding("broker", False, "nothing runs here: no `./run` and no `./run up`", NOTHING_RUNS)
        return
    server = ask_broker(_broker_url(settings), SOCKET_SECONDS)
    name = server.get("server_name", "redis")
    yield Finding("broker", True, f"{name} {server.get('valkey_version', server.get('redis_version'))}")


def look_at_queues(settings: Settings) -> Iterator[Finding]:
    """A consumer for every queue."""
    from tasks import queues

    if nothing_runs(settings):
        yield Finding("workers", False, "not running", NOTHING_RUNS)
        return
    url = _broker_url(settings)
    ask_broker(url, SOCKET_SECONDS)  # Celery takes two seconds to find out that nobody is there
    told = _queues_taken(url, settings.broker_prefix)
    for queue in queues.QUEUES:
        takers = sorted(worker for worker, taken in told.items() if queue in taken)
        remedy = "" if takers else _start_a_worker(queue, settings)
        yield Finding(f"queue {queue}", bool(takers), ", ".join(takers) or "no consumer", remedy)


def _start_a_worker(queue: str, settings: Settings) -> str:
    if settings.redis_url.get_secret_value():
        return f"start `celery -A tasks.app worker -Q {queue}`"
    # The broker is ours, and so are its workers.
    return "`./run` starts it some seconds after the web; else see the workers' logs in log/"


def nothing_runs(settings: Settings) -> bool:
    """Whether the processes of this data folder are stopped: they bring their broker with them, and it is not there.

    Never true with REDIS_URL, whose server says nothing about our processes, nor of a broker that is frozen.
    """
    from redis.exceptions import ConnectionError as NobodyThereError
    from redis.exceptions import TimeoutError as SilentError

    if settings.redis_url.get_secret_value():
        return False
    try:
        ask_broker(_broker_url(settings), SOCKET_SECONDS)
    except (LookupError, NobodyThereError):
        return True
    except SilentError:
        pass
    return False


def consumers(settings: Settings) -> list[str]:
    """The workers that the broker reaches; none where there is no broker."""
    from redis.exceptions import RedisError

    try:
        url = _broker_url(settings)
        ask_broker(url, SOCKET_SECONDS)
    except (LookupError, RedisError):
        return []
    return sorted(_queues_taken(url, settings.broker_prefix))


def _queues_taken(url: str, prefix: str) -> dict[str, set[str]]:
    from celery import Celery

    # Not the workers' own app: that one is patient with a broker that is away.
    asking = Celery("doctor", broker=url, set_as_current=False)
    asking.conf.broker_transport_options = {
        "socket_timeout": CONSUMERS_SECONDS,
        "socket_connect_timeout": SOCKET_SECONDS,
        "global_keyprefix": prefix,
    }
    told = asking.control.inspect(timeout=CONSUMERS_SECONDS).active_queues() or {}
    return {worker: {each["name"] for each in taken} for worker, taken in told.items()}


def _broker_url(settings: Settings) -> str:
    if url := settings.effective_redis_url():
        return url
    raise LookupError("REDIS_URL is not set, and no embedded Valkey runs here")
