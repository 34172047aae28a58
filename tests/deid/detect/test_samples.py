"""The samples that show somebody's identity: what must be suggested, and what a doctor needs to see.

The boxes in `truth` were drawn by eye on each picture.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from pinboard.sandbox.look import look
from tests.samples import sample
from tests.sandbox.whole_way import STEP

TRUTH = [json.loads(path.read_text()) for path in sorted(Path(__file__).parents[1].glob("truth/*.json"))]
NAMES = [truth["sample"] for truth in TRUTH]

WHOLE = 0.95
"""Share of an identifier that has to lie in suggested boxes."""
TOUCHED = 0.15
"""Share of a measurement or bar that a neighbour's box may take."""


@pytest.fixture(scope="module", params=TRUTH, ids=NAMES)
def seen(request, looking):
    """Give what is true of one sample, and a mask of all that is suggested on it."""
    truth = request.param
    data = sample(truth["sample"]).read_bytes()
    scrubbed = bytes(looking.run("scrub", [data], STEP, kind="header").parts[0])
    found = look(looking, scrubbed, wants_faces=False, foreground=True)
    assert found.is_whole
    mask = np.zeros((truth["rows"], truth["columns"]), bool)
    for one in found.suggested:
        assert one.frame is None
        mask[one.y0 : one.y1, one.x0 : one.x1] = True
    return truth, mask


def shares(mask, areas):
    out = {}
    for area in areas:
        x0, y0, x1, y1 = area["box"]
        out[area["what"]] = round(float(mask[y0:y1, x0:x1].mean()), 2)
    return out


def test_every_identifier_is_suggested_and_no_measurement_or_bar_is(seen):
    truth, mask = seen
    identifiers, needed = shares(mask, truth["identifiers"]), shares(mask, truth["keep"])
    assert {what: share for what, share in identifiers.items() if share < WHOLE} == {}
    assert {what: share for what, share in needed.items() if share > TOUCHED} == {}


def test_the_picture_itself_is_mostly_left_alone(seen):
    truth, mask = seen
    middle = mask[truth["rows"] // 4 : truth["rows"] * 3 // 4, truth["columns"] // 4 : truth["columns"] * 3 // 4]
    assert middle.mean() < 0.1


def test_the_boxes_cover_the_samples_they_are_meant_for():
    assert {"thyroid-ybr-full-rle-DOE_JOHN", "follicle-ybr-full-rle-planar1", "test-palette-rle-no-pixel-spacing"} < {
        Path(name).stem for name in NAMES
    }
    assert sum("burned-in" in name for name in NAMES) == 7
    assert sum(len(truth["identifiers"]) for truth in TRUTH) >= 40
    assert sum(len(truth["keep"]) for truth in TRUTH) >= 40
