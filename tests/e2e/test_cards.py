"""Cards in a real browser: frames under a mouse, a finger and keys, photographs one by one, and covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pinboard.config import load
from pinboard.identity import members, sessions
from pinboard.intake.stores import Stores
from pinboard.models import Role
from pinboard.models.ready import ensure_ready
from tests.e2e.maker import Maker
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from tests.serving import Site

DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
SLICES = [f"ct-series/pancreas-ct/1-0{number}.dcm" for number in range(44, 63, 3)]
PHOTOS = ["photos/fundus-retina.jpg", "photos/jolla-phone-exif.jpg", "photos/icc-profile-big.jpg"]
SERIES, ALBUM, WOUND = "Which slice shows it best?", "Three days apart, is it healing?", "Would you close this today?"
WHERE = "element => { const box = element.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }"
CHANGED = "([img, old]) => img.complete && img.naturalWidth > 0 && img.currentSrc !== old"
DOT = "reel => [...reel.querySelectorAll('i')].findIndex(dot => dot.classList.contains('on'))"


@pytest.fixture(scope="module")
def wall(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """Run a site with a series, three photographs of one case, and a picture that its author had covered."""
    del browser  # asked for so that a machine without one makes nothing
    data = tmp_path_factory.mktemp("cards") / "data"
    config = load({"PINBOARD_DATA": str(data)})
    ensure_ready(config)
    stores = Stores.open(config)
    maker = Maker(stores)
    with stores.writing() as session:
        member = members.NewMember("ada", "Dr Ada Rao", Role.CLINICIAN, "four quiet herons fly", verification="Seen")
        maker.people["ada"] = members.add(session, member)
    covered: dict[str, Any] = {"is_sensitive": True, "sensitive_reason": "wound"}
    for files, title, more in ((PHOTOS[:1], WOUND, covered), (PHOTOS, ALBUM, {}), (SLICES, SERIES, {})):
        case = maker.draft(*files, patient="MRN-7")
        maker.look(case)
        maker.write(case, title=title, question="What would you do?", **more)
        maker.publish(case)
    with stores.writing() as session:
        secret = sessions.start(session, maker.people["ada"], agent="Firefox Linux")
    stores.close()
    site = start(data)
    yield site, secret
    stop(site)


def opened(browser: Browser, wall: tuple[Site, str], **options: Any) -> tuple[BrowserContext, Page]:
    site, secret = wall
    context = browser.new_context(base_url=site.url, **options)
    context.add_cookies([{"name": "pinboard", "value": secret, "url": site.url}])
    page = context.new_page()
    page.goto("/", wait_until="networkidle")
    return context, page


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has_text=title)


def place(picture: Locator) -> list[float]:
    box: list[float] = picture.evaluate(WHERE)
    return box


def source(picture: Locator) -> str:
    """Give what is shown, once it is."""
    now: str = picture.evaluate("img => img.decode().then(() => img.currentSrc)")
    return now


def other(page: Page, picture: Locator, old: str) -> str:
    """Wait until another picture is shown, and give it."""
    page.wait_for_function(CHANGED, arg=[picture.element_handle(), old])
    return source(picture)


def test_a_mouse_scrubs_through_a_series_and_leaves_it_as_it_was(browser: Browser, wall: tuple[Site, str]) -> None:
    context, page = opened(browser, wall, **DESK)
    picture = card(page, SERIES).locator(".plate img")
    own, (x, y, width, height) = source(picture), place(picture)
    page.mouse.move(x + 4, y + height / 2)
    first = other(page, picture, own)
    page.mouse.move(x + width - 4, y + height / 2)
    last = other(page, picture, first)
    assert last != first
    assert place(picture) == [x, y, width, height]
    page.mouse.move(2, 2)
    assert other(page, picture, last) == own
    assert page.locator(".scrubbed").count() == 0
    context.close()


def test_motion_that_is_not_wanted_does_not_come(browser: Browser, wall: tuple[Site, str]) -> None:
    context, page = opened(browser, wall, **DESK, reduced_motion="reduce")
    picture = card(page, SERIES).locator(".plate img")
    own, (x, y, width, height) = source(picture), place(picture)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.mouse.move(x + 4, y + height / 2)
    page.mouse.move(x + width - 4, y + height / 2, steps=6)
    page.wait_for_load_state("networkidle")
    assert source(picture) == own
    assert not [url for url in asked if url.endswith("glimpse.json")]
    context.close()


def test_a_finger_drawn_sideways_scrubs_and_opens_nothing(browser: Browser, wall: tuple[Site, str]) -> None:
    context, page = opened(browser, wall, **PHONE)
    picture = card(page, SERIES).locator(".plate img")
    picture.scroll_into_view_if_needed()
    own, (x, y, width, height) = source(picture), place(picture)
    assert width > 100
    finger = Finger(context, page, x + width / 4, y + height / 2)
    finger.draw(width / 2)
    shown = other(page, picture, own)
    assert place(picture) == [x, y, width, height]
    assert page.url.endswith("/")
    assert page.evaluate("() => scrollX") == 0
    finger.draw(-width / 2)
    assert other(page, picture, shown)
    context.close()


class Finger:
    """A finger on a screen that lies down, is drawn sideways in steps, and is lifted."""

    def __init__(self, context: BrowserContext, page: Page, x: float, y: float) -> None:
        self.screen, self.x, self.y = context.new_cdp_session(page), x, y

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        self.screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    def draw(self, by: float) -> None:
        start = self.x if by > 0 else self.x - by
        self.touch("touchStart", (start, self.y))
        for part in range(1, 9):
            self.touch("touchMove", (start + by * part / 8, self.y))
        self.touch("touchEnd")


def test_keys_and_buttons_step_and_say_where_they_are(browser: Browser, wall: tuple[Site, str]) -> None:
    context, page = opened(browser, wall, **DESK)
    series, album = card(page, SERIES), card(page, ALBUM)
    picture = series.locator(".plate img")
    own = source(picture)
    series.locator("> a").focus()
    page.keyboard.press("]")
    following = other(page, picture, own)
    page.keyboard.press("[")
    assert other(page, picture, following)
    picture, reel = album.locator(".plate img"), album.locator(".reel")
    own, box = source(picture), place(picture)
    assert reel.evaluate(DOT) == 0
    album.get_by_role("button", name="Next photograph").click()
    second = other(page, picture, own)
    assert reel.evaluate(DOT) == 1
    assert page.locator("#wall-news").text_content() == "Picture 2 of 3"
    page.keyboard.press("]")
    third = other(page, picture, second)
    assert reel.evaluate(DOT) == 2
    album.get_by_role("button", name="Previous photograph").click()
    assert other(page, picture, third) == second
    assert place(picture) == box
    assert page.url.endswith("/")
    context.close()


def test_a_cover_is_lifted_where_it_lies(browser: Browser, wall: tuple[Site, str]) -> None:
    context, page = opened(browser, wall, **PHONE)
    covered = card(page, WOUND)
    assert "Covered: it shows an open wound" in covered.inner_text()
    assert covered.locator("img").count() == 0
    button = covered.get_by_role("button", name="Show the picture")
    button.focus()
    page.keyboard.press("Enter")
    picture = covered.locator(".plate img")
    picture.wait_for()
    assert source(picture)
    assert page.evaluate("() => document.activeElement.closest('.card') !== null")
    page.keyboard.press("Tab")
    assert not button.is_visible()
    page.reload()
    assert card(page, WOUND).locator(".plate img").count() == 1
    context.close()
