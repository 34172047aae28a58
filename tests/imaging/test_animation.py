"""An animated WebP has the frames, their time and their size, and shows what the stills show."""

import io

import numpy as np
import pytest
from PIL import Image

from pinboard.imaging.animation import animate


def stills(count=5, shape=(60, 80)):
    yy, xx = np.indices(shape)
    for number in range(count):
        yield ((yy + 10 * number) % 256 // 2 + xx // 2).astype(np.uint8)


def frames(data):
    with Image.open(io.BytesIO(data)) as image:
        for number in range(image.n_frames):
            image.seek(number)
            yield image.convert("L").copy(), image.info["duration"]


def test_every_frame_is_there_for_its_time():
    made = list(frames(animate(stills(), 40, longest=640)))
    assert len(made) == 5
    # The decoder says of each frame how long the one before it was shown, but for the first.
    assert {duration for _image, duration in made} == {40}
    for (shown, _duration), still in zip(made, stills(), strict=True):
        assert np.abs(np.asarray(shown, dtype=int) - still).mean() < 4


def test_it_runs_for_ever_and_carries_nothing_else():
    data = animate(stills(2), 40, longest=640)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.is_animated, image.info["loop"]) == ("WEBP", True, 0)
    assert not any(name in data for name in (b"EXIF", b"XMP ", b"ICCP"))


def test_a_large_one_gets_smaller_and_colours_stay():
    red = np.zeros((900, 1200, 3), np.uint8)
    red[..., 0] = 200
    data = animate([red, red], 100, longest=640)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (640, 480)
        assert np.abs(np.asarray(image.convert("RGB")).mean(axis=(0, 1)) - [200, 0, 0]).max() < 6


@pytest.mark.parametrize("bad", [[], [np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint8)]])
def test_no_frames_or_unlike_ones_are_no_cine(bad):
    with pytest.raises(ValueError, match="cine"):
        animate(bad, 40, longest=640)
