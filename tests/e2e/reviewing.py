"""One author with drafts that wait for her look, for the journeys through the review page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete

from pinboard.config import load
from pinboard.custody import Box
from pinboard.identity import members, sessions
from pinboard.intake import review
from pinboard.intake.stores import Stores
from pinboard.models import Case, Instance, Job, Role, ScanState, Suggestion, SuggestionKind, User
from pinboard.models.ready import ensure_ready
from tests.e2e.maker import Maker

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PASSWORD = "four quiet herons fly"


class Bench:
    """Makes drafts, and says in place of the search what is suggested on them."""

    def __init__(self, data: Path) -> None:
        config = load({"PINBOARD_DATA": str(data)})
        ensure_ready(config)
        self.stores = Stores.open(config)
        self.maker = Maker(self.stores)
        with self.stores.writing() as session:
            ada = members.NewMember("ada", "Dr Ada Rao", Role.CLINICIAN, PASSWORD, verification="Licence seen")
            self.maker.people["ada"] = members.add(session, ada)
            self.secret = sessions.start(session, self.maker.people["ada"], agent="Firefox Linux")

    def draft(self, *files: str, patient: str = "MRN-1") -> Case:
        """Begin a draft; nothing is looked for by itself."""
        case = self.maker.draft(*files, patient=patient)
        with self.stores.writing() as session:
            session.execute(delete(Job).where(Job.kind == "scan"))
            for one in self.maker.images(session, case):
                one.scan = None
                review.set_boxes(session, one, [], session.get_one(User, case.author_id))
        return case

    def images(self, case: Case) -> list[Instance]:
        with self.stores.reading() as session:
            return self.maker.images(session, case)

    def say(self, image: Instance, scan: ScanState, *rows: tuple[str, float, int | None, int, int, int, int]) -> None:
        """File what a search found, in place of all before."""
        with self.stores.writing() as session:
            session.execute(delete(Suggestion).where(Suggestion.instance_id == image.id))
            session.get_one(Instance, image.id).scan = scan
            for kind, confidence, frame, *corners in rows:
                place = dict(zip(("x0", "y0", "x1", "y1"), corners, strict=True))
                session.add(
                    Suggestion(
                        instance_id=image.id,
                        kind=SuggestionKind(kind),
                        confidence=confidence,
                        frame=frame,
                        **place,
                    )
                )

    def clear(self, image: Instance) -> None:
        """Take every area away, and the confirmation with it."""
        with self.stores.writing() as session:
            row = session.get_one(Instance, image.id)
            review.set_boxes(session, row, [], self.maker.people["ada"])
            review.unconfirm(session, row)

    def drawn(self, image: Instance) -> list[Box]:
        with self.stores.reading() as session:
            return review.boxes_of(session, session.get_one(Instance, image.id))

    def is_confirmed(self, image: Instance) -> bool:
        with self.stores.reading() as session:
            return review.confirmed(session, session.get_one(Instance, image.id))


@dataclass
class Hands:
    """A page and a count of what the hands did: every click, every key, every file and every text once."""

    page: Page
    actions: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.actions += 1
            self.page.keyboard.press(key)

    def click(self, name: str, role: str = "button") -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name).first.click()

    def write(self, selector: str, text: str) -> None:
        """Go to a field and write; two actions."""
        self.actions += 2
        self.page.locator(selector).fill(text)

    def check(self, selector: str) -> None:
        self.actions += 1
        self.page.locator(selector).check()

    def choose(self, selector: str, *paths: Path) -> None:
        self.actions += 1
        self.page.set_input_files(selector, [str(path) for path in paths])


def open_page(browser: Browser, url: str, secret: str = "", **options: object) -> Page:
    """Open a browser of Ada's; a script that fails fails the test."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "base_url": url, **options})
    context.set_default_timeout(20_000)
    if secret:
        context.add_cookies([{"name": "pinboard", "value": secret, "url": url}])
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: line.type == "error" and page.faults.append(line.text))
    return page


def wait_for_eyes(page: Page) -> None:
    """Wait until the picture has been there for as long as a look takes."""
    page.locator("redactor-canvas.is-live[data-seen]").wait_for()


def outlines(page: Page) -> list[list[int]]:
    """Give the rectangles that the page shows as painted."""
    return page.evaluate("""() => [...document.querySelectorAll('.redactor-painted')].map(rect =>
      ['x', 'y', 'width', 'height'].map(name => Number(rect.getAttribute(name))))
      .map(([x, y, w, h]) => [x, y, x + w, y + h])""")


def boxes_on(page: Page) -> list[list[object]]:
    """Give the areas as the server holds them, as far as the page knows."""
    return json.loads(page.locator("#image-state").get_attribute("data-boxes"))
