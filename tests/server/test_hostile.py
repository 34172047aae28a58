"""The collection of hostile samples, three times through a real upload: each file gets an answer, and nothing stays."""

from __future__ import annotations

import re
import threading
import time
from statistics import quantiles

import pytest

from tests.samples import sample, samples
from tests.server import watch
from tests.server.client import Author, Person

ROUNDS = 3
GROWTH_MB = 32
USUALLY, AT_WORST = 2.0, 10.0  # seconds; a hang fails, a machine with much else to do does not
PAUSE = 0.05


class Pulse(threading.Thread):
    """Asks again and again whether the server is well, and notes the longest wait."""

    def __init__(self, site):
        super().__init__(daemon=True)
        self.site, self.waits, self.over = site, [], threading.Event()

    def run(self):
        while not self.over.wait(PAUSE):
            began = time.monotonic()
            assert Person(self.site).get("/healthz").status == 200
            self.waits.append(time.monotonic() - began)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


@pytest.mark.slow
def test_the_whole_collection_three_times(site, ada):
    files = samples("hostile/**/*") or [sample("hostile")]
    web = watch.web_process(site)
    resident = []
    with Pulse(site) as pulse:
        for _ in range(ROUNDS):
            for path in files:
                send(Author(site), ada, path)
            # What the last file asked for in the background holds it a moment longer.
            watch.until(lambda: watch.left_over(site) == [])
            resident.append(watch.resident_mb(web))
    assert watch.web_process(site) == web
    assert resident[-1] <= resident[0] + GROWTH_MB
    assert len(pulse.waits) > ROUNDS
    assert quantiles(pulse.waits, n=100)[-1] < USUALLY
    assert max(pulse.waits) < AT_WORST


def send(author, ada, path):
    """Send one file as a case of its own, and look at what it became."""
    author.cookies, author.token = ada.cookies, ada.token
    answer = author.send(path.read_bytes())
    assert answer.status in {200, 422}, path
    if answer.status == 422:
        assert 'data-state="refused"' in answer.text, path
        return
    image = re.search(r"/images/([a-z2-7]{26})/preview", answer.text)[1]
    preview = author.get(author.url("preview", image))
    assert preview.status in {200, 404}, path
    if preview.status == 200:
        assert preview.body.startswith(b"\xff\xd8\xff")
    assert author.post(author.url("discard")).status == 303


@pytest.mark.parametrize("name", ["hostile/dicom/xss-in-tags.dcm", "hostile/charsets/chrGerm.dcm"])
def test_words_of_a_header_appear_on_no_page(author, name):
    answer = author.send(sample(name).read_bytes())
    pages = answer.text + author.get(f"/new?draft={author.draft}").text + author.get(author.url("review")).text
    assert not any(word in pages for word in ("alert(", "Äneas", "Rüdiger"))
