"""Measures a CT series beside Orthanc, as Debian packages it: python -m bench.orthanc [--slices 100] [--rounds 3].

In turns, all get the same slices, from as many senders:

- Orthanc over HTTP on the loopback, until it has stored the last;
- Pinboard's sandbox, as `pinboard deid` asks it, until the last is de-identified and one slice is a picture;
- a running Pinboard over HTTP, until the last is de-identified, sealed in the vault and filed, and one slice was shown.

Exit code 1 where the sandbox takes longer than Orthanc, or the running Pinboard shows its first slice later than
Orthanc has stored the last; 0 with a word about it where Orthanc is not installed. What the whole way costs is printed
beside it.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from pinboard.deid.pseudonym import Keys
from pinboard.intake.scrubbing import TOGETHER_BYTES, TOGETHER_FILES
from pinboard.sandbox import pool
from tests.dicoms import make_dicom
from tests.samples import ROOT
from tests.server.client import NAME, PASSWORD, Author
from tests.serving import Site, free_port, start, stop

PATIENCE = 60.0
MOST_SLICES, MOST_ROUNDS = 1_000, 20
BATCH = 25
FIRST = 2
PARAMS = {"keys": Keys.derive(bytes(32), "bench").as_params(), "today": "2026-11-24"}
_JPEG = b"\xff\xd8\xff"


@dataclass
class Took:
    """Seconds of one round, from the first byte sent."""

    stored: float
    """Orthanc has answered for the last slice."""
    clean: float
    """The sandbox has de-identified the last slice and made a picture of one."""
    shown: float
    """A running Pinboard has shown the first slice."""
    filed: float
    """It has de-identified, sealed and filed the last."""


def slices(count: int) -> list[bytes]:
    """Give a CT series of instances of their own: the samples' slices over again, else noise of the same size."""
    paths = sorted(Path(ROOT, "ct-series").rglob("*.dcm"))
    sources = [path.read_bytes() for path in paths] or [_noise()]
    study, series = generate_uid(), generate_uid()
    found = []
    for number in range(count):
        dataset = pydicom.dcmread(io.BytesIO(sources[number % len(sources)]))
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, series
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber, dataset.BodyPartExamined = number + 1, "ABDOMEN"
        dataset.ImagePositionPatient = [0, 0, 2.5 * number]
        out = io.BytesIO()
        dataset.save_as(out, enforce_file_format=True)
        found.append(out.getvalue())
    return found


def _noise() -> bytes:
    pixels = np.random.default_rng(1).integers(-1000, 1000, (512, 512)).astype(np.int16)
    return make_dicom(pixels, is_planted=False, syntax=ExplicitVRLittleEndian).data


@contextmanager
def orthanc(program: str, folder: Path) -> Iterator[int]:
    """Run Orthanc as it comes, without DICOM network and for this machine alone; gives its port."""
    port = free_port()
    settings = {
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    process = subprocess.Popen([program, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            line.request("GET", "/system")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("Orthanc did not start")


def store(port: int, files: list[bytes], senders: int) -> float:
    """Give the seconds until Orthanc has stored every file."""

    def send(mine: list[bytes]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        for data in mine:
            line.request("POST", "/instances", data, {"Content-Type": "application/dicom"})
            answer = line.getresponse()
            if answer.status != 200 or json.loads(answer.read())["Status"] != "Success":
                raise RuntimeError("Orthanc did not store a slice")
        line.close()

    return _together(send, files, senders)


def scrub(files: list[bytes], senders: int) -> float:
    """Give the seconds until the sandbox has de-identified every file and made a picture of the first."""
    began = time.perf_counter()
    batches = [files[at : at + BATCH] for at in range(0, len(files), BATCH)]
    with ThreadPoolExecutor(senders) as workers:
        answers = list(workers.map(lambda batch: pool().run("scrub_each", batch, PARAMS, kind="header"), batches))
        shown = pool().run("preview", [answers[0].parts[0]], {"frame": 0}, kind="pixel")
    if not shown.parts[0].startswith(_JPEG) or sum(len(one.parts) for one in answers) != len(files):
        raise RuntimeError("the sandbox did not take a slice")
    return time.perf_counter() - began


def take(author: Author, files: list[bytes], senders: int) -> tuple[float, float]:
    """Give the seconds until Pinboard has shown one slice, and until it has de-identified every one.

    It is sent what the page sends: a first parcel of a few files, so that something is seen early, then full ones.
    """
    author.draft = ""
    began = time.perf_counter()
    answer = _sent(author, files[:FIRST])
    image = re.search(r"/images/([a-z2-7]{26})/preview", answer)
    rest = list(_parcels(files[FIRST:]))
    shown: list[float] = []

    def show(_nothing: list[list[bytes]]) -> None:
        picture = _sender(author).get(author.url("preview", image[1] if image else ""))
        if not picture.body.startswith(_JPEG):
            raise RuntimeError("Pinboard did not show a slice")
        shown.append(time.perf_counter() - began)

    def send(mine: list[list[bytes]]) -> None:
        sender = _sender(author)
        for parcel in mine:
            _sent(sender, parcel)

    with ThreadPoolExecutor(senders + 1) as workers:
        asked = [workers.submit(show, [])]
        for done in [*asked, *(workers.submit(send, rest[at::senders]) for at in range(senders))]:
            done.result()
    return shown[0], time.perf_counter() - began


def _sender(author: Author) -> Author:
    sender = Author(author.site)
    sender.cookies, sender.token, sender.draft = dict(author.cookies), author.token, author.draft
    return sender


def _sent(sender: Author, files: list[bytes]) -> str:
    answer = sender.send_many(files)
    if answer.status != 200 or answer.text.count('data-state="received"') != len(files):
        raise RuntimeError(f"Pinboard did not take a slice: {answer.status}")
    return answer.text


def _parcels(files: list[bytes]) -> Iterator[list[bytes]]:
    parcel: list[bytes] = []
    for data in files:
        if parcel and (len(parcel) == TOGETHER_FILES or sum(map(len, parcel)) + len(data) > TOGETHER_BYTES):
            yield parcel
            parcel = []
        parcel.append(data)
    if parcel:
        yield parcel


def _together(send: Callable[[list[bytes]], None], files: list[bytes], senders: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(senders) as workers:
        for done in [workers.submit(send, files[at::senders]) for at in range(senders)]:
            done.result()
    return time.perf_counter() - began


def measure(program: str, folder: Path, site: Site, arguments: argparse.Namespace) -> list[Took]:
    """Take turns, each with slices that neither has seen."""
    author = Author(site).sign_in()
    # Whatever is made when first asked for is made for neither's account.
    take(author, slices(2), 1)
    scrub(slices(2), 1)
    found = []
    with orthanc(program, folder) as port:
        store(port, slices(2), 1)
        for _round in range(arguments.rounds):
            files = slices(arguments.slices)
            stored, clean = store(port, files, arguments.senders), scrub(files, arguments.senders)
            found.append(Took(stored, clean, *take(author, files, arguments.senders)))
    return found


def main() -> int:
    """Measure, and say who was done first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=100, choices=range(1, MOST_SLICES + 1), metavar="N")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, MOST_ROUNDS + 1), metavar="N")
    parser.add_argument("--senders", type=int, default=2, choices=range(1, 9), metavar="N")
    arguments = parser.parse_args()
    program = os.environ.get("ORTHANC") or shutil.which("Orthanc")
    if program is None:
        print("skipped: Orthanc is not installed (apt-get install orthanc)")
        return 0
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        login = {"PINBOARD_ADMIN_EMAIL": NAME, "PINBOARD_ADMIN_PASSWORD": PASSWORD}
        site = start(folder / "data", **login)
        try:
            found = measure(program, folder, site, arguments)
        finally:
            stop(site)
    for took in found:
        print("  ".join(f"{name} {seconds:.2f} s" for name, seconds in asdict(took).items()))
    middle = {
        one: statistics.median(getattr(took, one) for took in found) for one in ("stored", "clean", "shown", "filed")
    }
    for name in ("clean", "shown", "filed"):
        print(
            f"{name}: {middle[name] / middle['stored']:.2f} of the time in which Orthanc has stored {arguments.slices}"
        )
    return 0 if max(middle["clean"], middle["shown"]) < middle["stored"] else 1


if __name__ == "__main__":
    sys.exit(main())
