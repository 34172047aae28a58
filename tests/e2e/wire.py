"""A line between a browser and a site that can be cut, and that remembers every byte which left the browser."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Wire:
    """Listens in the place of a site and hands everything on."""

    def __init__(self, url: str) -> None:
        self._there = ("127.0.0.1", urlsplit(url).port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.is_cut = False
        self._left: list[bytearray] = []
        self._ends: set[socket.socket] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def left(self) -> bytes:
        """Give all that left the browser: addresses, headers and bodies."""
        return b"\n".join(map(bytes, self._left))

    def cut(self) -> None:
        """Break every connection, and refuse new ones until it is mended."""
        self.is_cut = True
        for end in list(self._ends):
            _close(end)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        _close(self._door)

    def _listen(self) -> None:
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:
                return
            if self.is_cut:
                _close(near)
                continue
            far = socket.create_connection(self._there)
            self._ends |= {near, far}
            said = bytearray()
            self._left.append(said)
            threading.Thread(target=self._carry, args=(near, far, said), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, None), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, said: bytearray | None) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if said is not None:
                    said += data
                target.sendall(data)
        for end in (source, target):
            self._ends.discard(end)
            _close(end)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
