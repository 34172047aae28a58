"""No value that was planted anywhere in a file comes out of `pinboard deid`, and what showing an image needs does.

The normal suite plants into a few files, more than 48,000 values in all; `-m slow` plants into every transfer syntax.
"""

from __future__ import annotations

import io
from datetime import date
from itertools import count, product
from typing import ClassVar

import numpy as np
import pydicom
import pytest

from pinboard.cli import main
from tests.deid.carriers import CARRIERS, DEFLATED
from tests.deid.planting import CHARSETS, Planter, made, surviving
from tests.dicoms import make_dicom

FAST = ["CT_small.dcm", "photo as JPEG", "MR_small_jp2klossless.dcm", "examples_palette.dcm", "enhanced"]
ENOUGH = 48_000


class Run:
    """Files with planted values, the folder they went through, and what came out."""

    def __init__(self, folder, names, *, is_hostile):
        self.planter = Planter()
        self.source, self.target = folder / "in", folder / "out"
        self.source.mkdir()
        self.found = 0
        self.carriers = []
        self.names = []
        for place, name in enumerate(names):
            self._plant(name, list(CHARSETS)[place % len(CHARSETS)], is_hostile=is_hostile)
        (folder / "key").write_bytes(bytes(range(32)))

    def _plant(self, name, charset, *, is_hostile):
        self.planter.charset = charset
        carrier = CARRIERS[name]()
        before = len(self.planter.planted)
        data = made(carrier, self.planter, is_hostile=is_hostile)
        planted = dict(list(self.planter.planted.items())[before:])
        is_deflated = carrier.file_meta.TransferSyntaxUID == DEFLATED
        self.found += 0 if is_deflated else len(surviving(planted, data))
        word = self.planter.text("file name")
        self.names.append(word)
        (self.source / f"{len(self.names):02} {word}^{self.planter.native('file name')}.dcm").write_bytes(data)
        self.carriers.append(CARRIERS[name]())

    def go(self, *more):
        assert main(["deid", str(self.source), str(self.target), *more]) == 0
        return [path.read_bytes() for path in sorted(self.target.iterdir())]


@pytest.fixture
def run(tmp_path, capsys):
    def go(names, *, is_hostile=False):
        one = Run(tmp_path, names, is_hostile=is_hostile)
        out = one.go("--key", str(tmp_path / "key"))
        said = capsys.readouterr()
        assert said.err == ""
        assert len(out) == len(names)
        for data in [*out, said.out.encode(), *(path.name.encode() for path in one.target.iterdir())]:
            assert surviving(one.planter.planted, data) == []
        return one, out

    return go


def same_pixels(before, after):
    """Compare what two data sets decode to."""
    return np.array_equal(before.pixel_array, after.pixel_array)


def test_of_more_than_48000_values_none_survives(run):
    one, out = run(FAST)
    assert one.found >= ENOUGH
    for carrier, data in zip(one.carriers, out, strict=True):
        assert same_pixels(carrier, pydicom.dcmread(io.BytesIO(data)))


def test_a_wrong_value_in_an_allowed_element_does_not_survive_either(run):
    one, _ = run(FAST[::2], is_hostile=True)
    assert one.found >= ENOUGH


@pytest.mark.slow
@pytest.mark.parametrize("is_hostile", [False, True])
def test_none_survives_in_any_transfer_syntax(run, is_hostile):
    one, out = run(list(CARRIERS), is_hostile=is_hostile)
    assert one.found >= 10 * ENOUGH
    for carrier, data in zip(one.carriers, out, strict=True):
        if not is_hostile:
            assert same_pixels(carrier, pydicom.dcmread(io.BytesIO(data)))


def test_the_search_finds_what_is_there():
    planter = Planter(charset="ISO_IR 144")
    words = [planter.text("a"), planter.native("b"), planter.digits("c"), planter.date("d"), planter.value("AS", "e")]
    for word, place in zip(words, "abcde", strict=True):
        data = f"x{word}y".encode("iso8859-5")
        assert place in surviving(planter.planted, data)
    assert surviving(planter.planted, b"nothing at all, 20260101") == []


@pytest.mark.parametrize(("age", "born", "kept"), [
    ("097Y", None, "090Y"), (None, "19200101", "090Y"), ("131Y", None, "090Y"), ("089Y", None, "080Y"),
    (None, "19350101", "080Y"),
])  # fmt: skip
def test_ages_over_89_are_one(tmp_path, age, born, kept):
    more = {"PatientAge": age, "PatientBirthDate": born}
    (tmp_path / "a.dcm").write_bytes(make_dicom(study_date="20240219", is_planted=False, **more).data)
    assert main(["deid", str(tmp_path / "a.dcm"), str(tmp_path / "out")]) == 0
    assert pydicom.dcmread(tmp_path / "out" / "img-0001.dcm").PatientAge == kept


class Links:
    """Three people with three studies each on known days, two series each, in an order that helps nobody."""

    DAYS: ClassVar = {"A": (0, 1, 400), "B": (0, 30, 31), "C": (10, 20, 2000)}

    def __init__(self, folder):
        self.truth = []
        numbers = count()
        for series, study, person in product(range(2), range(3), self.DAYS):
            day = date.fromordinal(date(2018, 5, 5).toordinal() + self.DAYS[person][study])
            made_file = make_dicom(
                patient_id=f" {person.lower() if series else person}-771 ",
                study_uid=f"1.2.3.{ord(person)}.{study}",
                study_date=day.strftime("%Y%m%d"),
                is_planted=False,
                SeriesInstanceUID=f"1.9.{ord(person)}.{study}.{series}",
                SOPInstanceUID=f"1.8.{next(numbers)}",
            )
            (folder / f"{len(self.truth):03}.dcm").write_bytes(made_file.data)
            self.truth.append((person, study, series, day))


def test_people_studies_and_days_between_stay_together_under_one_key_only(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    truth = Links(source).truth
    outs = {}
    for name, key in (("one", b"1" * 32), ("two", b"2" * 32)):
        (tmp_path / name).write_bytes(key)
        assert main(["deid", str(source), str(tmp_path / f"{name}-out"), "--key", str(tmp_path / name)]) == 0
        outs[name] = [pydicom.dcmread(path) for path in sorted((tmp_path / f"{name}-out").iterdir())]
    for (first, a), (second, b) in product(zip(truth, outs["one"], strict=True), repeat=2):
        assert (a.PatientID == b.PatientID) == (first[0] == second[0])
        assert (a.StudyInstanceUID == b.StudyInstanceUID) == (first[:2] == second[:2])
        assert (a.SeriesInstanceUID == b.SeriesInstanceUID) == (first[:3] == second[:3])
        if first[0] == second[0]:
            days = date.fromisoformat(a.StudyDate) - date.fromisoformat(b.StudyDate)
            assert days == first[3] - second[3]
    for a, b in zip(outs["one"], outs["two"], strict=True):
        assert a.PatientID != b.PatientID
        assert a.StudyInstanceUID != b.StudyInstanceUID
    assert [a.StudyDate for a in outs["one"]] != [b.StudyDate for b in outs["two"]]
