"""Archives as the browser reads them: whole ones byte for byte, broken, locked and lying ones by their reason."""

from __future__ import annotations

import base64
import bz2
import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.archives import BESIDE, slice_of, zip64, zipped
from tests.samples import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.serving import Site

LOAD = """async () => {
  const folder = document.querySelector('script[src*="/js/app.js"]').src.replace('app.js', 'upload/');
  for (const name of ['zip', 'peek', 'crc', 'sources']) Object.assign(window, await import(`${folder}${name}.js`));
  window.bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  window.reasonOf = (error) => error.reason ?? String(error);
  window.read = async (data) => {
    const found = [];
    for (const entry of await entriesOf(new File([data], 'x.zip'))) {
      try {
        const bytes = await entry.open();
        found.push([entry.path, new TextDecoder('latin1').decode(bytes)]);
      } catch (error) {
        found.push([entry.path, {reason: reasonOf(error)}]);
      }
    }
    return found;
  };
}"""
READ = "data => read(bytesOf(data)).catch((error) => ({reason: reasonOf(error)}))"
HEADS = """async data => {
  const found = [];
  for (const entry of await entriesOf(new File([bytesOf(data)], 'x.zip'))) {
    const head = await entry.head(16384);
    found.push([entry.path, seriesIn(head), reasonToLeave(entry.path, head, true)]);
  }
  return found;
}"""
FILES = {"a/plain.bin": bytes(range(32, 127)) * 300, "a/empty.bin": b"", "b/zeros.bin": bytes(200_000)}
LOCKED_FLAG, METHOD, CRC, SIZE = 8, 10, 16, 24  # where they stand in an entry of the list at the end


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """Give a page with the modules of the upload and nothing else."""
    opened = browser.new_page()
    opened.goto(f"{site.url}/login")
    opened.evaluate(LOAD)
    yield opened
    opened.close()


def read(page: Page, data: bytes) -> list[tuple[str, object]]:
    found = page.evaluate(READ, base64.b64encode(data).decode())
    return found if isinstance(found, dict) else [(path, said) for path, said in found]


def as_read(files: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(path, data.decode("latin1")) for path, data in files.items()]


def changed(data: bytes, offset: int, value: bytes) -> bytes:
    """Change the first entry of the list at the end."""
    at = data.index(b"PK\1\2") + offset
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_is_read_byte_for_byte(page: Page, method: int) -> None:
    assert read(page, zipped(FILES, method)) == as_read(FILES)


def test_an_archive_that_opens_itself_is_read(page: Page) -> None:
    assert read(page, b"MZ" + bytes(5000) + zipped(FILES)) == as_read(FILES)


def test_an_archive_with_a_comment_and_folders_is_read(page: Page) -> None:
    held = io.BytesIO(zipped(FILES))
    with zipfile.ZipFile(held, "a") as archive:
        archive.mkdir("c")
        archive.comment = b"PK\5\6 is not the end yet" * 9
    assert read(page, held.getvalue()) == as_read(FILES)


def test_an_archive_written_as_a_stream_is_read(page: Page) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in FILES.items():
            archive.writestr(path, data)
    assert read(page, pipe.data) == as_read(FILES)


def test_an_archive_in_64_bits_is_read(page: Page) -> None:
    data = bytes(range(100)) * 2000
    assert read(page, zip64("large/one.bin", data)) == as_read({"large/one.bin": data})


@pytest.mark.parametrize(
    ("offset", "value", "reason"),
    [
        pytest.param(LOCKED_FLAG, b"\1\0", "locked", id="password"),
        pytest.param(METHOD, b"\x0e\0", "packed", id="LZMA"),
        pytest.param(METHOD, b"\x09\0", "packed", id="deflate64"),
        pytest.param(CRC, b"\0\1\2\3", "damaged", id="check sum"),
        pytest.param(SIZE, struct.pack("<I", 10), "damaged", id="larger than it says"),
        pytest.param(SIZE, struct.pack("<I", 99_999), "damaged", id="smaller than it says"),
        pytest.param(SIZE, struct.pack("<I", 0xFFFFFFF0), "damaged", id="four gigabytes of a few bytes"),
        pytest.param(42, struct.pack("<I", 7), "damaged", id="not where it says"),
        pytest.param(20, struct.pack("<I", 0x7FFFFFFF), "damaged", id="longer than the archive"),
    ],
)
def test_an_entry_that_cannot_be_taken_says_why_and_the_rest_is_read(
    page: Page, offset: int, value: bytes, reason: str
) -> None:
    found = dict(read(page, changed(zipped(FILES), offset, value)))
    assert found.pop("a/plain.bin") == {"reason": reason}
    assert found == {"a/empty.bin": "", "b/zeros.bin": "\0" * 200_000}


@pytest.mark.parametrize("keep", [0, 3, 21, 200, -1, -30])
def test_half_an_archive_is_damaged(page: Page, keep: int) -> None:
    assert read(page, zipped(FILES)[:keep]) == {"reason": "damaged"}


@pytest.mark.parametrize(
    "end",
    [
        struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 0xFFFFFF, 0, 0),
        struct.pack("<4s4H2IH", b"PK\5\6", 3, 3, 1, 1, 0, 0, 0),
        struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 40, 0, 0),
    ],
)
def test_an_end_that_lies_is_damaged(page: Page, end: bytes) -> None:
    assert read(page, bytes(64) + end) == {"reason": "damaged"}


def test_a_bomb_stops_at_the_size_it_promised(page: Page) -> None:
    data = bz2.decompress(sample("hostile/archives/zip-10GB-header-says-1-byte.zip.bz2").read_bytes())
    assert [said for _, said in read(page, data)] == [{"reason": "damaged"}]


def test_an_archive_of_thousands_is_listed_and_no_more(page: Page) -> None:
    data = sample("hostile/archives/zip-many-entries-5000.zip").read_bytes()
    count = "async data => (await entriesOf(new File([bytesOf(data)], 'x.zip'))).length"
    assert page.evaluate(count, base64.b64encode(data).decode()) == 5000


def test_what_lies_on_a_cd_is_told_apart(page: Page) -> None:
    images = {"CD/IM1": slice_of(1, 1), "CD/IM2": slice_of(1, 2), "CD/IM3": slice_of(2, 1)}
    others = {
        "CD/INNER.ZIP": zipped(FILES),
        "CD/SETUP.DLL": b"MZ",
        "CD/._IM1": b"\0\5\x16\7",
        "CD/INNER": zipped(FILES),
    }
    archive = zipped(images | others | BESIDE)
    found = {
        path: (series, reason) for path, series, reason in page.evaluate(HEADS, base64.b64encode(archive).decode())
    }
    series = [found[name] for name in images]
    assert series[0] == series[1] == ("1.2.826.0.1.4711.1.1", "")
    assert series[2] == ("1.2.826.0.1.4711.1.2", "")
    assert {name: found[name][1] for name in others} == {
        "CD/INNER.ZIP": "nested",
        "CD/INNER": "nested",
        "CD/SETUP.DLL": "other",
        "CD/._IM1": "other",
    }
    assert {found[name][1] for name in BESIDE} == {"other", "beside"}


@pytest.mark.parametrize("name", ["transfer-syntaxes", "mr-series", "documents"])
def test_the_series_of_real_files_is_found_before_they_are_sent(page: Page, name: str) -> None:
    pydicom = pytest.importorskip("pydicom")
    tried = 0
    for path in sorted(sample(name).rglob("*.dcm"))[:12]:
        head = path.read_bytes()[:16384]
        found = page.evaluate("data => seriesIn(bytesOf(data))", base64.b64encode(head).decode())
        dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=["SeriesInstanceUID"])
        is_little = not path.name.lower().count("big")
        assert found in {dataset.get("SeriesInstanceUID", ""), ""}, path.name
        tried += found != "" and is_little
    assert tried > 0


def test_check_sums_are_those_of_everybody_else(page: Page) -> None:
    assert page.evaluate("text => crc32(new TextEncoder().encode(text))", "123456789") == 0xCBF43926
