"""What the broker says of itself, to those who ask whether it is there."""

from __future__ import annotations

from typing import Any


def ask_broker(url: str, seconds: float) -> dict[str, Any]:
    """Its name and version. RedisError: it did not answer within `seconds` for each step, or refuses the password."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    with Redis.from_url(url, socket_connect_timeout=seconds, socket_timeout=seconds, retry=once) as client:
        said: dict[str, Any] = client.info("server")
    return said
