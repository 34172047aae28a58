"""Everything by keyboard: the keys do what the help says, focus is seen and comes back, review needs no mouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.pages import PAGES, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

    from tests.e2e.maker import Scene
    from tests.serving import Site

DESK = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
ACTIVE = "() => document.activeElement.outerHTML.slice(0, 120)"
# The two sides of a focus ring: its line, and that it is not cut off at the edge of the window.
RING = """() => {
  const style = getComputedStyle(document.activeElement), box = document.activeElement.getBoundingClientRect();
  const line = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const bordered = document.activeElement.matches('[data-search]') && style.borderColor !== 'rgba(0, 0, 0, 0)';
  const inside = box.bottom > 0 && box.top < innerHeight;
  return {ring: line || bordered, inside, what: document.activeElement.outerHTML.slice(0, 90)};
}"""

# Pages, and the place that the list of keys begins with there.
PLACES = [
    ("feed", "On a wall of cases"), ("board", "On a wall of cases"), ("case", "On a case"),
    ("board-arrange", "While a board is arranged"), ("review-cine", "While an image is reviewed"),
]  # fmt: skip
CAPS = {"Control+K": ["Ctrl", "K"], "Control+Z": ["Ctrl", "Z"], "ArrowLeft": ["←"], "ArrowRight": ["→"]}


@pytest.fixture
def ada(browser: Browser, clinic: tuple[Site, Scene]) -> Iterator[Visitor]:
    visitor = Visitor(browser, *clinic, options=dict(DESK))
    yield visitor
    visitor.close()
    assert visitor.complaints == []


@pytest.fixture
def slow(browser: Browser, clinic: tuple[Site, Scene]) -> Iterator[tuple[Visitor, list[Route]]]:
    """Give a visitor whose browser waits for the script of the keys until the test lets it go on."""
    visitor = Visitor(browser, *clinic, options={**DESK, "service_workers": "block"})
    held: list[Route] = []
    visitor.page("ada").route("**/js/keys.js", lambda route: held.append(route))  # noqa: PLW0108 - a builtin takes no route
    yield visitor, held
    visitor.close()
    assert visitor.complaints == []


def let_go(page: Page, held: list[Route]) -> None:
    assert len(held) == 1
    with page.expect_response("**/js/keys.js"):
        held[0].continue_()


def visit(visitor: Visitor, name: str) -> Page:
    """Open a page as Ada and leave the focus where a new page has it."""
    view = next(one for one in PAGES if one.name == name)
    page = visitor.page("ada")
    page.goto(view.path.format(**visitor.scene.names))
    page.wait_for_function("() => window.htmx")
    return page


def path(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url)


@pytest.mark.parametrize(
    ("keys", "leads_to"), [("gh", "/"), ("gb", "/boards"), ("gi", "/inbox"), ("n", "/new")], ids=lambda value: value
)
def test_letters_lead_to_places(ada: Visitor, keys: str, leads_to: str) -> None:
    page = visit(ada, "help")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(f"**{leads_to}")
    assert path(page) == leads_to


@pytest.mark.parametrize("key", ["n", "s", "e", "?", "g"])
def test_letters_do_nothing_while_somebody_types_or_holds_a_modifier(ada: Visitor, key: str) -> None:
    page = visit(ada, "case")
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#thread textarea").first.focus()
    page.keyboard.press(key)
    assert page.locator("#thread textarea").first.input_value() == key
    page.locator("#thread textarea").first.fill("")
    page.locator("#main").focus()
    page.keyboard.press(f"Alt+{key}")
    assert path(page) == f"/c/{ada.scene.names['case']}"
    assert page.locator("dialog[open]").count() == 0


def test_slash_goes_to_the_search_and_escape_leaves_it(ada: Visitor) -> None:
    page = visit(ada, "board")
    page.keyboard.press("/")
    page.wait_for_function("() => document.activeElement.name === 'q'")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.name !== 'q'")
    page.keyboard.press("/")
    page.keyboard.type("wall")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=wall")


def test_no_press_is_lost_while_the_script_of_the_keys_is_on_its_way(slow: tuple[Visitor, list[Route]]) -> None:
    visitor, held = slow
    page = visit(visitor, "board")
    assert not held
    page.keyboard.press("/")
    page.keyboard.type("wall is:unsolved")
    assert page.evaluate("() => document.activeElement.name") != "q"
    let_go(page, held)
    page.wait_for_function("() => document.querySelector('[data-search]').value === 'wall is:unsolved'")
    page.wait_for_selector("[data-search][aria-expanded=true]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=wall*")


def test_what_is_typed_after_the_first_key_is_no_key_of_the_picture(slow: tuple[Visitor, list[Route]]) -> None:
    """The letters w, i and m and the space belong to the viewer, which stands on a case before all others."""
    visitor, held = slow
    page = visit(visitor, "case")
    page.locator("series-viewer.is-live.is-drawn").wait_for()
    page.keyboard.press("Control+K")
    page.keyboard.type("wall motion i m")
    let_go(page, held)
    page.wait_for_function("() => document.querySelector('.palette input')?.value === 'wall motion i m'")
    assert page.locator("[data-play][aria-pressed=true], [data-act=invert][aria-pressed=true]").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    page.locator("[data-act=invert][aria-pressed=true]").wait_for()


def test_a_wall_asks_for_no_script_of_keys_before_one_is_pressed(ada: Visitor) -> None:
    page = ada.page("ada")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    visit(ada, "board")
    assert "app.js" in asked
    lazy = {"keys.js", "palette.js", "combobox.js", "search.js", "search.css"}
    assert not lazy & set(asked)
    page.keyboard.press("Control+K")
    page.locator(".palette[open]").wait_for()
    assert lazy - {"search.js"} <= set(asked)


def test_the_list_of_keys_has_what_the_page_promises_and_begins_with_it(ada: Visitor) -> None:
    for name, title in PLACES:
        page = visit(ada, name)
        said = page.evaluate(
            "() => [...document.querySelectorAll('[aria-keyshortcuts]')].map(one => one.ariaKeyShortcuts)"
        )
        promised = {stroke for line in said for stroke in line.split()}
        page.keyboard.press("?")
        page.locator("#dialog h3").first.wait_for()
        assert page.locator("#dialog h3").first.inner_text() == title
        told = page.locator("#dialog dt").evaluate_all(
            "lines => lines.flatMap(line => [...line.querySelectorAll('kbd')].map(cap => cap.textContent))"
        )
        caps = {cap.replace("−", "-") for cap in told}
        missing = {stroke for stroke in promised if not set(CAPS.get(stroke, [stroke])) <= caps}
        assert missing == set(), name
        assert promised, name


@pytest.mark.parametrize(("key", "words"), [("?", "Keys"), ("s", "Pin to a board")])
def test_a_dialog_takes_the_focus_and_gives_it_back(ada: Visitor, key: str, words: str) -> None:
    page = visit(ada, "case")
    opener = page.get_by_role("link", name="Pin to a board").first
    opener.focus()
    page.keyboard.press(key)
    page.get_by_role("dialog", name=words).wait_for()
    assert page.evaluate("() => Boolean(document.activeElement.closest('dialog'))")
    for _ in range(6):
        page.keyboard.press("Tab")
    assert page.evaluate(
        "() => Boolean(document.activeElement.closest('dialog')) || document.activeElement === document.body"
    )
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    assert opener.evaluate("opener => opener === document.activeElement"), page.evaluate(ACTIVE)


def test_a_question_before_something_is_done_gives_the_focus_back(ada: Visitor) -> None:
    page = visit(ada, "shares")
    opener = page.get_by_role("button", name=re.compile("^Revoke")).first
    opener.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    assert opener.evaluate("opener => opener === document.activeElement"), page.evaluate(ACTIVE)
    assert page.get_by_role("button", name=re.compile("^Revoke")).count() == 3


def test_e_edits_and_c_comments_and_ctrl_enter_sends(ada: Visitor) -> None:
    page = visit(ada, "case-solved")
    page.keyboard.press("c")
    page.keyboard.type("The brace came off today.")
    page.keyboard.press("Control+Enter")
    page.locator(".comment", has_text="The brace came off today.").wait_for()
    page.locator("#main").focus()
    page.keyboard.press("e")
    page.wait_for_url("**/edit")


def test_brackets_step_and_space_plays(ada: Visitor) -> None:
    page = visit(ada, "case")
    page.locator("series-viewer.is-live.is-drawn").wait_for()
    place = page.locator("series-viewer output[data-number]")
    number = int(place.inner_text().split("/")[0])
    for key, wanted in (("]", number + 1), ("]", number + 2), ("[", number + 1)):
        page.keyboard.press(key)
        page.wait_for_function(
            "wanted => document.querySelector('series-viewer output').textContent.startsWith(`${wanted} `)", arg=wanted
        )
    page.keyboard.press(" ")
    page.locator("[data-play][aria-pressed=true]").wait_for()
    page.keyboard.press(" ")
    page.locator("[data-play][aria-pressed=false]").wait_for()


def test_arrows_go_from_card_to_card_and_enter_opens(ada: Visitor) -> None:
    page = visit(ada, "feed")
    cards = page.locator("pin-grid > .card > a")
    cards.first.focus()
    first = cards.first.bounding_box()
    seen = [first]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        focused = page.evaluate_handle("() => document.activeElement")
        page.keyboard.press(key)
        page.wait_for_function("before => document.activeElement !== before", arg=focused)
        box = page.evaluate(
            "() => { const b = document.activeElement.getBoundingClientRect(); return {x: b.x, y: b.y}; }"
        )
        before = seen[-1]
        assert before
        is_further = {
            "ArrowRight": box["x"] > before["x"], "ArrowLeft": box["x"] < before["x"],
            "ArrowDown": box["y"] > before["y"], "ArrowUp": box["y"] < before["y"],
        }  # fmt: skip
        assert is_further[key], key
        seen.append(box)
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")


def test_single_letters_can_be_switched_off(ada: Visitor) -> None:
    page = visit(ada, "appearance")
    page.get_by_label("Single letters are shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("body[data-keys=off]")
    for key in ("n", "g", "b", "?", "/"):
        page.keyboard.press(key)
    # The next one is answered, so those before it were heard and left alone.
    page.keyboard.press("Control+K")
    page.locator(".palette[open]").wait_for()
    assert page.locator("dialog[open]").count() == 1
    assert page.locator(".palette input").input_value() == ""
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    page.locator(".usermenu summary").press("Enter")
    page.locator(".usermenu[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator(".usermenu:not([open])").wait_for()
    assert path(page) == "/settings/appearance"
    page.get_by_label("Single letters are shortcuts").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("body:not([data-keys])")


@pytest.mark.parametrize("name", ["feed", "case", "draft", "admin-people", "review", "shares"])
def test_the_focus_is_seen_wherever_tab_goes(ada: Visitor, name: str) -> None:
    page = visit(ada, name)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    assert page.evaluate("() => document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash === '#main'")
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            break
        if page.evaluate("() => Boolean(document.activeElement.closest('redactor-canvas svg'))"):
            continue  # the areas draw their own ring
        ring: dict[str, Any] = page.evaluate(RING)
        assert ring["ring"], ring["what"]
        assert ring["inside"], ring["what"]


def test_an_image_is_reviewed_without_a_mouse(ada: Visitor) -> None:
    page = ada.page("ada")
    page.goto(f"/drafts/{ada.scene.names['spare']}/review")
    page.wait_for_selector("redactor-canvas.is-live")
    for count in (1, 2):
        page.locator("#main").focus()
        page.keyboard.press("a")
        page.get_by_text(f"{count} area{'s' * (count > 1)}, not confirmed yet").wait_for()
    assert page.evaluate("() => Boolean(document.activeElement.closest('.redactor-box'))")
    before = area(page)
    with page.expect_response("**/boxes"):
        page.keyboard.press("ArrowRight")
    moved = area(page)
    assert (moved["x"] > before["x"], moved["width"]) == (True, before["width"])
    with page.expect_response("**/boxes"):
        page.keyboard.press("Shift+ArrowRight")
    assert area(page)["width"] > moved["width"]
    page.keyboard.press("Delete")
    page.get_by_text("1 area, not confirmed yet").wait_for()
    page.keyboard.press("Control+z")
    page.get_by_text("2 areas, not confirmed yet").wait_for()
    page.locator(".image-confirm button:enabled").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/drafts/\w+$"))
    page.get_by_text("Every image is confirmed").wait_for()


def test_an_area_that_is_deleted_before_its_move_was_answered_stays_away(ada: Visitor) -> None:
    page = ada.page("ada")
    page.goto(f"/drafts/{ada.scene.names['spare']}/review")
    page.wait_for_selector("redactor-canvas.is-live")
    count = page.locator(".redactor-box").count()
    page.locator("#main").focus()
    with page.expect_response("**/boxes"):
        page.keyboard.press("a")
    held: list[Route] = []
    page.route("**/boxes", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/boxes"):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    with page.expect_response(lambda answer: answer.request.post_data_buffer != held[0].request.post_data_buffer):
        held[0].continue_()
    page.wait_for_selector("[data-settled]:enabled")
    assert page.locator(".redactor-box").count() == count


def area(page: Page) -> dict[str, float]:
    """Give where the chosen area lies, in pixels of the frame."""
    return page.evaluate("""() => {
      const box = document.querySelector('.redactor-box.is-chosen .redactor-area').getBBox();
      return {x: box.x, width: box.width};
    }""")
