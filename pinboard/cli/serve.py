"""Runs the web server: one process, many threads, and nothing in its log that a request carried."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import struct
import sys
import traceback
from typing import Any

from flask import Flask

from pinboard.application import create_app
from pinboard.cli.first_start import prepare
from pinboard.config import Config, load
from pinboard.identity.members import MemberError
from pinboard.intake.stores import Stores
from pinboard.jobs import start_embedded, start_sender
from pinboard.models.ready import NotReady

IDLE_SECONDS = 10
"""A sender that is silent for longer loses its connection; without it, phones that lose their network keep a thread."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard serve`."""
    parser.add_argument("--host", help="address to listen on (PINBOARD_HOST)")
    parser.add_argument("--port", help="port to listen on (PINBOARD_PORT)")


def run(arguments: argparse.Namespace) -> int:
    """Prepare the data folder, say where to go, and serve until a signal ends it."""
    given = {"PINBOARD_HOST": arguments.host, "PINBOARD_PORT": arguments.port}
    config = load({**os.environ, **{name: value for name, value in given.items() if value}})
    if not _is_free(config):
        print(f"Port {config.port} is taken. Choose another one: --port {config.port + 1}", file=sys.stderr)
        return 1
    try:
        link = prepare(config)
    except (NotReady, MemberError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Pinboard listens at {config.origin}", flush=True)
    if link:
        print(f"Set it up here, once: {link}", flush=True)
    if sys.platform == "win32":
        return _serve_on_windows(config)
    return _serve(config)


def wsgi() -> Flask:
    """Make the application for another WSGI server; its jobs wait for `pinboard worker`, or for `pinboard serve`."""
    config = load()
    prepare(config)
    app = create_app(config)
    start_sender(_stores(app))
    return app


def _is_free(config: Config) -> bool:
    """Try the port before anything is made, so that the answer is one sentence."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError:
            return False
    return True


def _serve(config: Config) -> int:
    """Run gunicorn; its classes do not exist on Windows, hence the import here."""
    from gunicorn.app.base import BaseApplication
    from gunicorn.glogging import Logger

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _gunicorn_settings(config, _quiet(Logger)).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return create_app(config)

    Server().run()
    return 0


def _gunicorn_settings(config: Config, logger: type) -> dict[str, Any]:
    return {
        "bind": f"[{config.host}]:{config.port}" if ":" in config.host else f"{config.host}:{config.port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": config.threads,
        "timeout": 120,
        "graceful_timeout": 10,
        "keepalive": 5,
        "control_socket_disable": True,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "error",
        "logger_class": logger,
        "forwarded_allow_ips": "",
        "post_worker_init": lambda worker: _start_worker(worker, config),
    }


def _start_worker(worker: Any, config: Config) -> None:
    """Give silent senders a limit, and start the threads that do the jobs."""
    for listener in worker.sockets:
        # Sockets that are accepted inherit it from the one that listens.
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", IDLE_SECONDS, 0))
    _start_jobs(worker.app.wsgi(), config)


def _start_jobs(app: Flask, config: Config) -> None:
    (start_embedded if config.worker == "embedded" else start_sender)(_stores(app))


def _stores(app: Flask) -> Stores:
    found: Stores = app.extensions["pinboard-stores"]
    return found


def _quiet(base: type) -> type:
    """Make a logger that names an error's type and place but never its message or the address asked for."""

    class QuietLogger(base):  # type: ignore[misc]
        def exception(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
            error = sys.exception()
            place = "".join(traceback.format_tb(error.__traceback__)) if error else ""
            what = "A request failed" if "request" in str(msg) else "The server failed"
            logging.getLogger("gunicorn.error").error("%s: %s\n%s", what, type(error).__name__, place)

    return QuietLogger


def _serve_on_windows(config: Config) -> int:
    from waitress import serve

    app = create_app(config)
    _start_jobs(app, config)
    body = config.upload_file_mb * 1024 * 1024
    # Waitress would spool a larger body to a file in clear, so nothing larger than its buffer is taken.
    serve(app, host=config.host, port=config.port, threads=64, max_request_body_size=body, inbuf_overflow=body + 1)
    return 0
