"""What a child may not do is enforced by the kernel, in two layers; each is tested alone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from pinboard.sandbox import confine, confinement

needs_landlock = pytest.mark.skipif(confine.landlock_version() < 4, reason="this kernel has no Landlock for TCP")


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def reach_params(listener, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("here")
    return {"port": listener, "path": str(tmp_path / "out"), "victim": str(victim), "pid": os.getpid()}


def test_a_child_reaches_nothing(probe, reach_params, tmp_path):
    found = probe.run("reach", [b"secret"], reach_params, kind="pixel").json
    environment = found.pop("environment")
    imported = found.pop("import")
    assert "done" not in found.values()
    assert len(found) == 11
    assert imported == "ModuleNotFoundError"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["victim"]
    assert not [name for name in environment if name.startswith("PINBOARD")]


def test_without_confinement_the_same_job_would_reach_everything(reach_params, tmp_path):
    program = (
        "import json, signal, sys; from tests.sandbox import probe_jobs as p; signal.signal = None;"
        "params = json.loads(sys.argv[1]); params['pid'] = 0; p.os.kill = lambda *a: None;"
        "p.os.execv = lambda *a: None; print(json.dumps(p.reach([b'secret'], params)[0]))"
    )
    done = subprocess.run([sys.executable, "-c", program, json.dumps(reach_params)], capture_output=True, check=True)
    found = json.loads(done.stdout)
    del found["environment"]
    assert found.pop("mkdir") == "FileExistsError"
    assert set(found.values()) == {"done"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def confined(layer, reach_params):
    program = (
        "import json, sys; from pinboard.sandbox import confine; from tests.sandbox import probe_jobs as p;"
        "import encodings.idna;"
        f"params = json.loads(sys.argv[1]); {layer}; print(json.dumps(p.reach([b'secret'], params)[0]))"
    )
    done = subprocess.run([sys.executable, "-c", program, json.dumps(reach_params)], capture_output=True, check=True)
    return json.loads(done.stdout)


@needs_landlock
def test_landlock_alone_denies_files_tcp_and_programs(reach_params):
    found = confined("confine.deny_files_and_network()", reach_params)
    denied = {name for name, value in found.items() if value == "PermissionError"}
    assert denied >= {"read", "write", "list", "tcp", "exec", "mkdir", "unlink"}


def test_limits_alone_deny_every_new_descriptor(reach_params):
    # Without Landlock a child may still run a program or remove a file by name, but carry no bytes out.
    layer = "confine.limit(memory=1 << 40, seconds=9); p.os.execv = p.os.kill = p.os.mkdir = lambda *a: None"
    found = confined(layer, reach_params)
    assert {name for name, value in found.items() if value == "OSError"} >= {
        "read", "write", "list", "tcp", "udp", "memfd", "pipe",
    }  # fmt: skip


def test_limits_let_no_byte_into_a_file_that_is_open_already(tmp_path):
    program = (
        "import sys; from pinboard.sandbox import confine; file = open(sys.argv[1], 'wb', 0);"
        "confine.limit(memory=1 << 40, seconds=9); file.write(b'secret')"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "out")], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"File too large" in done.stderr
    assert (tmp_path / "out").read_bytes() == b""


def test_the_report_says_what_is_enforced():
    report = confinement()
    assert report.limits
    assert report.fork_server
    assert report.files == (report.landlock >= 1)
    assert report.tcp == (report.landlock >= 4)
