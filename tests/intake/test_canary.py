"""At no moment is an identifying value on the disk in the clear, and afterwards it is there in no form at all."""

import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Text, cast, select

from pinboard.intake import export, publish, receive, review
from pinboard.models import Base, Case, Instance, MediaFile
from tests.intake import canary
from tests.intake.files import ct

ROOT = Path(__file__).resolve().parents[2]
TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - they are searched, not used
PASSES = 20
NO_FILES = ("/memfd:", "/dev/")
STRACE = shutil.which("strace")


class Watcher(threading.Thread):
    """Searches the raw bytes of everything that was touched since the start, again and again."""

    def __init__(self, data, pids):
        super().__init__(daemon=True)
        self.data = data
        self.pids = pids
        self.began = time.time()
        self.passes = 0
        self.found = []
        self.ended = threading.Event()
        self.turned = threading.Condition()

    def run(self):
        while not self.ended.is_set():
            self.look()
            with self.turned:
                self.passes += 1
                self.turned.notify_all()

    def look(self):
        mark = canary.MARK.encode()
        ours = canary.files_under(self.data)
        temporary = canary.files_under(*self.temporary(), since=self.began)
        for found in (ours, temporary, canary.open_files(self.pids())):
            self.found += [str(path) for path, data in found if mark in data]

    def temporary(self):
        """Give the files and the folders that are new in the temporary folders, but for those of tests."""
        for top in {*TEMPORARY, tempfile.gettempdir()}:
            for path in Path(top).glob("*"):
                if not path.name.startswith("pytest-of-") and _changed(path) >= self.began:
                    yield path

    def wait_for_a_pass(self):
        """Let at least one whole pass begin and end."""
        with self.turned:
            goal = self.passes + 2
            assert self.turned.wait_for(lambda: self.passes >= goal, timeout=60)


def _changed(path):
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


@pytest.fixture
def watcher(stores):
    watching = Watcher(stores.config.data, lambda: [os.getpid(), *filter(None, [stores.pool.server_pid])])
    watching.start()
    yield watching
    watching.ended.set()
    watching.join(30)


def slowly(stores, desk, case, data, watcher):
    """Send a file in pieces, each as late as on a bad line: a pass of the search lies between any two."""
    with stores.writing() as session:
        slot = receive.open_slot(session, session.get(Case, case.id), desk.author)
    with stores.pool.memfile() as mem:
        step = -(-len(data) // 4)
        for start in range(0, len(data), step):
            mem.write(data[start : start + step])
            watcher.wait_for_a_pass()
        return receive.receive(stores, slot.id, mem, by=desk.author)


def test_the_search_sees_a_planted_word(stores, watcher):
    watcher.wait_for_a_pass()
    assert watcher.found == []
    planted = stores.config.data / "planted"
    planted.write_bytes(b"x" * 5000 + canary.MARK.encode())
    watcher.wait_for_a_pass()
    planted.unlink()
    assert str(planted) in watcher.found
    left = Path(tempfile.gettempdir()) / canary.MARK[-8:]
    left.write_bytes(canary.MARK.encode())
    watcher.wait_for_a_pass()
    left.unlink()
    assert str(left) in watcher.found
    with tempfile.TemporaryFile() as file:
        file.write(canary.MARK.encode())
        file.flush()
        watcher.found.clear()
        watcher.wait_for_a_pass()
    assert any("deleted" in path for path in watcher.found)


def test_no_form_of_the_word_is_missed():
    text = canary.MARK
    forms = canary.needles()
    for data in (
        text.encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        text.lower().encode(),
        canary.base64.b64encode(f"..{text}...".encode()),
        text.encode().hex().encode(),
    ):
        assert canary.is_in(b"before" + data + b"after", forms)
    packed = b"noise" + canary.zlib.compress(text.encode() * 3)
    assert not canary.is_in(packed, forms)
    assert any(canary.is_in(plain, forms) for plain in canary.inflated(packed))
    assert any(canary.is_in(plain, forms) for plain in canary.unbrotlied(canary.brotli.compress(text.encode()), None))


def test_a_slow_upload_and_publish_write_no_marked_byte(stores, desk, watcher, monkeypatch, caplog, capfd):
    planted = canary.planted()
    caplog.set_level(logging.DEBUG)
    case = desk.draft()
    for data in planted:
        assert slowly(stores, desk, case, data, watcher).refusal is None
    assert watcher.passes >= PASSES
    for one in desk.instances(case):
        review.preview(stores, one)
    desk.confirm(case, {0: [(5, 5, 20, 20)]})
    desk.fill(case)
    real, before = publish.develop, watcher.passes

    def watched(*given):
        watcher.wait_for_a_pass()
        made = real(*given)
        watcher.wait_for_a_pass()
        return made

    monkeypatch.setattr(publish, "develop", watched)
    assert desk.publish(case).state == "published"
    watcher.wait_for_a_pass()
    assert watcher.passes - before >= PASSES
    assert watcher.found == []
    spoken = caplog.text + "".join(capfd.readouterr())
    assert canary.MARK not in spoken
    nothing_in_any_form(stores, desk, case)


def nothing_in_any_form(stores, desk, case):
    """Search rows, files and exported instances for every spelling and inside every compressed stream."""
    forms = canary.needles()
    with stores.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(*(cast(column, Text) for column in table.columns))).all()
            assert not canary.is_in(repr(rows).encode(), forms), table.name
        indexes = dict(session.execute(select(MediaFile.object_name, MediaFile.index)).all())
        images = session.scalars(select(Instance).where(Instance.case_id == case.id)).all()
        exported = [export.instance_bytes(stores, session, image) for image in images]
    assert len(exported) == 6
    found = [(str(path), data) for path, data in canary.files_under(stores.config.data)]
    assert any("pinboard.sqlite" in path or "media" in path for path, _data in found)
    for path, data in [*found, *(("exported", data) for data in exported)]:
        plain = [data, *canary.inflated(data), *canary.unbrotlied(data, indexes.get(Path(path).name))]
        assert not any(canary.is_in(one, forms) for one in plain), path


def test_a_refused_file_leaves_no_marked_byte(stores, desk, watcher):
    case = desk.draft()
    for data in (canary.dicom()[:3000], canary.photo("PNG")[:150], b"%PDF-1.7 " + canary.MARK.encode()):
        assert slowly(stores, desk, case, data, watcher).refusal is not None
    other = ct(PatientID=canary.MARK + "2")
    desk.upload(case, ct(PatientID=canary.MARK))
    assert slowly(stores, desk, case, other, watcher).refusal == "other-subject"
    watcher.wait_for_a_pass()
    assert watcher.found == []


_CALL = re.compile(r"(write|pwrite64|writev|pwritev2?|sendfile|copy_file_range|splice|vmsplice)\((\d+)<([^>]*)>, (.*)")


def traced(folder, *script):
    """Run a script under strace; give the files it wrote to, those that got the word, and other places that got it."""
    trace = folder / "trace"
    calls = "trace=write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,splice,vmsplice"
    watch = [STRACE, "-f", "-y", "-xx", "-s", "8388608", "-e", calls, "-o", str(trace)]
    done = subprocess.run(
        [*watch, sys.executable, *script], capture_output=True, text=True, cwd=ROOT, check=False, timeout=300
    )
    if done.returncode and "ptrace" in done.stderr:
        pytest.skip("strace may not watch processes here")
    assert done.returncode == 0, done.stderr[-2000:]
    mark = "".join(f"\\x{letter:02x}" for letter in done.stdout.split()[-1].encode())
    with trace.open(errors="replace") as lines:
        wrote = {(_path(call[3]), mark in call[4]) for line in lines if (call := _CALL.search(line))}
    files = {(path, is_marked) for path, is_marked in wrote if path.startswith("/") and not path.startswith(NO_FILES)}
    return {path for path, _ in files}, {path for path, is_marked in files if is_marked}, wrote - files


def _path(text):
    """With -xx the path of a descriptor is in hexadecimal too."""
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_the_trace_sees_a_written_word(tmp_path):
    script = "import os, sys; f = open(sys.argv[1], 'wb'); f.write(b'..' + sys.argv[2].encode()); print(sys.argv[2])"
    _wrote, marked, _others = traced(tmp_path, "-c", script, str(tmp_path / "leak"), canary.MARK)
    assert marked == {str(tmp_path / "leak")}


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_no_process_of_the_tree_writes_a_marked_byte_to_a_file(tmp_path):
    wrote, marked, others = traced(tmp_path, "-m", "tests.intake.canary", str(tmp_path / "data"))
    assert any(path.startswith(str(tmp_path / "data" / "vault")) for path in wrote)
    assert any(path.startswith(str(tmp_path / "data" / "media")) for path in wrote)
    # The word went through memory and pipes, so the trace would have shown it on its way to a file.
    assert any(is_marked and not path.startswith("/dev/") for path, is_marked in others)
    assert marked == set()
