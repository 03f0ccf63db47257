"""Loopback ports to listen on."""

from __future__ import annotations

import socket

DEFAULT_WEB_PORT = 8000


class PortTakenError(Exception):
    """Somebody else listens on the port that was asked for."""


def free_port() -> int:
    """A port nobody listens on, chosen by the kernel."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def web_port(wanted: int | None) -> int:
    """The web's port: the one asked for, else 8000, else a free one. PortTakenError: the one asked for is taken."""
    if wanted is not None:
        if not _is_free(wanted):
            raise PortTakenError(f"port {wanted} (CANBAO_PORT) is taken by another program")
        return wanted
    return DEFAULT_WEB_PORT if _is_free(DEFAULT_WEB_PORT) else free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a port in TIME_WAIT is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
