"""A case on its way to visitors and back, in a browser: offered, picked, seen by somebody without an account, gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pinboard import policy
from pinboard.config import load
from pinboard.identity import members, sessions
from pinboard.intake.stores import Stores
from pinboard.models import Case, ConsentLevel, Role, User
from pinboard.models.ready import ensure_ready
from tests.e2e.maker import Maker
from tests.factories import make_case
from tests.serving import Site, start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PASSWORD = "four quiet herons fly"
INSIDE = {
    "title": "Canarytitle: is the duct wide?",
    "question": "Canaryquestion",
    "findings": "Canaryfindings",
    "history": "Canaryhistory",
    "tags": ["canarytag"],
    "age_band": "60–69",
    "sex": "F",
}
# Layout shifts that no press of a key explains.
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: 'layout-shift', buffered: true }); }"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Maker]]:
    """Run a clinic with Ada, who wrote a case, Ben, who reads, and Oz, who administers."""
    data: Path = tmp_path_factory.mktemp("visitors") / "data"
    config = load({"PINBOARD_DATA": str(data)})
    ensure_ready(config)
    stores = Stores.open(config)
    maker = Maker(stores)
    with stores.writing() as session:
        for login, name, role, more in (
            ("ada", "Dr Canaryada Rao", Role.CLINICIAN, {"verification": "Seen"}),
            ("ben", "Dr Ben Okafor", Role.CLINICIAN, {"verification": "Seen"}),
            ("oz", "Oz Admin", Role.DESK, {"is_admin": True}),
        ):
            maker.people[login] = members.add(session, members.NewMember(login, name, role, PASSWORD, **more))
            maker.scene.secrets[login] = sessions.start(session, maker.people[login])
        # Ada and Ben alone would have to look at each other's cases, which is a journey of its own.
        policy.set_release_gate(session, is_on=False, reason="A small clinic", by=maker.people["oz"])
    draft = maker.draft("ct-series/pancreas-ct/1-044.dcm", patient="MRN-7")
    maker.look(draft)
    maker.write(draft, level=ConsentLevel.PUBLIC, **INSIDE)
    case = maker.publish(draft)
    maker.scene.names["case"] = case.public_id
    running = start(data)
    yield running, maker
    stop(running)
    stores.close()


def page_of(browser: Browser, clinic: tuple[Site, Maker], who: str = "") -> Page:
    site, maker = clinic
    context = browser.new_context(base_url=site.url, viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    if who:
        cookie = {"name": "pinboard", "value": maker.scene.secrets[who], "url": site.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
    return context.new_page()


def test_offered_picked_seen_and_gone(browser: Browser, clinic: tuple[Site, Maker]) -> None:
    address = f"/c/{clinic[1].scene.names['case']}"
    ada, oz, visitor = page_of(browser, clinic, "ada"), page_of(browser, clinic, "oz"), page_of(browser, clinic)

    visitor.goto("/")
    assert visitor.url.endswith("/login")

    ada.goto(f"{address}/discover")
    ada.get_by_label("Title").fill("How wide may a duct be?")
    ada.get_by_label("Question").fill("")
    ada.get_by_role("button", name="Show in the preview").click()
    preview = ada.locator(".as-visitors").inner_text()
    assert preview.splitlines()[0] == "How wide may a duct be?"
    assert "canary" not in preview.lower()
    ada.get_by_role("button", name="Offer exactly this").click()
    ada.get_by_text("It waits for an administrator.").wait_for()

    oz.goto("/admin/discover")
    oz.get_by_label("Visitors without an account").check()
    oz.get_by_role("button", name="Save").click()
    oz.get_by_role("link", name="Look at it").wait_for()
    visitor.goto("/discover")
    visitor.get_by_text("No case is shown here yet.").wait_for()
    oz.get_by_role("button", name="Show to visitors: How wide").click()
    oz.get_by_role("button", name="Make it the case of the week").click()
    oz.get_by_text("case of the week", exact=True).wait_for()

    visitor.goto("/")
    seen = visitor.content()
    visitor.get_by_role("link", name=re.compile("How wide may a duct be")).click()
    visitor.get_by_role("heading", name="How wide may a duct be?").wait_for()
    seen += visitor.content()
    picture = visitor.locator("article img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 200
    shown = picture.evaluate("image => image.currentSrc")
    assert not re.search("canary|60–69|comment", seen, re.IGNORECASE)
    for closed in (address, f"{address}/receipt", "/search?q=duct", "/boards"):
        visitor.goto(closed)
        assert visitor.url.split("?")[0].endswith("/login"), closed

    ada.goto(f"{address}/audience")
    assert visitor.request.get(shown).status == 200
    token = ada.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    ended = ada.request.post(f"{address}/consent/withdraw", form={"csrf_token": token})
    assert ended.ok
    gone = visitor.goto(f"/discover/{clinic[1].scene.names['case']}")
    assert gone is not None
    assert gone.status == 404
    assert visitor.request.get(shown).status == 404
    visitor.goto("/")
    assert visitor.get_by_text("How wide may a duct be?").count() == 0


def test_what_is_new_is_told_and_nothing_moves(browser: Browser, clinic: tuple[Site, Maker]) -> None:
    maker = clinic[1]
    with maker.stores.writing() as session:
        old = make_case(session, session.get_one(User, maker.people["ada"].id), pictures=0, title="Seen last week")
        session.get_one(User, maker.people["ben"].id).feed_seen_seq = session.get_one(Case, old.id).seq
        for number in range(3):
            make_case(session, session.get_one(User, maker.people["ada"].id), pictures=0, title=f"New {number}")
    ben = page_of(browser, clinic, "ben")
    ben.add_init_script(f"({SHIFTS})()")
    ben.goto("/")
    ben.get_by_text("3 new cases, since today.").wait_for()
    divider, before = ben.locator(".seen-before").bounding_box(), ben.get_by_text("Seen last week").bounding_box()
    lowest = max(box["y"] for n in range(3) if (box := ben.get_by_text(f"New {n}").bounding_box()))
    assert divider
    assert before
    assert lowest < divider["y"] < before["y"]
    assert ben.evaluate("window.shifted") <= 0.02
    ben.get_by_role("button", name="Mark all as seen").click()
    ben.reload()
    ben.get_by_text("New 0").wait_for()
    assert ben.locator(".seen-before").count() == 0
    assert "new case" not in ben.locator("#news").inner_text()
