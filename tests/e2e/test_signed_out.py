"""A session ends while somebody writes: the words stay on the page, and go once she is signed in again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from pinboard import clock
from pinboard.config import load
from pinboard.identity import members
from pinboard.intake import drafts
from pinboard.intake.stores import Stores
from pinboard.models import Board, Case, Comment, Role
from pinboard.models.ready import ensure_ready
from tests.e2e.scene import PASSWORD
from tests.factories import make_case
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WORDS = "Is this line older than the film of spring?"


@dataclass
class Desk:
    """A browser with a page that somebody writes on, and the rows behind it."""

    page: Page
    stores: Stores
    draft: str
    case: str

    def sign_in(self, login: str = "ada") -> None:
        """Sign in in another tab, and come back to this one."""
        tab = self.page.context.new_page()
        tab.goto("/login")
        tab.fill("[name=login]", login)
        tab.fill("[name=password]", PASSWORD)
        tab.locator("form button").first.click()
        tab.wait_for_url(lambda url: "/login" not in url)
        tab.close()
        # Nobody's window has the focus here.
        self.page.evaluate("dispatchEvent(new Event('focus'))")

    def end_session(self) -> None:
        self.page.context.clear_cookies(name="pinboard")

    def title(self) -> str:
        with self.stores.reading() as session:
            return session.scalars(select(Case.title).where(Case.public_id == self.draft)).one()

    def said(self) -> list[str]:
        with self.stores.reading() as session:
            return list(session.scalars(select(Comment.body)))


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    config = load({"PINBOARD_DATA": str(tmp_path / "data")})
    ensure_ready(config)
    stores = Stores.open(config)
    with stores.writing() as session:
        ada, ben = (
            members.add(session, members.NewMember(login, name, Role.CLINICIAN, PASSWORD, is_admin=True))
            for login, name in (("ada", "Ada Owens"), ("ben", "Ada Owens"))
        )
        ada.verified_at = ben.verified_at = clock.now()
        names = drafts.new_draft(session, ada).public_id, make_case(session, ada, pictures=0).public_id
    site = start(tmp_path / "data")
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    made = Desk(page, stores, *names)
    page.goto("/login")
    made.sign_in()
    yield made
    context.close()
    stores.close()
    stop(site)


def test_a_draft_is_saved_when_its_author_comes_back_signed_in(desk: Desk) -> None:
    desk.page.goto(f"/drafts/{desk.draft}")
    desk.end_session()
    desk.page.fill("[name=title]", WORDS)
    desk.page.locator("#draft-saved", has_text="you are signed out").wait_for()
    assert desk.title() != WORDS
    with desk.page.expect_response(lambda answer: answer.url.endswith("/autosave") and answer.ok):
        desk.sign_in()
    assert desk.title() == WORDS
    # The token of the page is the new session's from here on.
    with desk.page.expect_response(lambda answer: answer.url.endswith("/autosave") and answer.ok):
        desk.page.fill("[name=title]", f"{WORDS} Or not?")
    assert desk.title() == f"{WORDS} Or not?"


def test_a_comment_waits_on_its_page_until_its_writer_is_signed_in(desk: Desk) -> None:
    desk.page.goto(f"/c/{desk.case}")
    field, button = desk.page.locator(".composer textarea"), desk.page.get_by_role("button", name="Comment", exact=True)
    field.fill(WORDS)
    desk.end_session()
    button.click()
    desk.page.get_by_text("You are signed out. What you wrote is still here.").first.wait_for()
    assert (field.input_value(), desk.said()) == (WORDS, [])
    with desk.page.expect_response(lambda answer: answer.request.resource_type == "fetch" and answer.ok):
        desk.sign_in()
    button.click()
    desk.page.locator(".comment", has_text=WORDS).wait_for()
    assert desk.said() == [WORDS]


def test_nobody_else_sends_what_another_one_wrote(desk: Desk) -> None:
    desk.page.goto("/boards/new")
    desk.page.fill("[name=title]", WORDS)
    desk.end_session()
    desk.page.get_by_role("button", name="Create the board").click()
    desk.page.get_by_text("You are signed out").first.wait_for()
    with desk.page.expect_response(lambda answer: answer.request.resource_type == "fetch" and answer.ok):
        desk.sign_in("ben")
    with desk.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        desk.page.get_by_role("button", name="Create the board").click()
    assert sent.value.status == 403
    with desk.stores.reading() as session:
        assert session.scalar(select(Board.id).where(Board.title == WORDS)) is None
