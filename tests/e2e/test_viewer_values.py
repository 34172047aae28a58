"""What the viewer makes of stored values, beside what the server makes of the same ones."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import brotli
import numpy as np
import pytest

from pinboard.imaging.errors import Refused
from pinboard.imaging.frames import decode_frame, encode_frame
from pinboard.imaging.view import views_of
from pinboard.imaging.window import to_display
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
from tests.imaging.test_view import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

    from tests.serving import Site

LOAD = """async () => {
  const folder = document.querySelector('script[src*="/js/app.js"]').src.replace('app.js', 'viewer/');
  window.bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  window.textOf = (array) => {
    const bytes = new Uint8Array(array.buffer);
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  };
  for (const name of ['decode', 'lut', 'camera', 'series', 'frames', 'looks']) {
    Object.assign(window, await import(`${folder}${name}.js`));
  }
}"""
SHADE = """([data, shape, view, look, isInverted]) => {
  const stored = decode(bytesOf(data), {...view, ...shape});
  const pixels = new Uint32Array(stored.length);
  paint(pixels, {stored}, shade(view, look, isInverted));
  return textOf(pixels);
}"""
CROP = 256
SAMPLES: list[Path] = chosen()  # type: ignore[no-untyped-call]
RAMP = np.arange(-2048, 2048, dtype="<i2").reshape(64, 64)
HU: dict[str, Any] = {"RescaleSlope": 1.0, "RescaleIntercept": -1024.0, "PhotometricInterpretation": "MONOCHROME2"}


@pytest.fixture(scope="module")
def bench(browser: Browser, site: Site) -> Iterator[Page]:
    """Give a page with the modules of the viewer and nothing else."""
    page = browser.new_page()
    page.goto(f"{site.url}/login")
    page.evaluate(LOAD)
    yield page
    page.close()


def packed(pixels: NDArray[Any]) -> str:
    """Give a frame as it arrives in the browser, where brotli is undone already."""
    return base64.b64encode(brotli.decompress(encode_frame(pixels))).decode()


def shape_of(pixels: NDArray[Any]) -> dict[str, int]:
    rows, columns, *more = pixels.shape
    return {"rows": rows, "columns": columns, "samples": more[0] if more else 1}


def view_of(pixels: NDArray[Any], header: dict[str, Any]) -> dict[str, Any]:
    """Say what view.json says of such a header."""
    return {
        "dtype": pixels.dtype.newbyteorder("<").str,
        "slope": header.get("RescaleSlope", 1.0),
        "intercept": header.get("RescaleIntercept", 0.0),
        "photometric": header["PhotometricInterpretation"],
        "padding": header.get("PixelPaddingValue"),
    }


def grey(page: Page, pixels: NDArray[Any], view: dict[str, Any], look: dict[str, Any]) -> NDArray[Any]:
    text = page.evaluate(SHADE, [packed(pixels), shape_of(pixels), view, look, False])
    shown = np.frombuffer(base64.b64decode(text), np.uint8).reshape(*pixels.shape[:2], 4)
    assert (shown[..., 3] == 255).all()
    assert (shown[..., 0] == shown[..., 1]).all()
    assert (shown[..., 0] == shown[..., 2]).all()
    return shown[..., 0]


@pytest.mark.parametrize("dtype", ["|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<f4"])
@pytest.mark.parametrize("shape", [(1, 1), (7, 13), (64, 3), (5, 4, 3)], ids=str)
def test_every_frame_that_the_server_packs_comes_out_again(bench: Page, dtype: str, shape: tuple[int, ...]) -> None:
    seed = np.random.default_rng(4)
    kind = np.dtype(dtype)
    pixels = seed.integers(0, 256, (*shape, kind.itemsize), dtype=np.uint8).view(kind)[..., 0]
    pixels = np.nan_to_num(pixels) if kind.kind == "f" else pixels
    text = bench.evaluate(
        "([data, more]) => textOf(decode(bytesOf(data), more))",
        [packed(pixels), {"dtype": dtype, **shape_of(pixels)}],
    )
    assert base64.b64decode(text) == pixels.tobytes()


def test_a_frame_that_was_cut_short_is_no_frame(bench: Page) -> None:
    said = bench.evaluate(
        """() => {
          try { decode(new Uint8Array(7), {dtype: '<i2', columns: 2, rows: 2}); } catch (no) { return no.message; }
        }"""
    )
    assert said == "not a frame of this shape"


@pytest.mark.parametrize(("center", "width"), [(40, 400), (-600, 1500), (400, 1800), (35, 80), (0, 1), (50.5, 2.5)])
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_a_window_shows_what_the_server_shows(bench: Page, center: float, width: float, function: str) -> None:
    header = HU | {"WindowCenter": center, "WindowWidth": width, "VOILUTFunction": function}
    shown = grey(bench, RAMP, view_of(RAMP, header), {"center": center, "width": width, "function": function})
    assert np.abs(shown.astype(int) - to_display(RAMP, header)).max() <= 1


@pytest.mark.parametrize("dtype", ["|u1", "<u2", "<i4", "<f4"])
def test_a_window_holds_for_every_type_of_number(bench: Page, dtype: str) -> None:
    pixels = (np.arange(256).reshape(16, 16)).astype(dtype)
    header = HU | {"RescaleIntercept": -3.5, "RescaleSlope": 0.25, "WindowCenter": 20, "WindowWidth": 30}
    shown = grey(bench, pixels, view_of(pixels, header), {"center": 20, "width": 30})
    assert np.abs(shown.astype(int) - to_display(pixels, header)).max() <= 1


def test_what_is_stored_dark_for_bright_is_turned_and_padding_stays_black(bench: Page) -> None:
    header = HU | {"PhotometricInterpretation": "MONOCHROME1", "PixelPaddingValue": -2000}
    header |= {"WindowCenter": -1000, "WindowWidth": 2000}
    view = view_of(RAMP, header)
    shown = grey(bench, RAMP, view, {"center": -1000, "width": 2000})
    assert np.abs(shown.astype(int) - to_display(RAMP, header)).max() <= 1
    assert shown.reshape(-1)[48] == 0
    assert shown.reshape(-1)[49] == 255


def test_tables_of_the_file_are_looked_up(bench: Page) -> None:
    pixels = np.arange(64, dtype="<u2").reshape(8, 8)
    rises = [int(value) for value in np.linspace(0, 4095, 32) ** 2 / 4095]
    voi = {"LUTDescriptor": [32, 10, 12], "LUTData": rises}
    header = {"PhotometricInterpretation": "MONOCHROME2", "VOILUTSequence": [voi]}
    look = {"lut": {"first": 10, "bits": 12, "data": rises}}
    shown = grey(bench, pixels, view_of(pixels, header), look)
    assert np.abs(shown.astype(int) - to_display(pixels, header)).max() <= 1

    table = {"LUTDescriptor": [16, 20, 16], "LUTData": [value * value for value in range(16)]}
    header = HU | {"ModalityLUTSequence": [table], "WindowCenter": 100, "WindowWidth": 150}
    view = view_of(pixels, header) | {"modality_lut": {"first": 20, "data": table["LUTData"]}}
    shown = grey(bench, pixels, view, {"center": 100, "width": 150})
    assert np.abs(shown.astype(int) - to_display(pixels, header)).max() <= 1


def test_a_table_serves_the_next_frame_with_other_values(bench: Page) -> None:
    shown = bench.evaluate(
        """() => {
          const view = {slope: 1, intercept: 0, photometric: 'MONOCHROME2'};
          const grey = shade(view, {center: 0.5, width: 511});
          return [[5, 9], [-91, 3], [201, 251], [-91, 251]].map((values) => {
            const pixels = new Uint32Array(2);
            paint(pixels, {stored: Int16Array.from(values)}, grey);
            return [...pixels].map((one) => one & 255);
          });
        }"""
    )
    assert shown == [[130, 132], [82, 129], [228, 253], [82, 253]]


def test_the_automatic_window_leaves_out_padding_and_a_few_extremes(bench: Page) -> None:
    pixels = np.clip(np.random.default_rng(1).normal(1000, 50, (64, 64)), 0, 4000).astype("<i2")
    pixels[:32] = -2000
    pixels[40, 3] = 30000
    look = bench.evaluate(
        "([data, more]) => automatic(more, decode(bytesOf(data), more))",
        [packed(pixels), {"dtype": "<i2", "slope": 1, "intercept": -1024, "padding": -2000} | shape_of(pixels)],
    )
    assert look["center"] == pytest.approx(-24, abs=8)
    assert 220 < look["width"] < 300


def test_frames_of_one_instance_in_several_parts_keep_their_numbers_and_places(bench: Page) -> None:
    said = bench.evaluate(
        """() => {
          const one = {orientation: [1, 0, 0, 0, 1, 0], positions: [[0, 0, 1], [0, 0, 2], [0, 0, 9]], spacing: [2, 1]};
          const other = {orientation: null, positions: null, aspect: [1, 2]};
          const parts = [['m', 2, 4, 4, 0], ['m', 1, 4, 4, 1, 2], ['k', 1, 4, 4, 0]];
          const series = new Series({base: '/media/', view: {parts, views: [one, other]}});
          return series.frames.map((_, at) => [series.address(at, 'n'), series.depth(at), series.aspect(at)]);
        }"""
    )
    assert said == [["/media/m/n0", 1, 2], ["/media/m/n1", 2, 2], ["/media/m/n2", None, 0.5], ["/media/k/n0", 9, 2]]


def test_letters_turn_and_mirror_with_the_frame(bench: Page) -> None:
    said = bench.evaluate(
        """() => [[0, false], [1, false], [2, false], [0, true], [1, true]].map(([turn, isMirrored]) =>
          Object.assign(new Camera(), {turn, isMirrored}).sides(['L', 'P', 'R', 'A']).join(' '))"""
    )
    assert said == ["L P R A", "A L P R", "R A L P", "R P L A", "A R P L"]


def test_letters_agree_with_where_the_frame_is_drawn(bench: Page) -> None:
    """The middle of the right side of the stored frame is drawn where its letter stands."""
    wrong = bench.evaluate(
        """() => [0, 1, 2, 3].flatMap((turn) => [false, true].map((isMirrored) => {
          const camera = Object.assign(new Camera(), {turn, isMirrored, size: {width: 400, height: 300}});
          camera.frame = {columns: 50, rows: 30, aspect: 1.2};
          const middles = [[50, 15], [25, 30], [0, 15], [25, 0]].map(([x, y]) => camera.toScreen(x, y));
          const side = ({x, y}) => Math.abs(x - 200) > Math.abs(y - 150) ? (x > 200 ? 0 : 2) : (y > 150 ? 1 : 3);
          const seen = camera.sides(['right', 'down', 'left', 'up']);
          return ['right', 'down', 'left', 'up'].every((name, at) => seen[side(middles[at])] === name);
        })).filter((isRight) => !isRight).length"""
    )
    assert wrong == 0


def test_a_point_of_the_stage_leads_to_its_pixel_and_back(bench: Page) -> None:
    off, held = bench.evaluate(
        """() => {
          const camera = Object.assign(new Camera(), {turn: 3, isMirrored: true, size: {width: 390, height: 470}});
          camera.frame = {columns: 512, rows: 256, aspect: 2};
          camera.shift(12, -30);
          const at = {x: 77, y: 130}, before = camera.toImage(at.x, at.y);
          camera.zoomTo(3.3, at);
          const after = camera.toImage(at.x, at.y), back = camera.toScreen(after.x, after.y);
          return [Math.hypot(back.x - at.x, back.y - at.y), Math.hypot(before.x - after.x, before.y - after.y)];
        }"""
    )
    assert off < 1e-3
    assert held < 1e-3


def test_frames_are_kept_within_their_budget_and_the_one_that_is_seen_stays(bench: Page) -> None:
    kept, most = bench.evaluate(
        """async () => {
          const view = {parts: [['m', 500, 64, 64, 0]], views: [{dtype: '<i2', samples: 1}]};
          const series = new Series({base: '/', view}), frames = new Frames(series, 40 * 64 * 64 * 2);
          const real = window.fetch;
          window.fetch = async () => new Response(new Uint8Array(64 * 64 * 2));
          let most = 0;
          for (let frame = 0; frame < 500; frame += 1) {
            await frames.load(frame);
            frames.shown = frame;
            frames.around(frame);
            most = Math.max(most, [...frames.kept.values()].reduce((sum, {bytes}) => sum + bytes, 0));
          }
          while (frames.coming.size) await new Promise((done) => setTimeout(done, 5));
          window.fetch = real;
          return [frames.kept.has(499), most / (64 * 64 * 2)];
        }"""
    )
    assert kept
    assert most <= 40


def test_windows_can_be_chosen_from_the_file_and_the_modality_and_by_hand(bench: Page) -> None:
    said = bench.evaluate(
        """() => {
          const windows = [{center: 60, width: 400, label: ''}, {center: 1, width: 9, label: 'BONE'}];
          const views = [{dtype: '<i2', samples: 1, slope: 1, intercept: 0, photometric: 'MONOCHROME2', windows}];
          const presets = [{key: 'lung', label: 'Lung', center: -600, width: 1500}];
          const series = new Series({view: {parts: [['m', 1, 2, 2, 0]], views, presets}});
          const looks = new Looks(series, {file: 'From the file', auto: 'Automatic'});
          const entry = {view: views[0], stored: Int16Array.from([0, 100, 200, 300])}, steps = [];
          for (let step = 0; step < 5; step += 1) {
            const {center, width} = looks.of(entry);
            steps.push([looks.chosen.label, center, width]);
            looks.next();
          }
          looks.choose('preset-lung');
          looks.shift(entry, 0, 10);
          steps.push([looks.chosen.key, looks.of(entry).center, looks.of(entry).width]);
          return steps;
        }"""
    )
    assert said == [
        ["From the file 1", 60, 400], ["BONE", 1, 9], ["Lung", -600, 1500], ["Automatic", 150.5, 301],
        ["From the file 1", 60, 400], ["own", -540, 1500],
    ]  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, of files that are wrong on purpose
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_first_look_at_every_sample_is_the_servers(bench: Page, path: Path) -> None:
    """Take each sample through publishing and show the middle of its first frame in its file's first window."""
    try:
        _said, parts = JOBS["scrub"]([path.read_bytes()], keys_params())
        answer, (pack, *_rest) = JOBS["develop"]([parts[0]], {})
    except Refused:
        return  # what is refused is tested where it is refused
    header, at = answer["header"], answer["frames"][0]
    view = views_of(header, dtype=answer["dtype"], samples=header["SamplesPerPixel"])["views"][0]
    pixels = decode_frame(pack[at["offset"] : at["offset"] + at["length"]], tuple(answer["shape"]), answer["dtype"])
    top, left = ((side - min(side, CROP)) // 2 for side in pixels.shape[:2])
    pixels = pixels[top : top + CROP, left : left + CROP]
    if view["samples"] != 1 or not (view["windows"] or view["voi_lut"]) or pixels.dtype.itemsize > 4:
        return  # its first look is a picture, or one that the viewer chooses
    text = bench.evaluate(
        """([data, shape, view]) => {
          const series = new Series({view: {parts: [['m', 1, shape.columns, shape.rows, 0]], views: [view]}});
          const looks = new Looks(series, {file: 'From the file', auto: 'Automatic'});
          const entry = {view, stored: decode(bytesOf(data), {...view, ...shape})};
          const pixels = new Uint32Array(entry.stored.length);
          paint(pixels, entry, looks.grey(entry));
          return textOf(Uint8Array.from(pixels, (one) => one & 255));
        }""",
        [packed(pixels), shape_of(pixels), view],
    )
    shown = np.frombuffer(base64.b64decode(text), np.uint8).reshape(pixels.shape)
    assert np.abs(shown.astype(int) - to_display(pixels, header, index=0)).max() <= 1
