"""A clinic's first day without a line of JavaScript: from the set-up link to a withdrawn case, by links and forms."""

import io
import re
from types import SimpleNamespace

import pydicom
from sqlalchemy import select

from pinboard.imaging.errors import REFUSALS
from pinboard.models import Base, CaseState
from pinboard.models import Case as CaseRow
from tests.samples import sample

PASSWORD = "four quiet herons fly"
TITLE = "Is this wall motion abnormality new?"
FINDINGS = "ZEBRAFINDING reduced excursion of the lateral wall"
CAPTION = "This is your heart as we saw it with ultrasound. We will talk about it on Thursday."
COMMENT = "I would compare with last year’s study."
IDENTIFYING = ("Fairfax", "Gwendolen", "9021048317")


def files():
    """Give a CT slice and an ultrasound cine of one patient, a photo and a letter, under names that must not arrive."""
    made = []
    for name in ("ct-series/pancreas-ct/1-044.dcm", "ultrasound/echo-cine-65f-jpeg-burned-in.dcm"):
        dataset = pydicom.dcmread(sample(name))
        # The cine ends with a stray sequence delimiter, which pydicom reads and cannot write.
        dataset.pop(0xFFFEE0DD, None)
        dataset.PatientID, dataset.PatientName = "MRN-9021048317", "Gwendolen^Fairfax"
        held = io.BytesIO()
        dataset.save_as(held)
        made.append((held.getvalue(), f"Fairfax Gwendolen {len(made)}.dcm"))
    made.append((sample("photos/fundus-retina.jpg").read_bytes(), "Fairfax Gwendolen eye.jpg"))
    return made


def test_the_first_day(first_start):
    day = SimpleNamespace(clinic=first_start, secrets=[])
    set_up(day)
    invite_a_clinician(day)
    upload_one_file_at_a_time(day)
    look_at_each_image(day)
    write_and_publish(day)
    find_answer_and_pin(day)
    release_to_the_patient(day)
    share_and_revoke(day, "subject", CAPTION)
    look_before_it_leaves(day)
    share_and_revoke(day, "colleague", TITLE)
    remove_the_wrong_image(day)
    withdraw(day)
    nothing_identifies_anybody_on_the_disk(day)
    no_secret_of_a_link_is_stored(day)


def set_up(day):
    day.ada = day.clinic.browser().open(day.clinic.link)
    fields = {"clinic_name": "Northside Clinic", "name": "Dr Ada Rao", "login": "ada", "password": PASSWORD}
    assert day.ada.press("Create the clinic", 422, **fields | {"password": "short"}).has("Northside")
    day.ada.press("Create the clinic", **fields)
    assert day.ada.at == "/"
    assert day.clinic.work()  # the demo board, which the form offers
    assert day.ada.open("/b/cardiology").soup.select(".card")
    assert day.clinic.browser().open(day.clinic.link).at.startswith("/login")  # the link opens nothing twice


def invitation(day, role, **fields):
    day.ada.open("/admin/invitations").press("Make the invitation", role=role, **fields)
    link = day.ada.soup.select_one("[name=link]")["value"]
    day.secrets.append(link.rsplit("/", 1)[1])
    return link


def invite_a_clinician(day):
    link = invitation(day, "clinician", name="Dr Ben Okafor", verification="licence seen")
    day.ben = day.clinic.browser().open(link)
    day.ben.press("Create my account", login="ben", password=PASSWORD)
    assert day.ben.at == "/"
    assert day.clinic.browser().open(link, 404).has("login")


def upload_one_file_at_a_time(day):
    day.ada.open("/new")
    for data, name in files():
        day.ada.press("Upload", file=(data, name))
    day.ada.press("Upload", 422, file=(b"Dear colleague", "Fairfax letter.dcm"))
    assert REFUSALS["not-an-image"] in day.ada.text
    assert "3 of 4 ready" in day.ada.text
    assert not any(day.ada.has(word) for word in IDENTIFYING)
    pictures = [image["src"] for image in day.ada.soup.select("#upload-queue img")]
    assert len(pictures) == 3
    assert {day.ada.ask(src) for src in pictures} == {200}
    assert {day.ben.ask(src) for src in pictures} == {404}


def look_at_each_image(day):
    day.ada.follow("Review images")
    day.draft = day.ada.at.split("/")[2]
    day.ada.follow("Image 2")
    wide, high = (int(day.ada.soup.select_one(f"[name={name}]")["max"]) for name in ("width", "height"))
    area = {"x": int(wide * 0.6), "y": int(high * 0.02), "width": int(wide * 0.38), "height": high // 10}
    day.ada.press("Add area", **area)
    assert "1 area, not confirmed yet" in day.ada.text
    for done in range(1, 3):
        day.ada.press("Confirm (this image|without waiting)")
        assert f"{done} of 3 confirmed" in day.ada.text
        assert "not confirmed yet" in day.ada.text  # the next one is shown
    day.ada.press("Confirm (this image|without waiting)")
    assert "Write the case" in day.ada.text  # all were looked at


def write_and_publish(day):
    ada = day.ada
    assert "Record the consent" in ada.press("Publish", 409).text
    described = dict.fromkeys(_fields(ada, "alt-"), "A picture, described")
    boards = {label.get_text(): label.find_previous("input")["value"] for label in ada.soup.select("label")[1:]}
    ada.press(
        "Publish",
        title=TITLE,
        findings=FINDINGS,
        diagnosis=["Ischaemia", "Artefact", ""],
        certainty=["almost certain", "possible", "possible"],
        tags="echo, heart",
        age_band="60–69",
        sex="F",
        body_part_text="Heart",
        consent_kind="signed",
        level="outside",
        reach="others",
        audience=["clinic", "outside"],
        board=[boards["Cardiology"]],
        **described,
    )
    assert ada.at.endswith("/progress")
    assert day.clinic.work()
    day.case = f"/c/{day.draft}"
    assert ada.open(ada.at).at == day.case
    assert ada.soup.h1.get_text() == TITLE
    assert all(words in ada.text for words in (FINDINGS, "Ischaemia"))


def _fields(browser, beginning):
    return [control["name"] for control in browser.soup.select(f"[name^={beginning}]")]


def find_answer_and_pin(day):
    ada, ben = day.ada, day.ben
    ben.open("/boards").follow("Cardiology").follow(re.escape(TITLE))
    assert ben.at == day.case
    ben.follow("Ultrasound, 65")
    frame = ben.soup.select_one("output").get_text()
    ben.follow("^Next$")
    assert ben.soup.select_one("output").get_text() != frame
    assert ben.ask(ben.soup.select_one("#stage .picture img")["src"]) == 200
    ben.press("Comment", within="form.composer", body=COMMENT)
    assert COMMENT in ben.text
    ada.open(day.case).follow("^Reply$").press("^Reply$", body="There is none, sadly.")
    assert "There is none, sadly." in ben.open(day.case).text
    assert "replied to you" in ben.open("/inbox").text
    ben.open(day.case).follow("Pin to a board").press("Create and pin", title="Walls to remember")
    ben.open("/boards").follow("Walls to remember")
    assert TITLE in ben.text
    assert TITLE in ben.open("/search").press("Search", q="wall motion").text


def release_to_the_patient(day):
    ada = day.ada
    ada.open(day.case).follow("Release to the patient")
    code = ada.soup.select_one("[name=chart_code]")["value"]
    assert code.startswith("P-")
    ada.press("Release to the patient", caption=CAPTION, author_name="Dr Rao")
    assert "The patient sees this now" in ada.text
    pat = day.pat = day.clinic.browser().open(invitation(day, "patient", chart_code=code))
    pat.press("Create my account", name="Gwen", login="gwen", password=PASSWORD)
    assert pat.at == "/my"
    pat.follow(CAPTION[:20])
    assert all(words in pat.text for words in (CAPTION, "Dr Rao"))
    closed = (TITLE, "ZEBRAFINDING", "Ischaemia", "last year", "Walls to remember", "Cardiology", "Okafor", "Ada Rao")
    for address in (pat.at, "/my", "/inbox", "/settings/profile", "/help"):
        pat.open(address)
        assert not any(pat.has(words) for words in closed), address
    pat.open(f"/my{day.case}")
    pictures = [image["src"] for image in pat.soup.select("#stage img")]
    assert {pat.ask(src) for src in pictures} == {200}
    assert {pat.ask(url) for url in (day.case, f"{day.case}/history", "/boards", "/search?q=wall", "/people")} == {404}


def look_before_it_leaves(day):
    ada, ben, shares = day.ada, day.ben, f"{day.case}/shares"
    ada.open(shares).press("Make the link", 422, kind="colleague", label="too early", days="7")
    assert "A second clinician has to look at the images" in ada.text
    ada.press("Ask a colleague to look")
    assert "Dr Ada Rao asks for a second look" in ben.open("/inbox").text
    ben.follow("asks for a second look").follow(TITLE)
    pictures = [image["src"] for image in ben.soup.select(".shot img")]
    assert len(pictures) > 60  # every frame of the loop too
    assert {ben.ask(src) for src in pictures} == {200}
    assert {day.pat.ask(src) for src in pictures[:2]} == {404}
    assert "Tick the box" in ben.press("Attest", 422).text
    ben.press("Attest", looked="1")
    assert "Dr Ben Okafor looked at every image" in ada.open(shares).text


def share_and_revoke(day, kind, words):
    ada, guest = day.ada, day.clinic.browser()
    ada.open(f"{day.case}/shares").press("Make the link", kind=kind, label=f"for the {kind}", days="7", wants_pin="1")
    address, pin = ada.soup.select_one("input.copy")["value"], ada.soup.select_one("p.code").get_text()
    code = ada.soup.select_one("strong.code")
    day.secrets += [address.rsplit("/", 1)[1], pin] + ([code.get_text()] if code else [])
    if code:
        guest.open("/s").press("Open", code=code.get_text().lower())
    else:
        guest.open(address)
    assert "Enter the PIN" in guest.text
    guest.press("Open", 422, pin="000000" if pin != "000000" else "111111")
    guest.press("Open", pin=pin)
    assert words in guest.text
    assert not any(guest.has(secret) for secret in (COMMENT, "Okafor", "Cardiology", f"for the {kind}"))
    assert (TITLE in guest.text) is (kind == "colleague")
    picture = guest.soup.select_one("#stage img")["src"]
    assert guest.ask(picture) == 200
    assert day.clinic.browser().ask(picture) == 404
    ada.open(f"{day.case}/shares").press(f"Revoke for the {kind}")
    assert "revoked" in ada.text
    assert guest.ask(picture) == 404
    assert "This link opens nothing" in guest.open(address, 404).text


def remove_the_wrong_image(day):
    ada, ben, pat = day.ada, day.ben, day.pat
    ben.open(f"{day.case}/series/1")
    picture = ben.soup.select_one("#stage img")["src"]
    assert {ben.ask(picture), pat.ask(picture)} == {200}
    ada.open(f"{day.case}/edit").follow("Remove")
    ada.press("Remove this image", reason="It was another region.")
    assert {browser.ask(picture) for browser in (ada, ben, pat)} == {404}
    assert "It was another region." in ben.open(f"{day.case}/history").text
    objects = set(day.clinic.stores.media.names())
    assert day.clinic.work()
    assert set(day.clinic.stores.media.names()) < objects


def withdraw(day):
    ada, ben, pat = day.ada, day.ben, day.pat
    kept = ben.open(day.case).soup.select_one("#stage img")["src"]
    assert ben.ask(kept) == 200
    ada.open(f"{day.case}/edit").press("Withdraw this case")
    assert "Nobody else sees it" in ada.text
    assert ben.ask(kept) == 404
    assert {ben.ask(f"{day.case}{part}") for part in ("", "/history", "/comments", "/series/1")} == {404}
    for place in ("/", "/search?q=wall+motion", "/boards", "/inbox"):
        assert not ben.open(place).has(TITLE), place
    ben.open("/boards").follow("Cardiology")
    assert not ben.has(TITLE)
    pat.open(f"/my{day.case}")
    assert CAPTION in pat.text
    assert pat.ask(pat.soup.select_one("#stage img")["src"]) == 200
    with day.clinic.stores.reading() as session:
        assert session.scalar(select(CaseRow.state).where(CaseRow.public_id == day.draft)) is CaseState.WITHDRAWN


def held(clinic):
    """Give everything that was written: every file of the data folder, and every row of the database."""
    for path in clinic.folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(clinic.folder)), path.read_bytes()
    with clinic.stores.reading() as session:
        for table in Base.metadata.sorted_tables:
            yield table.name, repr(session.execute(select(table)).all()).encode()


def nothing_identifies_anybody_on_the_disk(day):
    places = list(held(day.clinic))
    assert len(places) > 40
    for name, data in places:
        assert [word for word in IDENTIFYING if word.encode() in data] == [], name


def no_secret_of_a_link_is_stored(day):
    assert len(day.secrets) == 7
    for name, data in held(day.clinic):
        assert [secret for secret in day.secrets if secret.encode() in data and len(secret) > 6] == [], name
