"""Runs gunicorn with what a clinic needs: bounds on silent senders, goodbyes that stop nobody, a quiet log."""

from __future__ import annotations

import contextlib
import gc
import logging
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from pinboard.config import Config

IDLE_SECONDS = 10
"""A sender that is silent for longer loses its connection; without it, phones that lose their network keep a thread."""
GOODBYE_SECONDS = 2.0
GOODBYE_BYTES = 65536
SILENCE = (BlockingIOError, TimeoutError)


class PatientWorker(ThreadWorker):  # type: ignore[misc] # the library carries no types
    """A worker whose main loop waits for nobody."""

    def handle(self, conn: Any) -> Any:
        """Answer; then say goodbye here, in this thread.

        Gunicorn waits up to two seconds for the other side to close, and does so in the loop that accepts
        connections: 150 silent senders stopped it for five minutes.
        """
        is_kept = super().handle(conn)
        if not is_kept:
            _say_goodbye(conn.sock)
        return is_kept


class QuietLogger(Logger):  # type: ignore[misc] # the library carries no types
    """A logger that names an error's type and place, but never its message or the address asked for."""

    def exception(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        """Write down what failed, unless somebody merely fell silent."""
        error = sys.exception()
        if error is None or isinstance(error, SILENCE):
            return
        what = "A request failed" if "request" in str(msg) else "The server failed"
        place = "".join(traceback.format_tb(error.__traceback__))
        logging.getLogger("gunicorn.error").error("%s: %s\n%s", what, type(error).__name__, place)


class Server(BaseApplication):  # type: ignore[misc] # the library carries no types
    """Gunicorn, set up by us and not by its command line or environment."""

    def __init__(self, config: Config, make_app: Callable[[], Any], started: Callable[[Any], None]) -> None:
        self._config, self._make_app, self._started = config, make_app, started
        super().__init__()

    def load_config(self) -> None:
        """Set everything that is not gunicorn's default."""
        host = f"[{self._config.host}]" if ":" in self._config.host else self._config.host
        settings = {
            "bind": f"{host}:{self._config.port}",
            "workers": 1,
            "worker_class": PatientWorker,
            "threads": self._config.threads,
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 5,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "error",  # warnings quote what was sent
            "logger_class": QuietLogger,
            "forwarded_allow_ips": "",  # the application itself counts its proxies
            "post_worker_init": self._worker_started,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application, in the worker."""
        return self._make_app()

    def _worker_started(self, worker: Any) -> None:
        for listener in worker.sockets:
            # Connections inherit it from the socket that accepts them.
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", IDLE_SECONDS, 0))
        self._started(worker.app.wsgi())
        # What was loaded stays for good, and the collector need not look through it again with every answer.
        gc.collect()
        gc.freeze()


def _say_goodbye(sock: socket.socket) -> None:
    """Let the last answer arrive before the connection is closed; afterwards nothing on it can wait."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(GOODBYE_SECONDS)
        left = GOODBYE_BYTES
        while left > 0 and (data := sock.recv(4096)):
            left -= len(data)
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RD)
