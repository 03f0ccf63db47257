"""A TCP proxy whose wires a test may cut: nobody gets through, and whoever was connected hears nothing."""

from __future__ import annotations

import selectors
import socket
import threading

CHUNK = 65536


class Wire:
    """What one client connects to in place of the server. Cut, it is silent, as a network that lost its way is."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._whole = threading.Event()
        self._whole.set()
        self._ended = False
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing passes, in either direction; connections are neither answered nor closed."""
        self._whole.clear()

    def mend(self) -> None:
        """What waited passes; connections that were made meanwhile are answered."""
        self._whole.set()

    def end(self) -> None:
        """Close everything."""
        self._ended = True
        self._whole.set()
        self._listener.close()
        for each in list(self._open):
            each.close()

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._whole.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self._server_port))
        except OSError:
            client.close()
            return
        self._open |= {client, server}
        other = {client: server, server: client}
        with client, server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ)
            ready.register(server, selectors.EVENT_READ)
            try:
                while not self._ended:
                    for key, _ in ready.select(timeout=1):
                        self._whole.wait()
                        assert isinstance(key.fileobj, socket.socket)
                        said = key.fileobj.recv(CHUNK)
                        if not said:
                            return
                        other[key.fileobj].sendall(said)
            except OSError:
                return
            finally:
                self._open -= {client, server}
