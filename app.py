"""Runs Pinboard (`python3 app.py`) and its tests (`python3 app.py test`) where there is nothing but Python.

It fills .venv with what requirements.lock names, then becomes the real command. A WSGI server takes `app:app`.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

if not (3, 11) <= sys.version_info[:2] <= (3, 13):  # older Pythons must be able to read this file to say so
    sys.exit("Pinboard needs Python 3.11, 3.12 or 3.13; this is {}.{}.".format(*sys.version_info))
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PROBE = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"


def prepare(extras: str) -> None:
    """Install what is needed, unless the stamp says that exactly this, or more, is there."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        if os.name != "nt":  # of two first starts at once, one installs and the other waits
            importlib.import_module("fcntl").flock(file, 2)
        wanted = file.read() + (ROOT / "requirements.lock").read_bytes() + f"{ROOT} {sys.version_info[:2]}".encode()
        digest, stamp = hashlib.sha256(wanted).hexdigest(), VENV / "stamp"
        there = stamp.read_text() if stamp.exists() else ""
        if not (there.startswith(digest) and there.endswith(extras)):
            print("Installing Pinboard into .venv. This takes up to a minute.", flush=True)
            install("-c", "requirements.lock", "-e", f".{extras}")
            stamp.write_text(digest + extras)


def install(*packages: str) -> None:
    """Make the virtual environment if none works, and fill it: with uv where that is at hand."""
    uv = shutil.which("uv")
    steps = [[uv or PYTHON, *(["pip"] if uv else ["-m", "pip"]), "install", "-q", *packages]]
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", PROBE], capture_output=True, check=False).returncode:
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit("This Python cannot make a virtual environment yet. Run: sudo apt install python3-venv")
        steps.insert(0, [sys.executable, "-m", "venv", "--clear", VENV])
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for step in steps:
        if subprocess.run(step, cwd=ROOT, env=environment, check=False).returncode:
            sys.exit("Pinboard could not be installed. The lines above say why.")


def main(arguments: list[str]) -> None:
    """Become pytest, the server, or another of Pinboard's commands."""
    is_test = arguments[:1] == ["test"]
    prepare("[test,heif,postgres,s3,vision]" if is_test else "")
    serve = [] if arguments and not arguments[0].startswith("-") else ["serve"]
    command = [str(PYTHON), "-m", *(["pytest", *arguments[1:]] if is_test else ["pinboard", *serve, *arguments])]
    os.chdir(ROOT)
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
elif __name__ == "app":
    from pinboard.cli.serve import wsgi

    app = wsgi()
