"""The way from a bare Python to a running command, with stand-ins for pip, uv and the installed Python."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).parents[1] / "app.py"
NO_ENSUREPIP = "import sys; sys.modules['ensurepip'] = None"
OLD = "import sys; sys.version_info = (3, 10, 13, 'final', 0)"
NEW = "import sys; sys.version_info = (3, 14, 0, 'final', 0)"
STAND_IN = """#!/bin/sh
case "$*" in
  "-c "*) exit 0 ;;
  *"pip install"*) echo "INSTALL $*"; {pip} ;;
  *) echo "RUN $* in $(pwd) as $$"; exit 7 ;;
esac
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture
def checkout(tmp_path):
    for name in ("app.py", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes(APP.with_name(name).read_bytes())
    make_stand_in(tmp_path)
    return tmp_path


def make_stand_in(root, pip="exit 0"):
    script(root / ".venv" / "bin" / "python", STAND_IN.format(pip=pip))


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def start(root, *arguments, path="/usr/bin:/bin", prelude=""):
    """Run app.py with a PATH that holds no uv, after a line that changes the interpreter."""
    code = f"{prelude}\nimport runpy, sys\nsys.argv = sys.argv[1:]\nrunpy.run_path('app.py', run_name='__main__')"
    return subprocess.Popen(
        [sys.executable, "-c", code, "app.py", *arguments],
        cwd=root,
        env={"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(root, *arguments, **more):
    process = start(root, *arguments, **more)
    return process.communicate(timeout=60)[0], process.returncode


def test_old_pythons_can_read_it():
    ast.parse(APP.read_text(), feature_version=(3, 7))


@pytest.mark.parametrize(("prelude", "version"), [(OLD, "3.10"), (NEW, "3.14")])
def test_another_python_gets_one_sentence(checkout, prelude, version):
    said, code = run(checkout, prelude=prelude)
    assert said == f"Pinboard needs Python 3.11, 3.12 or 3.13; this is {version}.\n"
    assert code == 1


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "-m pinboard serve"),
        (["--host", "::1", "--port", "9"], "-m pinboard serve --host ::1 --port 9"),
        (["check"], "-m pinboard check"),
        (["test"], "-m pytest"),
        (["test", "-k", "window"], "-m pytest -k window"),
    ],
)
def test_it_becomes_the_command_and_its_exit_code(checkout, arguments, command):
    process = start(checkout, *arguments)
    said = process.communicate(timeout=60)[0].splitlines()
    assert said[-1] == f"RUN {command} in {checkout} as {process.pid}"
    assert process.returncode == 7


def test_it_installs_once(checkout):
    first, _ = run(checkout)
    again, _ = run(checkout)
    assert "INSTALL -m pip install -q -c requirements.lock -e .\n" in first
    assert again.startswith("RUN ")


def test_tests_need_more_than_the_server_and_include_it(checkout):
    assert "INSTALL" in run(checkout)[0]
    assert "-e .[test,heif,postgres,s3,vision]" in run(checkout, "test")[0]
    assert "INSTALL" not in run(checkout, "test")[0]
    assert "INSTALL" not in run(checkout)[0]


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_it_installs_again_when_the_packages_change(checkout, name):
    run(checkout)
    with (checkout / name).open("a") as file:
        file.write("# changed\n")
    assert "INSTALL" in run(checkout)[0]


def test_it_installs_again_when_the_folder_moves(checkout, tmp_path_factory):
    run(checkout)
    moved = checkout.rename(tmp_path_factory.mktemp("elsewhere") / "pinboard")
    assert "INSTALL" in run(moved)[0]


def test_a_failed_installation_says_so_and_is_tried_again(checkout):
    make_stand_in(checkout, pip="echo no index; exit 1")
    said, code = run(checkout)
    assert said.endswith("no index\nPinboard could not be installed. The lines above say why.\n")
    assert code == 1
    make_stand_in(checkout)
    assert run(checkout)[1] == 7


def test_a_python_without_venv_says_what_to_install(checkout):
    (checkout / ".venv" / "bin" / "python").unlink()
    said, code = run(checkout, prelude=NO_ENSUREPIP)
    assert said.endswith("Run: sudo apt install python3-venv\n")
    assert code == 1


def test_ctrl_c_while_installing_is_quiet(checkout):
    make_stand_in(checkout, pip="kill -INT $PPID; exec sleep 5")
    # A suite that was started in the background ignores the key, and so would every process it starts.
    said, code = run(checkout, prelude="import signal; signal.signal(signal.SIGINT, signal.default_int_handler)")
    assert "Traceback" not in said
    assert code == 130


def test_of_two_first_starts_one_installs(checkout):
    make_stand_in(checkout, pip="sleep 0.5")
    both = [start(checkout), start(checkout)]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert sum("INSTALL" in text for text in said) == 1
    assert [process.returncode for process in both] == [7, 7]


def test_uv_installs_where_it_is_at_hand(checkout):
    script(checkout / "tools" / "uv", '#!/bin/sh\necho "UV $* into $VIRTUAL_ENV"\n')
    said, code = run(checkout, path=f"{checkout}/tools:/usr/bin:/bin")
    assert f"UV pip install -q -c requirements.lock -e . into {checkout}/.venv\n" in said
    assert "INSTALL" not in said
    assert code == 7


def test_it_runs_nothing_when_another_module_loads_it(checkout):
    code = "import runpy, sys; runpy.run_path('app.py', run_name='other'); print('pinboard' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
