"""Correcting a published case in the open: words with before and after, and one wrong image."""

import json

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import AuditEvent, Case, CaseChange, CaseState, Instance, Series
from tests.factories import make_case
from tests.html import checked, fragment, page
from tests.pictures import addresses, images
from tests.upkeep.conftest import picture, text_of


def changes(session, scene):
    session.expire_all()
    return session.scalars(select(CaseChange).where(CaseChange.case_id == scene.case.id).order_by(CaseChange.id)).all()


def test_the_form_holds_the_words_as_they_stand(session, scene, url, ada, form):
    case = session.get_one(Case, scene.case.id)
    case.differential = [{"diagnosis": "Scar", "certainty": "almost certain"}]
    case.age_band, case.sex, case.is_sensitive = "60–69", "F", True  # covered before reasons were asked for
    session.commit()
    soup = page(ada, f"{url}/edit")
    assert soup.select_one("[name=title]")["value"] == form["title"]
    assert soup.select_one("[name=differential]").get_text().strip() == "Scar (almost certain)"
    assert soup.select_one("[name=sex] [selected]")["value"] == "F"
    assert soup.select_one("[name=sensitive_reason] [selected]")["value"] == "other"
    assert soup.select_one("[name=tags]")["value"] == "chest"


def test_every_change_has_its_line_with_before_and_after(session, scene, url, ada, ben, form):
    changed = form | {
        "title": "Okapiword: is it recent?",
        "findings": "A nodule of 4 mm.",
        "differential": "Granuloma (certain)\nMetastasis\n",
        "tags": "#Chest, Lung, lung",
        "sex": "M",
    }
    assert ada.post(f"{url}/edit", changed).status_code == 303
    sure = {"diagnosis": "Granuloma", "certainty": "certain"}
    possible = {"diagnosis": "Metastasis", "certainty": "possible"}
    lines = {(line.field, line.before, line.after) for line in changes(session, scene)}
    assert lines == {
        ("title", form["title"], "Okapiword: is it recent?"),
        ("findings", "", "A nodule of 4 mm."),
        (
            "differential",
            "[]",
            json.dumps([sure, possible]),
        ),
        ("tags", '["chest"]', '["chest", "lung"]'),
        ("sex", None, "M"),
    }
    shown = page(ben, f"{url}/history")
    assert "Okapiword: is it recent?" in [element.get_text() for element in shown.find_all("ins")]
    assert form["title"] in [element.get_text() for element in shown.find_all("del")]
    assert "Ada Owens" in text_of(shown)
    words = text_of(shown.main)
    assert all(one in words for one in ("Granuloma (certain); Metastasis (possible)", "chest, lung", "Male"))
    assert not any(one in words for one in ("{", "[", '"'))
    assert "is it recent?" in text_of(page(ben, url))
    assert page(ben, "/search?q=recent").select(f"#results a[href='{url}']")
    assert not page(ben, "/search?q=old").select(f"a[href='{url}']")


def test_the_audit_knows_the_fields_and_no_words(session, scene, url, ada, form):
    ada.post(f"{url}/edit", form | {"title": "Quaggatitle"})
    events = session.scalars(select(AuditEvent).where(AuditEvent.case_id == scene.case.id)).all()
    assert [(event.verb, event.detail) for event in events] == [("edit", {"fields": ["title"]})]


def test_nothing_changed_is_no_change(session, scene, url, ada, form):
    assert ada.post(f"{url}/edit", form).status_code == 303
    assert changes(session, scene) == []
    assert "Nothing was changed." in ada.get(url).text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "The title is the question in one sentence."),
        ({"title": "x" * 201}, "Use at most 200 characters."),
        ({"findings": "x" * 20_001}, "Use at most 20000 characters."),
        ({"body_part": "Wing"}, "Choose a body part from the list."),
        ({"sex": "X"}, ""),
        ({"age_band": "17"}, ""),
        ({"laterality": "left"}, ""),
    ],
)
def test_what_cannot_be_right_is_said_and_the_words_are_kept(session, scene, url, ada, form, wrong, words):
    answer = ada.post(f"{url}/edit", form | {"question": "Kept as typed"} | wrong)
    assert answer.status_code == 422
    soup = checked(answer)
    assert words in text_of(soup)
    assert soup.select_one("#words-form .error")
    assert soup.select_one("[name=question]").get_text().strip() == "Kept as typed"
    assert changes(session, scene) == []
    part = fragment(ada, f"{url}/edit", 422, method="POST", data=form | wrong)
    assert part.select_one("#words-form .error")


def test_a_description_typed_beside_a_mistake_is_kept(session, scene, url, ada, form):
    series = session.scalars(select(Series).where(Series.case_id == scene.case.id)).first()
    answer = ada.post(f"{url}/edit", form | {"title": "", f"alt-{series.public_id}": "A rib, newly described"})
    assert answer.status_code == 422
    assert checked(answer).select_one(f"[name=alt-{series.public_id}]")["value"] == "A rib, newly described"


def test_a_description_is_mended_for_those_who_cannot_see(session, scene, url, ada, ben, form):
    series = session.scalars(select(Series).where(Series.case_id == scene.case.id).order_by(Series.id)).first()
    assert ada.post(f"{url}/edit", form | {f"alt-{series.public_id}": "A left rib"}).status_code == 303
    assert [(line.field, line.after) for line in changes(session, scene)] == [("alt_text", "A left rib")]
    assert page(ben, url).select_one("#stage img")["alt"] == "A left rib"
    # That of another case, and one that is none, are ignored.
    assert ada.post(f"{url}/edit", form | {"alt-none": "x", "alt-": "y"}).status_code == 303
    assert len(changes(session, scene)) == 1


def test_a_side_and_a_part_of_the_body(session, scene, url, ada, ben, form):
    assert ada.post(f"{url}/edit", form | {"body_part": "chest", "laterality": "7771000"}).status_code == 303
    assert {line.field for line in changes(session, scene)} == {"body_part", "laterality"}
    assert "chest" in text_of(page(ben, url)).casefold()
    assert page(ada, f"{url}/edit").select_one("[name=body_part]")["value"] == "Chest"
    words = text_of(page(ben, f"{url}/history").main)
    assert "Corrected: side" in words
    assert "Left" in words
    assert "7771000" not in words


@pytest.mark.parametrize("name", ["ben", "cleo", "tom", "dee", "pat", "oz"])
def test_nobody_else_mends_it(client, session, scene, url, sign_in, form, name):
    sign_in(getattr(scene.people, name))
    image = images(session, scene.case)[0].public_id
    assert client.get(f"{url}/edit").status_code == 404
    assert client.post(f"{url}/edit", form | {"title": "Mine now"}).status_code == 404
    assert client.get(f"{url}/images/{image}/remove").status_code == 404
    assert client.post(f"{url}/images/{image}/remove", {"reason": "x"}).status_code == 404
    assert changes(session, scene) == []


@pytest.mark.parametrize("state", [CaseState.WITHDRAWN, CaseState.DRAFT])
def test_only_what_stands_in_the_open_is_mended_here(session, scene, url, ada, form, state):
    scene.case.state = state
    policy.rebuild(session, [scene.case.id])
    session.commit()
    assert ada.get(f"{url}/edit").status_code == 404
    assert ada.post(f"{url}/edit", form | {"title": "Too late"}).status_code == 404


def test_what_decides_about_readers_is_not_taken_from_the_form(session, scene, url, ada, form):
    ada.post(
        f"{url}/edit", form | {"state": "draft", "author_id": str(scene.people.ben.id), "audience_choice": "public"}
    )
    session.expire_all()
    case = session.get_one(Case, scene.case.id)
    assert (case.state, case.author_id) == (CaseState.PUBLISHED, scene.people.ada.id)
    assert changes(session, scene) == []


def test_a_wrong_image_goes_at_once_and_the_history_says_why(session, scene, url, ada, ben, pat):
    first, second = images(session, scene.case)
    gone, kept = addresses(first), addresses(second)
    removed, second_name = first.media_name, second.media_name
    seen = ben.get(gone[0]).headers["ETag"]
    assert "Remove this image" in text_of(page(ada, f"{url}/images/{first.public_id}/remove"))
    answer = ada.post(f"{url}/images/{first.public_id}/remove", {"reason": "It was another region."})
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    for reader in (ada, ben, pat):
        assert {reader.get(address).status_code for address in gone} == {404}
        assert reader.get(gone[0], headers={"If-None-Match": seen}).status_code == 404
        assert {reader.get(address).status_code for address in kept} == {200}
    (line,) = changes(session, scene)
    assert (line.verb, line.reason) == ("image-removed", "It was another region.")
    assert "It was another region." in text_of(page(ben, f"{url}/history"))
    case = session.get_one(Case, scene.case.id)
    assert (case.cover["name"], case.frame_count) == (second_name, 1)
    for place in (url, "/", "/b/ada-chest", f"{url}/edit", f"{url}/release"):
        assert removed not in ada.get(place).text, place
    assert second_name in ben.get("/b/ada-chest").text
    assert session.get_one(Instance, first.id).header == {}


def test_why_it_goes_has_to_be_said(session, scene, url, ada):
    image = images(session, scene.case)[0]
    answer = ada.post(f"{url}/images/{image.public_id}/remove", {"reason": "  "})
    assert answer.status_code == 422
    assert "Say why in a few words; readers see it." in text_of(checked(answer))
    assert ada.get(picture(session, scene)).status_code == 200


def test_the_last_image_stays(session, scene, url, ada):
    first, second = images(session, scene.case)
    ada.post(f"{url}/images/{first.public_id}/remove", {"reason": "x"})
    answer = ada.post(f"{url}/images/{second.public_id}/remove", {"reason": "x"})
    assert answer.status_code == 409
    assert "This is the only image of the case." in text_of(checked(answer))
    assert ada.get(picture(session, scene, 1)).status_code == 200
    assert not page(ada, f"{url}/edit").select("a[href$='/remove']")
    assert ada.post(f"{url}/images/{first.public_id}/remove", {"reason": "again"}).status_code == 404
    assert [line.verb for line in changes(session, scene)] == ["image-removed"]


def test_an_image_is_removed_only_under_its_own_case(session, scene, url, ada, stores):
    other = make_case(session, scene.people.ada, pictures=2)
    session.commit()
    foreign = images(session, other)[0].public_id
    assert ada.post(f"{url}/images/{foreign}/remove", {"reason": "x"}).status_code == 404
    assert ada.get(f"{url}/images/{foreign}/dicom").status_code == 404
    assert ada.post(f"{url}/images/none/remove", {"reason": "x"}).status_code == 404


def test_nothing_changed_yet_is_said_too(ben, url):
    assert "Nothing has changed since this case was published." in text_of(page(ben, f"{url}/history"))


def test_how_sure_an_author_is_is_read_in_the_authors_language(session, scene, url, ada, ben, form):
    case = session.get_one(Case, scene.case.id)
    case.differential = [{"diagnosis": "Scar", "certainty": "almost certain"}]
    session.commit()
    spanish = {"Accept-Language": "es"}
    soup = page(ada, f"{url}/edit", headers=spanish)
    assert soup.select_one("[name=differential]").get_text().strip() == "Scar (casi seguro)"
    assert "(casi seguro)" in soup.select_one("#f-differential-help, [id^=f-differential]").find_parent().get_text()
    typed = "Scar (CASI SEGURO)\nGranuloma (seguro)\nNode (certain)\nVessel (unlikely)"
    assert ada.post(f"{url}/edit", form | {"differential": typed}, headers=spanish).status_code == 303
    session.expire_all()
    kept = [(item["diagnosis"], item["certainty"]) for item in session.get_one(Case, scene.case.id).differential]
    assert kept == [
        ("Scar", "almost certain"), ("Granuloma", "certain"), ("Node", "certain"), ("Vessel (unlikely)", "possible"),
    ]  # fmt: skip
    for headers, word in ((spanish, "seguro"), ({}, "certain")):
        lines = [" ".join(line.get_text(" ").split()) for line in page(ben, url, headers=headers).select("ol li")]
        assert f"Granuloma {word}" in lines
