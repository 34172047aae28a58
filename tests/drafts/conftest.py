"""A draft author at work: the real application, the real sandbox, files from pydicom's own wheel."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pydicom
import pytest
from bs4 import BeautifulSoup
from PIL import Image
from pydicom.data import get_testdata_file

ROW = {"HX-Request": "true", "HX-Request-Type": "partial"}


def wheel(name, patient="4711"):
    """Give a file that pydicom ships, as if it were of this patient: one case is about one person."""
    dataset = pydicom.dcmread(get_testdata_file(name, download=False))
    dataset.PatientID = patient
    held = io.BytesIO()
    dataset.save_as(held)
    return held.getvalue()


def photo(size=(320, 200), kind="JPEG", colour=(180, 90, 60), **options):
    """Make a photo."""
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, kind, **options)
    return held.getvalue()


class Author:
    """Somebody who makes a case, by the requests that the pages make."""

    def __init__(self, client, user):
        self.client, self.user, self.draft = client, user, ""

    def slot(self, **fields):
        answer = self.client.post("/uploads", {"draft": self.draft, "photo_kind": "XC", **fields}, headers=ROW)
        if answer.status_code == 201:
            self.draft = re.search(r'data-draft="([^"]+)"', answer.text)[1]
        return answer

    def put(self, slot, data, **options):
        url = slot if isinstance(slot, str) else put_url(slot)
        headers = {"X-CSRFToken": self.client.csrf(), **ROW}
        return self.client.put(url, data=data, headers=headers, content_type="application/octet-stream", **options)

    def send(self, data):
        return self.put(self.slot(), data)

    def add(self, data):
        answer = self.send(data)
        assert answer.status_code == 200, answer.text
        return image_of(answer)

    def url(self, image="", step=""):
        base = f"/drafts/{self.draft}"
        return f"{base}/images/{image}/{step}" if image else f"{base}/{step}" if step else base

    def confirm(self, image, boxes="[]"):
        return self.client.post(self.url(image, "confirm"), {"boxes": boxes})


def sealed(stores):
    """List what the vault holds, but for the key that wraps the others."""
    return [path for path in stores.config.vault_path.rglob("*") if path.is_file() and "kek" not in path.parts]


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def put_url(slot):
    return re.search(r'data-put="([^"]+)"', slot.text)[1]


def image_of(answer):
    return re.search(r"/images/([a-z2-7]{26})/preview", answer.text)[1]


@pytest.fixture
def author(client, sign_in):
    return Author(client, sign_in("clinician", name="Ada Owens"))


@pytest.fixture
def other(browser, sign_in):
    """Give a second clinician in another browser."""
    there = browser()
    return Author(there, sign_in("clinician", to=there, name="Ben Shah"))


@pytest.fixture
def files():
    return SimpleNamespace(ct=wheel("CT_small.dcm"), cine=wheel("examples_ybr_color.dcm"), photo=photo())
