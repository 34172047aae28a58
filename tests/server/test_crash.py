"""A server that is killed at the worst moments, and started again on the same data: nothing is ever half there."""

from __future__ import annotations

import threading

import pytest

from tests.server import watch
from tests.server.client import Author
from tests.server.conftest import ADMIN
from tests.server.files import noise
from tests.serving import start, stop

IMAGES = 3
MEGABYTES = 2


class Clinic:
    """A server that may be killed, and its author, whose session outlives it."""

    def __init__(self, data):
        self.site = start(data, **ADMIN)
        self.author = Author(self.site).sign_in()
        self.logs = []

    def kill(self):
        watch.kill_all(self.site)
        self.start_again()

    def start_again(self):
        self.logs.append(self.site.log.read_text())
        self.site = self.author.site = start(self.site.data)
        assert self.author.get("/drafts").status == 200  # still signed in

    def new_case(self):
        """Prepare a case of several images that needs a moment to be published, and give its form."""
        self.author.draft = ""
        for number in range(IMAGES):
            self.author.confirm(self.author.add(noise(MEGABYTES, number=number)))
        return self.author.form()

    def state(self):
        return watch.rows(self.site, "SELECT state FROM case_ WHERE public_id = ?", self.author.draft)[0][0]

    def progress(self):
        if self.state() != "publishing":
            return 100
        said = "SELECT publish_progress FROM case_ WHERE public_id = ?"
        return watch.rows(self.site, said, self.author.draft)[0][0]

    def in_vault(self):
        draft = self.author.draft
        return [path for top in ("blobs", "keys") for path in (self.site.data / "vault" / top / draft).glob("*")]

    def of_case(self, columns, table):
        joined = f"SELECT {columns} FROM {table} JOIN case_ ON case_.id = case_id WHERE case_.public_id = ?"  # noqa: S608
        return watch.rows(self.site, joined, self.author.draft)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    running = Clinic(tmp_path_factory.mktemp("crash") / "data")
    yield running
    stop(running.site)
    logs = [*running.logs, running.site.log.read_text()]
    assert not any("Traceback" in log or "/setup?" in log for log in logs)


MOMENTS = {
    "at once": lambda clinic: clinic.state() != "draft",
    "when the first image is stored": lambda clinic: clinic.progress() > 0,
    "between two images": lambda clinic: clinic.progress() > 50,
    "when the last image comes": lambda clinic: clinic.progress() > 90,
    "when it is out": lambda clinic: clinic.state() == "published",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_case_is_a_draft_or_published_and_never_half(clinic, moment):
    form = clinic.new_case()
    assert clinic.author.post(clinic.author.url("publish"), form).status == 303
    watch.until(lambda: MOMENTS[moment](clinic))
    clinic.kill()
    watch.until(lambda: clinic.state() in {"draft", "published"})
    if clinic.state() == "draft":
        assert len(clinic.in_vault()) == 2 * IMAGES
        assert clinic.author.post(clinic.author.url("publish"), form).status == 303
        watch.until(lambda: clinic.state() == "published")
    whole(clinic)


def whole(clinic):
    """Compare rows and files of everything, and ask for every picture of the case."""
    site, author = clinic.site, clinic.author
    watch.until(lambda: clinic.in_vault() == [])
    named = dict(watch.rows(site, "SELECT object_name, sha256 FROM media_file"))
    watch.until(lambda: watch.objects(site).keys() <= named.keys())
    assert watch.objects(site) == named
    assert watch.rows(site, "SELECT count(*) FROM media_intent") == [(0,)]
    assert clinic.of_case("instance.state", "instance") == [("published",)] * IMAGES
    watch.until(lambda: clinic.of_case("blob", "instance") == [(None,)] * IMAGES)
    assert len(clinic.of_case("receipt.id", "receipt")) == IMAGES
    found = clinic.of_case("media_name, variant, size", "media_file")
    assert {variant for _name, variant, _size in found} >= {"w236", "frames", "previews"}
    for name, variant, size in found:
        if variant.startswith("w"):
            assert len(author.get(f"/media/{name}/{variant}").body) == size
    for (image,) in clinic.of_case("instance.public_id", "instance"):
        assert author.get(f"/c/{author.draft}/images/{image}/dicom").status == 200
    assert author.get(f"/c/{author.draft}").status == 200


def test_a_slot_whose_server_died_takes_the_file_again(clinic):
    author = clinic.author
    author.draft = ""
    slot, data = author.slot(), noise(MEGABYTES)
    sending = threading.Thread(target=quietly, args=(lambda: author.put(slot, data),))
    sending.start()
    watch.until(lambda: watch.rows(clinic.site, "SELECT id FROM upload WHERE state = 'receiving'"))
    clinic.kill()
    sending.join()
    again = author.put(slot, data)
    assert again.status in {200, 409}  # 409: it had arrived, and only the answer was lost
    assert len(clinic.of_case("instance.id", "instance")) == 1
    assert author.post(author.url("discard")).status == 303
    assert clinic.in_vault() == []


def quietly(act):
    try:
        act()
    except OSError:
        return


def test_a_second_start_prints_no_way_in_and_leaves_no_process(clinic):
    running = watch.tree(clinic.site.process.pid)
    stop(clinic.site)
    assert clinic.site.process.returncode == 0
    watch.until(lambda: all(watch.is_gone(pid) for pid in running))
    clinic.start_again()
    assert "/setup?" not in clinic.site.log.read_text()
    assert Author(clinic.site).get("/setup").to == "/login"
