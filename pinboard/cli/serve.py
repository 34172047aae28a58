"""Runs the web server: one process with many threads, after making ready what it needs."""

from __future__ import annotations

import argparse
import os
import socket
import sys

from flask import Flask

from pinboard.application import create_app
from pinboard.cli.first_start import prepare
from pinboard.config import Config, load
from pinboard.identity.members import MemberError
from pinboard.intake.stores import Stores
from pinboard.jobs import start_embedded, start_sender
from pinboard.models.ready import NotReady

if sys.platform != "win32":
    from pinboard.cli.server_unix import Server


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard serve`."""
    parser.add_argument("--host", help="address to listen on (PINBOARD_HOST)")
    parser.add_argument("--port", help="port to listen on (PINBOARD_PORT)")


def run(arguments: argparse.Namespace) -> int:
    """Prepare the data folder, say where to go, and serve until a signal ends it."""
    given = {"PINBOARD_HOST": arguments.host, "PINBOARD_PORT": arguments.port}
    config = load({**os.environ, **{name: value for name, value in given.items() if value}})
    os.umask(0o077)  # whatever is made from here on is for this account alone
    try:
        _refuse_taken(config)
        link = prepare(config)
    except (NotReady, MemberError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Pinboard listens at {config.origin}", flush=True)
    if link:
        print(f"Set it up here, once: {link}", flush=True)
    if sys.platform == "win32":
        _serve_on_windows(config)
    else:
        Server(config, lambda: create_app(config), lambda app: _start_jobs(app, config)).run()
    return 0


def wsgi() -> Flask:
    """Make the application for another WSGI server; its jobs wait for `pinboard worker`, or for `pinboard serve`."""
    config = load()
    prepare(config)
    app = create_app(config)
    start_sender(_stores(app))
    return app


def _refuse_taken(config: Config) -> None:
    """Try the port before anything is made, so that the answer is one sentence."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError:
            raise NotReady(
                f"Port {config.port} at {config.host} cannot be used. Try another one with --port."
            ) from None


def _start_jobs(app: Flask, config: Config) -> None:
    (start_embedded if config.worker == "embedded" else start_sender)(_stores(app))


def _stores(app: Flask) -> Stores:
    found: Stores = app.extensions["pinboard-stores"]
    return found


def _serve_on_windows(config: Config) -> None:
    from waitress import serve

    app = create_app(config)
    _start_jobs(app, config)
    body = config.upload_file_mb * 1024 * 1024
    # Waitress would spool a larger body to a file in clear, so nothing larger than its buffer is taken.
    serve(app, host=config.host, port=config.port, threads=64, max_request_body_size=body, inbuf_overflow=body + 1)
