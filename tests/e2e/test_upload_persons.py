"""A CD of several persons in one drop: each gets a draft of their own, and nothing on the page says who is who."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.e2e.conftest import violations
from tests.e2e.test_upload import Author, ada, bench  # noqa: F401 - fixtures
from tests.samples import sample

if TYPE_CHECKING:
    from playwright.sync_api import Locator

NAMED = re.compile(r"Doe|Archibald|Peter|77654033|98892001|98892003")


def offers(page: Author) -> Locator:
    return page.page.locator("#upload-others li")


def test_the_whole_cd_comes_in_at_one_drop(ada: Author) -> None:  # noqa: F811
    ada.choose(sample("dicomdir-cd"), by="#upload-folder")
    ada.wait("24 of 31 ready · 7 files not taken")
    drafts = {ada.page.url}
    offer = offers(ada)
    assert offer.count() >= 1
    assert "belong to a second person. One case is about one person." in offer.first.inner_text()
    assert not NAMED.search(ada.page.locator("main").inner_text())
    assert violations(ada.page) == []
    waiting = [
        int(number) for number in re.findall(r"Put these (\d+)", ada.page.locator("#upload-others").inner_text())
    ]
    assert sum(waiting) + len(offer.get_by_text("Put it in").all()) == 7
    while offer.count() > 0:
        left = offer.count()
        button = offer.first.get_by_role("button")
        count = re.search(r"\d+", button.inner_text())
        button.click()
        moved = int(count[0]) if count else 1
        ada.wait(f"{moved} of {moved} ready")
        assert offer.count() == left - 1
        assert f"draft={ada.page.url.rsplit('draft=', 1)[1]}" in ada.page.url
        drafts.add(ada.page.url)
    assert violations(ada.page) == []
    before = ada.page.locator("#upload-before li")
    assert before.count() == len(drafts) - 1
    assert "24 images of the person before are in a draft of their own." in before.first.inner_text()
    before.first.get_by_role("link").click()
    ada.page.wait_for_url("**/drafts/**")
    assert "/series" in ada.page.url or "/review" in ada.page.url
    for draft in drafts:
        ada.open(draft)
        # What went to another draft is not told of again here.
        assert ada.counted[0] == ada.counted[1] > 0
        assert offers(ada).count() == 0
