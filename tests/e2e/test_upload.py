"""A CD in one drop: progress by series, a lost connection, a reload, what is left on the device and why."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pinboard.imaging.errors import REFUSALS
from tests.archives import NAME, disc, slice_of, unpacked, zipped
from tests.e2e.conftest import violations
from tests.e2e.reviewing import Bench, open_page
from tests.samples import sample
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from tests.serving import Site

PATIENCE = 120_000  # ms; hundreds of files on a slow machine
COUNTED = re.compile(r"(\d+) of (\d+) ready")
LOST = "The connection is lost"


class Author:
    """One author in her browser, and what her browser sent."""

    def __init__(self, browser: Browser, url: str, secret: str, width: int = 1440) -> None:
        self.page = open_page(browser, url, secret, viewport={"width": width, "height": 900})
        self.page.set_default_timeout(30_000)
        self.sent: list[str] = []
        self.page.on("request", lambda request: self.sent.append(f"{request.method} {request.url}"))
        self.bodies: list[str] = []
        self.page.on("request", self._listen)
        self.open("/new")

    def _listen(self, request: object) -> None:
        if request.method == "POST":
            self.bodies.append(str(request.post_data_buffer) + str(request.headers))

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.page.wait_for_function("() => document.querySelector('[data-upload].is-live') && window.htmx")

    def choose(self, *paths: Path, by: str = "#upload-pick") -> None:
        self.page.set_input_files(by, paths[0] if by == "#upload-folder" else list(paths))

    def wait(self, words: str, patience: int = 60_000) -> None:
        self.page.locator("#upload-count").filter(has_text=words).wait_for(timeout=patience)

    @property
    def counted(self) -> tuple[int, int]:
        found = COUNTED.search(self.page.locator("#upload-count").inner_text())
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def wait_for_more_than(self, ready: int) -> None:
        deadline = time.monotonic() + PATIENCE / 1000
        while self.counted[0] <= ready and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        assert self.counted[0] > ready

    def puts(self) -> list[str]:
        return [one for one in self.sent if one.startswith("PUT")]

    def group(self, label: str) -> str:
        return self.page.locator(".upload-group").filter(has_text=label).locator("summary").inner_text()

    def left(self) -> str:
        return self.page.locator("#upload-left").inner_text()


@pytest.fixture(scope="module")
def bench(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, Site]]:
    data = tmp_path_factory.mktemp("uploads") / "data"
    bench = Bench(data)
    site = start(data)
    yield bench, site
    stop(site)
    bench.stores.close()


@pytest.fixture
def ada(browser: Browser, bench: tuple[Bench, Site]) -> Iterator[Author]:
    author = Author(browser, bench[1].url, bench[0].secret)
    yield author
    author.page.context.close()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a CD of 500 images in three series, with two broken files, as an archive."""
    path = tmp_path_factory.mktemp("cd") / f"{NAME}.zip"
    path.write_bytes(zipped(disc((300, 184, 16))))
    return path


def test_500_images_in_an_archive_survive_a_lost_connection_and_a_reload(ada: Author, archive: Path) -> None:
    ada.choose(archive)
    ada.wait_for_more_than(20)
    assert 500 <= ada.counted[1] <= 507
    assert ada.page.locator("#upload-whole").is_visible()
    assert re.search(r"CT, series 1\n\d+ of \d+ ready", ada.group("CT, series 1"))
    assert violations(ada.page) == []
    ada.page.context.set_offline(True)
    ada.page.get_by_text(LOST).first.wait_for()
    kept = ada.counted[0]
    ada.page.context.set_offline(False)
    ada.wait_for_more_than(kept)
    assert ada.page.locator("#upload-pause").is_hidden()
    reload_and_choose(ada, archive)
    ada.wait("500 of 502 ready · 2 files not taken", PATIENCE)
    for label, count in (("CT, series 1", 300), ("CT, series 2", 184), ("CT, series 3", 16)):
        assert ada.group(label).splitlines() == [label, f"{count} images"]
    assert REFUSALS["not-an-image"] in ada.page.locator("#upload-queue").inner_text()
    assert "4 files are no images" in ada.left()
    assert "1 picture lies beside" in ada.left()
    assert violations(ada.page) == []
    assert_no_name_left(ada)


def reload_and_choose(ada: Author, archive: Path) -> None:
    """Lose the page in the middle of it all; the same archive sends the rest."""
    ada.page.on("dialog", lambda dialog: dialog.accept())
    ada.page.reload()
    ada.page.wait_for_function("() => document.querySelector('[data-upload].is-live') && window.htmx")
    before = ada.counted[0]
    assert 20 < before < 500
    ada.sent.clear()
    ada.choose(archive)
    ada.wait("500 of 502 ready", PATIENCE)
    # What was under way when the page was lost is asked for first, and sent where it had not arrived.
    assert len(ada.puts()) <= 502 - before + 4
    assert f"{before} files are here already" in ada.left() or re.search(r"\d+ files are here already", ada.left())


def assert_no_name_left(ada: Author) -> None:
    for said in (*ada.sent, *ada.bodies, ada.page.content()):
        assert NAME not in said
    assert len(ada.bodies) > 10


def test_the_same_archive_again_sends_nothing(ada: Author, tmp_path: Path) -> None:
    path = tmp_path / "cd.zip"
    path.write_bytes(zipped(disc((3,))))
    ada.choose(path)
    ada.wait("3 of 5 ready")
    ada.page.locator("#upload-queue").get_by_text(REFUSALS["not-an-image"]).wait_for()
    ada.sent.clear()
    ada.choose(path)
    ada.page.get_by_text("5 files are here already").wait_for()
    assert ada.puts() == []


def test_a_removed_image_may_come_again(ada: Author, tmp_path: Path) -> None:
    path = tmp_path / "slice.dcm"
    path.write_bytes(slice_of(1, 1))
    ada.choose(path)
    ada.wait("1 of 1 ready")
    ada.page.get_by_role("button", name="Remove Image 1").click()
    ada.page.locator("#upload-queue [data-put]").wait_for(state="detached")
    ada.choose(path)
    ada.wait("1 of 1 ready")


def test_a_folder_is_a_cd_too(ada: Author, tmp_path: Path) -> None:
    ada.choose(unpacked(disc((9, 8)), tmp_path), by="#upload-folder")
    ada.wait("17 of 19 ready · 2 files not taken")
    assert ada.group("CT, series 2").splitlines() == ["CT, series 2", "8 images"]
    assert "4 files are no images" in ada.left()
    ada.page.locator(".upload-group summary").first.click()
    rows = ada.page.locator(".upload-group").first.locator("[data-put]")
    assert rows.count() == 9
    rows.first.get_by_role("button", name="Remove").click()
    ada.wait("16 of 18 ready")
    assert ada.group("CT, series 1").splitlines() == ["CT, series 1", "8 images"]


def test_the_rows_are_folded_after_a_reload_too(ada: Author, tmp_path: Path) -> None:
    ada.choose(unpacked(disc((14,)), tmp_path), by="#upload-folder")
    ada.wait("14 of 16 ready · 2 files not taken")
    ada.page.reload()
    ada.wait("14 of 16 ready · 2 files not taken")
    assert ada.group("CT, series 1").splitlines() == ["CT, series 1", "14 images"]


def test_a_file_whose_answer_was_lost_is_not_sent_twice(ada: Author, tmp_path: Path) -> None:
    path = tmp_path / "slice.dcm"
    path.write_bytes(slice_of(1, 2))

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "PUT":
            # A driver does not see the bytes of a file, so it brings them itself.
            assert route.fetch(post_data=path.read_bytes()).ok
            route.abort("connectionreset")
        else:
            route.continue_()

    ada.page.route("**/uploads/*", lose_the_answer)
    ada.choose(path)
    ada.wait("1 of 1 ready")
    assert len(ada.puts()) == 1


def test_a_file_that_always_fails_stops_alone(ada: Author, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.dcm" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(slice_of(1, number))
    with cut_connections(ada.page):
        ada.choose(*paths)
        ada.wait("2 of 3 ready")
        stopped = ada.page.locator("[data-state='stopped']")
        stopped.wait_for(timeout=90_000)
    assert "cut" in stopped.inner_text()
    stopped.get_by_role("button", name="Try again").click()
    ada.wait("3 of 3 ready")


@contextmanager
def cut_connections(page: Page) -> Iterator[None]:
    """Cut every attempt to send one file, the first of which any bytes come."""
    chosen: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method != "PUT":
            route.continue_()
            return
        chosen.append(route.request.url)
        if route.request.url == chosen[0]:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", cut)
    yield
    page.unroute("**/uploads/*", cut)


def test_who_is_signed_out_signs_in_and_goes_on(ada: Author, bench: tuple[Bench, Site], tmp_path: Path) -> None:
    path = tmp_path / "slice.dcm"
    path.write_bytes(slice_of(1, 3))
    cookies = ada.page.context.cookies()
    ada.page.context.clear_cookies()
    ada.choose(path)
    halted = ada.page.locator("#upload-halted")
    halted.get_by_text("You are signed out").wait_for()
    ada.page.context.add_cookies(cookies)
    halted.get_by_role("button").click()
    ada.wait("1 of 1 ready")
    assert halted.is_hidden()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("zip-nested-4-levels.zip", "not opened. Unpack"),
        ("zip-slip-relative.zip", ""),
        ("zip-slip-absolute-symlink.zip", ""),
        ("zip-dup-and-weird-names.zip", ""),
    ],
)
def test_a_hostile_archive_ends_in_words(ada: Author, name: str, words: str) -> None:
    answers: list[int] = []
    ada.page.on("response", lambda answer: answers.append(answer.status))
    ada.choose(sample(f"hostile/archives/{name}"))
    ada.page.wait_for_function(
        "() => !document.getElementById('upload-left').hidden || document.querySelector('[data-state=refused]')"
    )
    if words:
        assert words in ada.left()
    assert all(status < 500 for status in answers)
