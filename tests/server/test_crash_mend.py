"""A server that is killed while an image is redacted again: hidden or done, never the old picture, never nothing."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.server import watch
from tests.server.files import noise
from tests.server.test_crash import MEGABYTES, Clinic, quietly
from tests.serving import stop

BOXES = "[[null, 4, 4, 200, 60]]"


class Mending(Clinic):
    """A clinic with one published case of one image, which is redacted again and again."""

    def publish(self):
        self.author.draft = ""
        image = self.author.add(noise(MEGABYTES))
        self.confirm(f"/drafts/{self.author.draft}/review", image, "[]")
        assert self.author.post(self.author.url("publish"), self.author.form()).status == 303
        watch.until(lambda: self.state() == "published")
        self.image = image
        self.redact = f"/c/{self.author.draft}/images/{image}/redact"

    def confirm(self, page, image, boxes):
        """Draw and confirm with whatever the page's own form holds, so that no suggestion is overlooked."""
        url = f"/drafts/{self.author.draft}/images/{image}"
        assert self.author.post(f"{url}/boxes", {"boxes": boxes}).status in {200, 303}
        form = BeautifulSoup(self.author.get(page).text, "html.parser").select_one("form[action$='/confirm']")
        fields = {one["name"]: one["value"] for one in form.select("input") if one["name"] != "csrf_token"}
        return self.author.post(form["action"], fields)

    def of_image(self, column):
        return self.of_case(f"instance.{column}", "instance")[0][0]

    def is_under_way(self):
        return bool(watch.rows(self.site, "SELECT count(*) FROM media_intent")[0][0])

    def receipts(self):
        return len(self.of_case("receipt.id", "receipt"))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    running = Mending(tmp_path_factory.mktemp("crash-mend") / "data")
    running.publish()
    yield running
    stop(running.site)
    logs = [*running.logs, running.site.log.read_text()]
    assert not any("Traceback" in log for log in logs)


MOMENTS = {
    "as it is asked": lambda clinic: clinic.is_under_way(),
    "when its receipt is written": lambda clinic: (
        clinic.receipts() > clinic.known or clinic.of_image("state") != "hidden"
    ),
    "when it is done": lambda clinic: clinic.of_image("state") == "published",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_image_is_hidden_or_done_and_never_half(clinic, moment):
    old, clinic.known = clinic.of_image("media_name"), clinic.receipts()
    assert clinic.author.post(clinic.redact).status == 303
    assert clinic.author.get(f"/media/{old}/w236").status == 404
    quietly(lambda: clinic.confirm(clinic.redact, clinic.image, BOXES))
    watch.until(lambda: MOMENTS[moment](clinic))
    clinic.kill()
    watch.until(lambda: clinic.of_image("state") == "published" or not clinic.is_under_way())
    if clinic.of_image("state") == "hidden":
        assert clinic.author.get(f"/media/{old}/w236").status == 404
        clinic.confirm(clinic.redact, clinic.image, BOXES)
        watch.until(lambda: clinic.of_image("state") == "published")
    whole(clinic, old)


def test_killed_while_it_is_sealed_it_is_begun_again(clinic):
    old = clinic.of_image("media_name")
    quietly(lambda: clinic.author.post(clinic.redact))
    clinic.kill()
    assert clinic.of_image("state") in {"published", "hidden"}
    assert clinic.author.post(clinic.redact).status == 303
    assert clinic.author.get(f"/media/{old}/w236").status == 404
    clinic.known = clinic.receipts()
    clinic.confirm(clinic.redact, clinic.image, BOXES)
    watch.until(lambda: clinic.of_image("state") == "published")
    whole(clinic, old)


def whole(clinic, old):
    """Compare rows and files of everything: the new picture is served, the old one is gone, the vault is empty."""
    site, author = clinic.site, clinic.author
    new = clinic.of_image("media_name")
    assert new != old
    assert author.get(f"/media/{old}/w236").status == 404
    assert author.get(f"/media/{new}/w236").status == 200
    watch.until(lambda: clinic.of_image("blob") is None and clinic.in_vault() == [])
    named = dict(watch.rows(site, "SELECT object_name, sha256 FROM media_file"))
    watch.until(lambda: watch.objects(site).keys() <= named.keys())
    assert watch.objects(site) == named
    assert not clinic.is_under_way()
    assert clinic.receipts() == clinic.known + 1
    assert author.get(f"/c/{author.draft}/images/{clinic.image}/dicom").status == 200
