"""What a screen reader is told: all that takes the focus has a name and the right role in the accessibility tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.pages import PAGES, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

SEEN = (
    "feed", "boards", "board", "board-sections", "board-arrange", "case", "case-photo", "search", "search-filters",
    "review", "review-cine", "new", "draft", "inbox", "appearance", "help", "commands", "my", "my-case", "landing",
)  # fmt: skip
TAGS = {"A": "link", "BUTTON": "button", "SUMMARY": "DisclosureTriangle", "TEXTAREA": "textbox", "SELECT": "combobox"}
INPUTS = {
    "checkbox": "checkbox", "radio": "radio", "search": "searchbox", "range": "slider", "number": "spinbutton",
    "submit": "button", "button": "button", "file": "button", "date": "Date", "color": "ColorWell",
}  # fmt: skip
WITHOUT_NAME = {"RootWebArea", "main"}
"""The page has its title; the main part takes the focus from the link that skips to it, and is the only one."""


def told(page: Page) -> list[tuple[str, str, str]]:
    """Give what takes the focus, as (element, role, name)."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("Accessibility.enable")
    document = protocol.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    elements: dict[int, dict[str, Any]] = {}
    _collect(document, elements)
    found = []
    for node in protocol.send("Accessibility.getFullAXTree")["nodes"]:
        properties = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
        if node["ignored"] or not properties.get("focusable"):
            continue
        role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
        element = elements.get(node.get("backendDOMNodeId", 0), {})
        found.append((_wanted(element), role, name.strip()))
    protocol.detach()
    return found


def _collect(node: dict[str, Any], elements: dict[int, dict[str, Any]]) -> None:
    attributes = node.get("attributes", [])
    elements[node["backendNodeId"]] = {
        "tag": node["nodeName"], **dict(zip(attributes[::2], attributes[1::2], strict=True))
    }  # fmt: skip
    for child in node.get("children", []):
        _collect(child, elements)


def _wanted(element: dict[str, Any]) -> str:
    """Give the role that an element has by itself or by its attribute; nothing where any may be right."""
    if element.get("role"):
        return str(element["role"])
    if element.get("tag") == "INPUT":
        return INPUTS.get(element.get("type", "text"), "combobox" if "list" in element else "textbox")
    if element.get("tag") == "SELECT" and "multiple" in element:
        return "listbox"
    return TAGS.get(element.get("tag", ""), "")


def faults(page: Page) -> list[str]:
    """Say what has no name, or another role than it should."""
    wrong = []
    for wanted, role, name in told(page):
        if not name and role not in WITHOUT_NAME:
            wrong.append(f"{role} has no name ({wanted})")
        if wanted and role != wanted and wanted not in {"img", "application"}:
            wrong.append(f"{name or '?'} is {role}, not {wanted}")
        if role in {"generic", "none", "StaticText"}:
            wrong.append(f"{name or '?'} takes the focus and is nothing ({role})")
    return wrong


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+K")
    page.locator(".palette[open] [role=option]").first.wait_for()


def open_keys(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("#dialog[open]").wait_for()


def open_pin(page: Page) -> None:
    page.keyboard.press("s")
    page.locator("#dialog[open]").wait_for()


def open_suggestions(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("wall")
    page.wait_for_selector("#q-top[aria-expanded=true]")


OPENED: list[tuple[str, str, Callable[[Page], None]]] = [
    ("palette", "case", open_palette), ("keys", "board", open_keys), ("pin", "case", open_pin),
    ("suggestions", "feed", open_suggestions), ("palette of a patient", "my", open_palette),
]  # fmt: skip


@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_all_that_takes_the_focus_has_a_name_and_its_role(
    browser: Browser, clinic: tuple[Site, Scene], locale: str
) -> None:
    visitor = Visitor(browser, *clinic, options={"locale": locale, "viewport": {"width": 1440, "height": 900}})
    wrong = {}
    views = {view.name: view for view in PAGES}
    for name in SEEN:
        page = visitor.open(views[name])
        assert page.get_attribute("html", "lang") == locale[:2], name
        if found := faults(page):
            wrong[name] = found
    for name, place, act in OPENED:
        page = visitor.open(views[place])
        act(page)
        if found := faults(page):
            wrong[name] = found
    visitor.close()
    assert wrong == {}


def test_a_control_without_a_name_and_one_of_another_role_are_found(
    browser: Browser, clinic: tuple[Site, Scene]
) -> None:
    visitor = Visitor(browser, *clinic)
    page = visitor.page("")
    page.set_content(
        "<title>t</title><main><button></button><div tabindex=0>Save</div><a href=/>Home</a>"
        "<a role=button href=/>Go</a><input type=search role=combobox aria-label=Find aria-expanded=false></main>"
    )
    found = faults(page)
    visitor.close()
    assert sorted(found) == [
        "? takes the focus and is nothing (generic)",
        "button has no name (button)",
        "generic has no name ()",
    ]
