"""腾讯云短信 as its interface answers, in a thread of its own; the SDK talks to it as to the real one."""

from __future__ import annotations

import json
import os
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class FakeGateway:
    """How it answers, and what it was asked."""

    code: str = "Ok"
    """Of the phone's status."""
    error: str = ""
    """Of the whole call."""
    status: int = 200
    drops: bool = False
    garbles: str = ""
    """Where its encryption breaks, once it has the message: "answer", or in the middle of it, "body"."""
    sleeps: float = 0
    port: int = 0
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        if self.error:
            return {"Error": {"Code": self.error, "Message": "said no"}, "RequestId": "r"}
        status = {"SerialNo": "1", "PhoneNumber": "", "Fee": 1, "SessionContext": "", "Code": self.code,
                  "Message": "", "IsoCode": "CN"}  # fmt: skip
        return {"SendStatusSet": [status], "RequestId": "r"}


@contextmanager
def a_gateway(certificate: Path | None = None) -> Iterator[FakeGateway]:
    """It listens while the block goes on; with a certificate it speaks TLS."""
    gateway = FakeGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gateway.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            gateway.headers.append(dict(self.headers))
            if gateway.drops:
                self.connection.close()
                return
            time.sleep(gateway.sleeps)
            if gateway.garbles == "answer":
                self.garble()
                return
            body = json.dumps({"Response": gateway.answer()}).encode()
            self.send_response(gateway.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if gateway.garbles == "body":
                self.garble()
                return
            self.wfile.write(body)

        def garble(self) -> None:
            self.close_connection = True
            os.write(self.connection.fileno(), b"this is not encrypted at all")

        def log_message(self, *_: object) -> None:  # type: ignore[override]  # nobody reads it
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that has gone is no trouble."""

    server = Server(("127.0.0.1", 0), Handler)
    gateway.port = server.server_port
    if certificate:
        trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trusted.load_cert_chain(certificate)
        server.socket = trusted.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
