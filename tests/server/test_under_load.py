"""Many at once, slow, silent, cut off or killed: the others notice nothing, and who was cut off can try again."""

from __future__ import annotations

import os
import signal
import socket
import struct
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.intake.files import ct, photo
from tests.server import watch
from tests.server.client import Author, Person
from tests.server.files import noise
from tests.server.wire import at_once, head

SILENT = 150
UPLOADS = 20
UPLOAD_MB = 20
WRITERS = 32
EACH = 8


def open_line(site, data: bytes) -> socket.socket:
    address = urlsplit(site.url)
    line = socket.create_connection((address.hostname, address.port), timeout=30)
    line.sendall(data)
    return line


def test_half_sent_uploads_and_heads_keep_nobody_out(site, author):
    slots = [author.slot() for _ in range(SILENT // 3)]
    halves = [head(author, "PUT", slot, Content_Length="100000") + b"half a body" for slot in slots]
    halves += [head(author, "PUT", slot, Content_Length="100000")[:90] for slot in slots] + [b""] * (SILENT // 3)
    waits = []
    with ExitStack() as stack:
        for half in halves:
            stack.enter_context(open_line(site, half))
        for _ in range(20):
            began = time.monotonic()
            assert Person(site).get("/healthz").status == 200
            assert author.get("/boards").status == 200
            waits.append(time.monotonic() - began)
    # Where all threads were taken by those who are silent, nobody was answered for more than a minute.
    assert max(waits) < 10
    names = [slot.rpartition("/")[2] for slot in slots]
    watch.until(lambda: {upload(site, name) for name in names} == {("waiting", None)})
    assert author.put(slots[0], ct(PatientID="HALF")).status == 200


def upload(site, name):
    return watch.rows(site, "SELECT state, instance_id FROM upload WHERE public_id = ?", name)[0]


def test_twenty_large_uploads_at_once(site, ada):
    people = [Author(site) for _ in range(UPLOADS)]
    for person in people:
        person.cookies, person.token = dict(ada.cookies), ada.token
    data = noise(UPLOAD_MB)
    slots = [person.slot() for person in people]

    def send(person, slot):
        """Send as the pages do: who is told to wait sends once more."""
        for _ in range(100):
            answer = person.put(slot, data)
            if answer.status != 503:
                return answer.status
            time.sleep(min(1, int(answer.headers["retry-after"])))
        return 503

    statuses = at_once([lambda one=one: send(*one) for one in zip(people, slots, strict=True)])
    assert statuses == [200] * UPLOADS
    watch.until(lambda: watch.left_over(site) == [])
    for person in people:
        assert person.post(person.url("discard")).status == 303


@pytest.mark.parametrize("is_reset", [True, False], ids=["reset", "closed"])
@pytest.mark.parametrize("make", [lambda: ct(PatientID="CUT"), lambda: photo() + bytes(1000)], ids=["CT", "photo"])
def test_a_line_that_is_cut_leaves_a_slot_that_waits_and_nothing_else(site, author, nothing_stored, make, is_reset):
    slot, data = author.slot(), make()
    line = open_line(site, head(author, "PUT", slot, Content_Length=str(len(data))) + data[:-500])
    if is_reset:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100).startswith(b"HTTP/1.1 400")
    line.close()
    web = watch.web_process(site)
    watch.until(lambda: watch.memory_files(web) == [])
    assert upload(site, slot.rpartition("/")[2]) == ("waiting", None)


def test_a_fork_server_that_is_killed_costs_one_answer_at_most(site, author):
    author.add(ct(PatientID="KILL"))
    data = noise(UPLOAD_MB)
    for delay in (0.0, 0.05, 0.1, 0.2):
        slot, got = author.slot(), []
        sending = threading.Thread(target=lambda slot=slot, got=got: got.append(author.put(slot, data)))
        server = watch.fork_server(site)
        sending.start()
        watch.until(lambda server=server, sending=sending: watch.children(server) or not sending.is_alive())
        time.sleep(delay)
        os.kill(server, signal.SIGKILL)
        sending.join()
        assert got[0].status in {200, 422, 503}, got[0].words
        if got[0].status == 503:
            assert int(got[0].headers["retry-after"]) > 0
        author.draft = ""
        assert author.put(author.slot(), ct(PatientID="KILL")).status == 200
        author.draft = ""
    watch.until(lambda: watch.left_over(site) == [])


def test_many_who_write_at_once_lose_nothing(site, ada, case):
    people = []
    for _ in range(WRITERS):
        person = Person(site)
        person.cookies, person.token = dict(ada.cookies), ada.token
        people.append(person)
    before = watch.comments(site)

    def write(number, person):
        return [person.post(f"/c/{case}/comments", {"body": f"From {number}, {turn}"}).status for turn in range(EACH)]

    answers = at_once([lambda one=one: write(*one) for one in enumerate(people)])
    assert [status for each in answers for status in each] == [303] * (WRITERS * EACH)
    assert watch.comments(site) == before + WRITERS * EACH
    assert watch.rows(site, "SELECT comment_count FROM case_ WHERE public_id = ?", case) == [(WRITERS * EACH,)]
    bodies = {body for (body,) in watch.rows(site, "SELECT body FROM comment")}
    assert {f"From {number}, {turn}" for number in range(WRITERS) for turn in range(EACH)} <= bodies
