"""A face is suggested with its whole head, turned, small, dark or masked; bench/faces.py prints each variant."""

import numpy as np
import pytest
from PIL import Image

from bench import faces
from pinboard.deid.detect.faces import find_faces
from tests.samples import sample

QUICK = {"as it is", "turned by 90°", "eyes barred"}


@pytest.fixture
def variants():
    sample(faces.PORTRAIT)
    return list(faces.variants())


def test_there_are_nineteen_variants_and_each_shows_some_of_the_face(variants):
    assert len({variant.name for variant in variants}) == 19
    assert all(variant.face.any() for variant in variants)
    assert all(variant.face.shape == variant.image.size[::-1] for variant in variants)


def test_a_face_is_found_as_one_head(variants, networks):
    for variant in variants:
        if variant.name in QUICK:
            found = find_faces(np.asarray(variant.image), networks.faces)
            assert variant.is_covered([one.corners for one in found]), variant.name
            assert max(one.area for one in found) < 4 * variant.face.sum(), variant.name


def test_no_face_is_found_on_a_fundus(networks):
    with Image.open(sample("photos/fundus-retina.jpg")) as fundus:
        assert find_faces(np.asarray(fundus.convert("RGB")), networks.faces) == []


@pytest.mark.slow
def test_seventeen_of_nineteen_variants_are_found(variants, looking):
    found = {variant.name: variant.is_covered(faces.faces_in(looking, variant.image)) for variant in variants}
    assert sum(found.values()) >= faces.NEEDED, found
