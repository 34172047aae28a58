"""What the signed-in feed costs: the processor time of a bare Flask page, divided by that of the feed, in one run.

Both run in the server that `pinboard serve` runs (gunicorn with threads), are asked over kept connections in turns, and
their processor time is read from the kernel. 200 cases are in the database, 40 on the page.

    python -m bench.feed [--rounds 8] [--requests 150]
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from pinboard.config import load
from pinboard.identity import sessions as sign_ins
from pinboard.intake.stores import Stores
from pinboard.models import BoardKind
from tests.factories import make_board, make_case, make_comment, make_picture, make_pin, make_user
from tests.serving import free_port, start, stop

GOAL, MUST = 0.18, 0.12
CASES = 200
BARE = """
    import sys
    from flask import Flask
    from pinboard.cli.server_unix import Server
    from pinboard.config import load

    def make():
        app = Flask(__name__)
        app.add_url_rule("/", view_func=lambda: "Hello")
        return app

    Server(load({"PINBOARD_PORT": sys.argv[1], "PINBOARD_DATA": sys.argv[2]}), make, lambda app: None).run()
"""


def seconds_used(pid: int) -> float:
    """Add up the processor time of a process and of all that it started."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
            total += time.clock_gettime(cpu_clock(one))
        except OSError:
            continue
    return total


def cpu_clock(pid: int) -> int:
    """Name the kernel's clock of a process with all its threads; /proc counts in hundredths, which is ten pages."""
    return (~pid << 3) | 2


def ask(port: int, requests: int, headers: dict[str, str]) -> int:
    """Ask for the first page again and again over one connection; give the bytes of the last answer.

    As in a browser, a cookie that is set comes along from then on.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port)
    size = 0
    for _ in range(requests):
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"answered {answer.status}")
        for cookie in answer.headers.get_all("Set-Cookie", []):
            headers["Cookie"] = f"{headers['Cookie']}; {cookie.partition(';')[0]}"
        size = len(body)
    connection.close()
    return size


def fill(data: Path) -> str:
    """Make a clinic whose feed has several pages; give the secret of a member's session."""
    stores = Stores.open(load({"PINBOARD_DATA": str(data)}))
    with stores.writing() as session:
        ada = make_user(session, "Ada Owens")
        board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
        for _ in range(10):
            make_board(session, ada, readers=[])
        for number in range(CASES):
            case = make_case(session, ada, pictures=0, title=f"Does shadow {number} need another film before Monday?")
            make_picture(session, case, modality=("CT", "US", "XC")[number % 3], frames=1 + number % 2)
            make_comment(session, case)
            make_pin(session, case, board)
        secret = sign_ins.start(session, ada)
    stores.close()
    return secret


def bare(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start a Flask that only says hello."""
    port = free_port()
    script = folder / "bare.py"
    script.write_text(textwrap.dedent(BARE))
    process = subprocess.Popen([sys.executable, str(script), str(port), str(folder / "bare")], cwd=Path.cwd())
    for _ in range(200):
        try:
            ask(port, 1, {})
        except OSError:
            time.sleep(0.1)
        else:
            return process, port
    raise SystemExit("the bare server did not start")


def main() -> None:
    """Measure in turns and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=150)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = start(folder / "data")
        hello, hello_port = bare(folder)
        try:
            secret = fill(folder / "data")
            feed = {
                "Cookie": f"pinboard={secret}",
                "Accept-Encoding": "gzip, deflate, br, zstd",
                "Host": site.url.removeprefix("http://"),
            }
            asked = {
                "bare Flask": (hello.pid, hello_port, {}),
                "feed": (site.process.pid, int(site.url.rpartition(":")[2]), feed),
            }
            used: dict[str, list[float]] = {what: [] for what in asked}
            for place in range(options.rounds + 1):
                for what, (pid, port, headers) in asked.items():
                    before = seconds_used(pid)
                    size = ask(port, options.requests, headers)
                    spent = (seconds_used(pid) - before) / options.requests * 1000
                    if place:  # the first round warms up
                        used[what].append(spent)
                    print(f"{what:10} {spent:6.3f} ms a request, {size} bytes", flush=True)
        finally:
            hello.terminate()
            hello.wait(20)
            stop(site)
    middle = {what: statistics.median(found) for what, found in used.items()}
    ratio = middle["bare Flask"] / middle["feed"]
    print(f"bare Flask {middle['bare Flask']:.3f} ms, feed {middle['feed']:.3f} ms, ratio {ratio:.3f}")
    print(f"must be at least {MUST}, the goal is {GOAL}")
    raise SystemExit(ratio < MUST)


if __name__ == "__main__":
    main()
