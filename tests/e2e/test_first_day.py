"""A clinic's first day in a browser, on a telephone and on a desk: from files on disk to a patient looking at them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pydicom
import pytest

from pinboard.imaging.errors import REFUSALS
from tests.samples import sample
from tests.serving import Site, start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

PASSWORD = "four quiet herons fly"
TITLE = "Is this wall motion abnormality new?"
FINDINGS = "ZEBRAFINDING reduced excursion of the lateral wall"
CAPTION = "This is your heart as we saw it with ultrasound. We will talk about it on Thursday."
WIDTHS = [pytest.param((390, 844), id="phone"), pytest.param((1440, 900), id="desk")]


@dataclass
class Day:
    """One clinic and the browsers of its people."""

    site: Site
    browser: Browser
    size: tuple[int, int]
    files: list[Path]
    pages: dict[str, Page] = field(default_factory=dict)
    case: str = ""

    def page(self, who: str) -> Page:
        """Give somebody's own browser."""
        if who not in self.pages:
            width, height = self.size
            context = self.browser.new_context(
                viewport={"width": width, "height": height}, has_touch=width < 640, base_url=self.site.url
            )
            context.set_default_timeout(20_000)
            page = context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"a script failed for {who}: {error}"))
            page.on("dialog", lambda dialog: dialog.accept())
            self.pages[who] = page
        return self.pages[who]


@pytest.fixture(scope="module", params=WIDTHS)
def day(request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("day")
    site = start(folder / "data")
    yield Day(site, browser, request.param, same_person(folder))
    stop(site)


def same_person(folder: Path) -> list[Path]:
    """Give a CT slice and an ultrasound cine of one patient, and a photo, under names that must never arrive."""
    made = []
    for name in ("ct-series/pancreas-ct/1-044.dcm", "ultrasound/echo-cine-65f-jpeg-burned-in.dcm"):
        dataset = pydicom.dcmread(sample(name))
        # The cine ends with a stray sequence delimiter, which pydicom reads and cannot write.
        dataset.pop(0xFFFEE0DD, None)
        dataset.PatientID, dataset.PatientName = "MRN-9021048317", "Gwendolen^Fairfax"
        made.append(folder / f"Fairfax Gwendolen {len(made)}.dcm")
        dataset.save_as(made[-1])
    photo = folder / "Fairfax Gwendolen eye.jpg"
    photo.write_bytes(sample("photos/fundus-retina.jpg").read_bytes())
    return [*made, photo]


def test_1_the_administrator_sets_the_clinic_up(day: Day) -> None:
    page = day.page("ada")
    page.goto(day.site.setup_link)
    page.fill("[name=clinic_name]", "Northside Clinic")
    page.fill("[name=name]", "Dr Ada Rao")
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.check("[name=demo]")
    page.click("text=Create the clinic")
    page.wait_for_url("/")
    assert page.goto(day.site.setup_link).url.endswith("/")  # the link opens nothing twice


def test_2_she_invites_a_clinician(day: Day) -> None:
    join(day, "ben", invite(day, "clinician", name="Dr Ben Okafor", verification="licence seen"))
    day.page("ben").wait_for_url("/")


def test_3_she_drops_three_files_and_one_is_refused(day: Day, tmp_path: Path) -> None:
    page = day.page("ada")
    page.goto("/new")
    broken = tmp_path / "letter.dcm"
    broken.write_text("Dear colleague")
    page.set_input_files("#upload-pick", [*day.files, broken])
    page.get_by_text("3 of 4 ready").wait_for()
    rows = page.locator("main li")
    assert "Fairfax" not in page.content()
    rows.filter(has_text="Image 4").get_by_text(REFUSALS["not-an-image"]).wait_for()
    page.locator("main li img").first.wait_for()
    page.click("text=Review images")
    page.wait_for_url("**/review*")


def test_4_she_paints_the_ultrasound_and_confirms_each_image(day: Day) -> None:
    page = day.page("ada")
    page.get_by_role("link", name=re.compile("Image 2")).click()
    page.locator("[data-slider]").wait_for()
    draw(page, (0.60, 0.02), (0.98, 0.12))
    page.get_by_text(re.compile("1 area, not confirmed")).wait_for()
    for done in range(1, 3):
        page.get_by_role("button", name=re.compile("confirm", re.IGNORECASE)).click()
        page.get_by_text(f"{done} of 3 confirmed").wait_for()  # and the next unconfirmed image is shown
    page.get_by_role("button", name=re.compile("confirm", re.IGNORECASE)).click()
    page.wait_for_url(re.compile(r"/drafts/\w+$"))  # after the last, the case itself


def test_5_she_writes_the_case_and_publishes_it(day: Day) -> None:
    page = day.page("ada")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("title", exact=False).first.wait_for()
    assert "/drafts/" in page.url  # nothing is published that lacks a title and a consent
    page.fill("[name=title]", TITLE)
    page.fill("[name=findings]", FINDINGS)
    page.fill("[name=diagnosis] >> nth=0", "Ischaemia")
    page.select_option("[name=age_band]", "60–69")
    page.select_option("[name=sex]", "F")
    page.fill("[name=body_part_text]", "Heart")
    page.locator("#body-part-options [role=option]").first.click()
    for number in range(page.locator("[name^=alt-]").count()):
        page.fill(f"[name^=alt-] >> nth={number}", "A picture described for those who cannot see it")
    page.check("[name=consent_kind][value=signed]")
    page.check("[name=level][value=outside]")
    page.check("[name=reach][value=others]")
    page.check("[name=audience][value=clinic]")
    page.get_by_role("group").get_by_label("Cardiology").check()
    page.get_by_text("Ready to publish").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"/c/\w+$"), timeout=90_000)
    day.case = page.url.rsplit("/", 1)[1]
    assert page.locator("h1").inner_text() == TITLE


def test_6_a_second_clinician_finds_it_on_the_wall_and_answers(day: Day) -> None:
    page = day.page("ben")
    page.goto("/boards")
    page.get_by_role("link", name=re.compile("Cardiology")).first.click()
    card(page).click()
    page.get_by_role("link", name=re.compile("Ultrasound, 65")).click()
    page.get_by_text("/ 65").wait_for()
    before = page.locator("output[data-number]").inner_text()
    page.get_by_role("link", name="Next").click()
    page.locator("output[data-number]").filter(has_not_text=before).wait_for()
    page.fill("#body-new", "I would compare with last year’s study.")
    page.get_by_role("button", name="Comment").click()
    page.locator("article.comment", has_text="last year’s study").wait_for()
    assert page.locator("#body-new").input_value() == ""


def test_7_he_gets_a_reply_and_pins_the_case_to_his_own_board(day: Day) -> None:
    ada, ben = day.page("ada"), day.page("ben")
    ada.reload()
    ada.locator("article.comment").get_by_text("Reply").click()
    ada.locator("textarea[id^=body-]:not(#body-new)").fill("There is none, sadly.")
    ada.get_by_role("button", name="Reply", exact=True).click()
    ada.get_by_text("There is none, sadly.").wait_for()
    ben.reload()
    ben.get_by_text("There is none, sadly.").wait_for()
    ben.get_by_role("link", name="Pin to a board").click()
    ben.get_by_label("Or on a new board").fill("Walls to remember")
    with ben.expect_response(lambda answer: answer.url.endswith("/pin") and answer.request.method == "POST"):
        ben.get_by_role("button", name="Create and pin").click()
    ben.goto("/boards")
    ben.get_by_role("link", name=re.compile("Walls to remember")).first.click()
    card(ben).wait_for()


def test_8_she_releases_it_and_the_patient_sees_that_and_nothing_else(day: Day) -> None:
    ada = day.page("ada")
    ada.goto(f"/c/{day.case}/release")
    code = ada.get_by_label("For whom: chart code").input_value()
    ada.get_by_label("Caption in plain words").fill(CAPTION)
    ada.get_by_role("button", name="Release to the patient").click()
    ada.get_by_text("The patient sees this now").wait_for()
    join(day, "pat", invite(day, "patient", chart_code=code), name="Gwendolen")
    pat = day.page("pat")
    pat.wait_for_url("/my")
    pat.get_by_role("link", name=re.compile(CAPTION[:20])).click()
    pat.get_by_text(CAPTION).wait_for()
    for secret in (TITLE, "ZEBRAFINDING", "Ischaemia", "last year", "Walls to remember", "Cardiology", "Okafor"):
        assert secret not in pat.content()
    pat.locator("#stage img").first.evaluate("image => image.decode()")
    assert pat.goto(f"/c/{day.case}").status == 404
    assert pat.goto("/boards").status == 404


def look_before_it_leaves(day: Day) -> None:
    ada, ben = day.page("ada"), day.page("ben")
    ada.goto(f"/c/{day.case}/shares")
    ada.get_by_role("button", name="Ask a colleague to look").click()
    ada.get_by_text("Your colleagues were asked.", exact=False).first.wait_for()
    ben.goto("/attest")
    ben.get_by_role("link", name=TITLE).first.click()
    ben.locator(".shot img").first.evaluate("image => image.decode()")
    ben.get_by_label("I looked at every image").check()
    ben.get_by_role("button", name="Attest").click()
    ben.get_by_text("Nothing waiting").wait_for()


def test_9_links_open_until_they_are_revoked(day: Day) -> None:
    ada = day.page("ada")
    for kind, words in (("subject", CAPTION), ("colleague", TITLE)):
        if kind == "colleague":
            look_before_it_leaves(day)
        address, pin = share(day, kind)
        guest = day.page(f"guest-{kind}")
        guest.goto(address)
        guest.get_by_label("PIN").fill(pin)
        guest.get_by_role("button", name="Open").click()
        guest.get_by_text(words).wait_for()
        assert "last year’s study" not in guest.content()
        picture = guest.locator("#stage img").first.get_attribute("src")
        assert guest.request.get(picture).ok
        ada.goto(f"/c/{day.case}/shares")
        ada.get_by_role("button", name=re.compile(f"Revoke .*{kind}")).click()
        ada.get_by_role("button", name="Yes, go on").click()
        ada.locator("li.share", has_text=f"for the {kind}").get_by_text("revoked").wait_for()
        assert guest.request.get(picture).status == 404
        assert guest.goto(address).status == 404
        guest.get_by_text("This link opens nothing").wait_for()


def test_a_she_removes_the_wrong_image_and_then_withdraws_the_case(day: Day) -> None:
    ada, ben, pat = day.page("ada"), day.page("ben"), day.page("pat")
    ben.goto(f"/c/{day.case}/series/1")
    picture = ben.locator("#stage img").first.get_attribute("src")
    assert ben.request.get(picture).ok
    ada.goto(f"/c/{day.case}/edit")
    ada.get_by_role("link", name=re.compile("Remove image 1|Remove")).first.click()
    ada.get_by_label("Why").fill("It was another region.")
    ada.get_by_role("button", name="Remove this image").click()
    ada.wait_for_url(f"/c/{day.case}")
    assert ben.request.get(picture).status == 404
    ben.goto(f"/c/{day.case}/history")
    ben.get_by_text("It was another region.").wait_for()
    ada.goto(f"/c/{day.case}/edit")
    ada.get_by_role("button", name="Withdraw this case").click()
    ada.get_by_role("button", name="Yes, go on").click()
    ada.wait_for_url(f"/c/{day.case}")
    assert ben.goto(f"/c/{day.case}").status == 404
    for place in ("/", "/search?q=wall+motion", "/boards"):
        ben.goto(place)
        assert TITLE not in ben.content()
    pat.goto(f"/my/c/{day.case}")
    pat.get_by_text(CAPTION).wait_for()


def test_b_after_sign_out_neither_back_nor_an_address_shows_a_picture(day: Day) -> None:
    pat = day.page("pat")
    picture = pat.locator("#stage img").first.get_attribute("src")
    pat.get_by_role("banner").locator("details.usermenu summary").click()
    pat.get_by_role("button", name="Sign out").click()
    pat.wait_for_url("**/login*")
    pat.go_back()
    pat.wait_for_load_state()
    assert CAPTION not in pat.content()
    assert pat.request.get(picture).status == 404
    assert pat.goto(picture).status == 404


def test_c_no_name_of_a_file_or_patient_lies_on_the_disk(day: Day) -> None:
    files = [path for path in day.site.data.rglob("*") if path.is_file()]
    assert files
    for path in [*files, day.site.log]:
        held = path.read_bytes()
        assert b"Fairfax" not in held, path
        assert b"9021048317" not in held, path


def invite(day: Day, role: str, **fields: str) -> str:
    """Make an invitation and give its address."""
    page = day.page("ada")
    page.goto("/admin/invitations")
    page.check(f"[name=role][value={role}]")
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Make the invitation").click()
    found = re.search(r"https?://[\w.:]+/join/[\w-]+", page.locator("main").inner_html())
    assert found, page.locator("main").inner_text()
    return found.group()


def join(day: Day, who: str, address: str, name: str | None = None) -> None:
    page = day.page(who)
    page.goto(address)
    if name:
        page.fill("[name=name]", name)
    page.fill("[name=login]", who)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Create my account").click()


def share(day: Day, kind: str) -> tuple[str, str]:
    """Make a link with a PIN and give both."""
    page = day.page("ada")
    page.goto(f"/c/{day.case}/shares")
    page.check(f"[name=kind][value={kind}]")
    page.fill("[name=label]", f"for the {kind}")
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("Address").input_value()
    return address, page.locator("p.code").inner_text()


def card(page: Page) -> Locator:
    """Find the case on a wall."""
    return page.locator(".card > a", has_text=TITLE)


def draw(page: Page, start_at: tuple[float, float], end_at: tuple[float, float]) -> None:
    """Draw an area by pointer, in fractions of the picture."""
    page.locator("redactor-canvas.is-live img").evaluate("image => image.decode()")
    box = page.locator("redactor-canvas svg").bounding_box()
    assert box
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start_at, end_at)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=6)
    page.mouse.up()
