"""Logs: one JSON line an event on standard output, with the job or request it belongs to."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor


def log_as_json(level: int = logging.INFO) -> None:
    """Send every log, ours and the libraries', through one JSON formatter."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _tell_where,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _tell_where(_logger: object, _name: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it came through: its message and its variables may hold numbers."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    failure = info[1] if isinstance(info, tuple) else info
    if isinstance(failure, BaseException):
        event["exception"] = type(failure).__qualname__
        frames = traceback.extract_tb(failure.__traceback__)
        event["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event
