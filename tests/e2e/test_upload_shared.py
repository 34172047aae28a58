"""What a telephone shares, as a browser sends it: with the headers that only a browser can set."""

from __future__ import annotations

import base64
import io
import os
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import func, select

from pinboard.models import Case, CaseState
from tests.archives import NAME
from tests.e2e.conftest import violations
from tests.e2e.reviewing import PASSWORD, open_page
from tests.e2e.test_upload import bench  # noqa: F401 - a fixture
from tests.factories import make_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.reviewing import Bench
    from tests.serving import Site

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
SEND = """([bytes, name, action]) => {
  const held = new DataTransfer();
  held.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name, { type: "image/png" }));
  const field = Object.assign(document.createElement("input"), { type: "file", name: "file", files: held.files });
  const form = document.createElement("form");
  Object.assign(form, { method: "post", enctype: "multipart/form-data", action });
  form.append(field);
  document.body.append(form);
  form.submit();
}"""


def share(page: Page, action: str, size: tuple[int, int] = (600, 400)) -> None:
    """Send a picture as a form that navigates, which is what a menu of sharing does."""
    held = io.BytesIO()
    Image.frombytes("L", size, os.urandom(size[0] * size[1])).save(held, "PNG")
    with page.expect_navigation():
        page.evaluate(SEND, [base64.b64encode(held.getvalue()).decode(), f"{NAME}.png", action])


def count(bench: Bench) -> int:  # noqa: F811
    with bench.stores.reading() as session:
        return session.scalar(select(func.count()).where(Case.state == CaseState.DRAFT))


@pytest.fixture
def page(browser: Browser, bench: tuple[Bench, Site]) -> Iterator[Page]:  # noqa: F811
    opened = open_page(browser, bench[1].url, bench[0].secret, **PHONE)
    yield opened
    opened.context.close()


def test_a_shared_picture_is_a_draft_that_can_be_discarded(page: Page, bench: tuple[Bench, Site]) -> None:  # noqa: F811
    before = count(bench[0])
    page.goto("/")
    share(page, "/new/shared")
    page.locator("#upload-count").filter(has_text="1 of 1 ready").wait_for()
    assert page.locator(".upload-shared").is_visible()
    assert NAME not in page.content()
    assert count(bench[0]) == before + 1
    assert violations(page) == []
    page.get_by_role("link", name="Discard").tap()
    page.get_by_role("button", name="Discard the draft").tap()
    page.wait_for_url("**/drafts")
    assert count(bench[0]) == before


def test_another_site_cannot_send_one(page: Page, bench: tuple[Bench, Site]) -> None:  # noqa: F811
    before = count(bench[0])
    page.context.route(
        "http://elsewhere.example/**", lambda route: route.fulfill(body="<p>Win", content_type="text/html")
    )
    page.goto("http://elsewhere.example/")
    share(page, f"{bench[1].url}/new/shared")
    assert page.locator(".upload-shared").count() == 0
    assert count(bench[0]) == before


def test_a_script_of_ours_cannot_either(page: Page, bench: tuple[Bench, Site]) -> None:  # noqa: F811
    before = count(bench[0])
    page.goto("/")
    sent = "fetch('/new/shared', {method: 'POST', body: new FormData(), headers: {'Sec-Fetch-Mode': 'navigate'}})"
    assert page.evaluate(f"{sent}.then((answer) => answer.status)") == 403
    assert count(bench[0]) == before


def test_who_is_not_signed_in_signs_in_and_is_told_to_share_again(browser: Browser, bench: tuple[Bench, Site]) -> None:  # noqa: F811
    before = count(bench[0])
    with bench[0].stores.writing() as session:
        # Before there is an administrator, everybody is led to the set-up.
        make_user(session, "Olga Ward", is_admin=True, login="olga")
    page = open_page(browser, bench[1].url, **PHONE)
    page.goto("/login")
    # Large enough that the server answers before it has read it.
    share(page, "/new/shared", size=(3000, 2500))
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[name=login]").fill("ada")
    page.get_by_role("button", name="Sign in").tap()
    page.wait_for_url("**/new/shared")
    assert page.get_by_text("nothing of what you shared was kept").is_visible()
    assert page.locator("[data-upload]").is_visible()
    assert violations(page) == []
    assert count(bench[0]) == before
    page.context.close()
