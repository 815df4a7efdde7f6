"""
Setting up on a machine that lacks something: what is missing, and the one command that mends it.
"""

import shutil
import subprocess
import sys

import pytest

from tests.source_tree import ROOT

STAND_IN = """#!{python}
import pathlib, shutil, sys
sys.version_info = {version!r}
sys.modules.update(dict.fromkeys({missing!r}))
if sys.argv[1] == "-c":
    exec(sys.argv[2])
else:
    with open({log!r}, "a") as log:
        print(*sys.argv[2:], file=log)
    if sys.argv[2] == "venv":
        pathlib.Path(".venv/bin").mkdir(parents=True)
        shutil.copy(__file__, ".venv/bin/python")
"""


def interpreter(clone, *, version, with_venv=True):
    """A stand-in for a Python of that version: it answers what tools/set-up asks, and writes down what it is told."""
    path = clone / "python{}.{}".format(*version)
    missing = [] if with_venv else ["ensurepip"]
    path.write_text(STAND_IN.format(python=sys.executable, version=version, missing=missing, log=str(clone / "told")))
    path.chmod(0o755)
    return path


@pytest.fixture
def clone(tmp_path):
    """A clone with just what setting up reads, and no .venv."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/set-up", tmp_path / "tools")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def set_up(clone, python, *programs, group="dev"):
    """Run the script on a machine that has ``programs`` besides the bare shell."""
    machine = clone / "machine"
    if not machine.exists():
        machine.mkdir()
        for name in ("sh", "dirname", "cat", "cksum", "rm"):
            (machine / name).symlink_to(shutil.which(name))
    for name, answer in (("id", "echo 1000"), *programs):
        (machine / name).write_text(f"#!/bin/sh\n{answer}\n")
        (machine / name).chmod(0o755)
    return subprocess.run(
        ["/bin/sh", clone / "tools/set-up", group],
        env={"PATH": str(machine), "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


APT = ("apt-get", "exit 0")
ROOT_USER = ("id", "echo 0")
CASES = {
    "venv module missing": (
        {"version": (3, 77, 0), "with_venv": False},
        [APT],
        "Python 3.77 ({python}) lacks its venv module.",
        "sudo apt-get install python3.77-venv",
    ),
    "venv module missing, no apt": (
        {"version": (3, 77, 0), "with_venv": False},
        [],
        "Python 3.77 ({python}) lacks its venv module.",
        "make PYTHON=/path/to/another/python3.11 setup",
    ),
    "old Python, newer one on offer": (
        {"version": (3, 9, 2)},
        [APT, ("apt-cache", '[ "$2" = python3.11-venv ]')],
        "Python 3.11 or newer is needed; {python} is Python 3.9.",
        "sudo apt-get install python3.11-venv",
    ),
    "old Python, nothing on offer": (
        {"version": (2, 7, 18)},
        [],
        "Python 3.11 or newer is needed; {python} is Python 2.7.",
        "make PYTHON=/path/to/python3.11 setup",
    ),
    "old Python, brew": (
        {"version": (3, 10, 0)},
        [("brew", "exit 0")],
        "Python 3.11 or newer is needed; {python} is Python 3.10.",
        "brew install python@3.12",
    ),
}


@pytest.mark.parametrize(("python", "programs", "wrong", "command"), CASES.values(), ids=CASES)
def test_what_is_missing_is_named_with_one_command(clone, python, programs, wrong, command):
    path = interpreter(clone, **python)
    result = set_up(clone, path, *programs)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"Upheld cannot be set up: {wrong.format(python=path)}",
        "Run this, then try again:",
        f"    {command}",
    ]
    assert not (clone / ".venv").exists()


def test_no_python_at_all(clone):
    result = set_up(clone, clone / "nowhere/python3")
    assert result.returncode == 1
    assert f"Python 3.11 or newer is needed; none was found at {clone}/nowhere/python3." in result.stderr


def test_root_needs_no_sudo(clone):
    path = interpreter(clone, version=(3, 77, 0), with_venv=False)
    result = set_up(clone, path, ROOT_USER, APT)
    assert result.stderr.splitlines()[-1] == "    apt-get install python3.77-venv"


def test_an_unknown_group_is_refused(clone):
    result = subprocess.run(["/bin/sh", clone / "tools/set-up", "all"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (2, "tools/set-up: run, dev or bench, not 'all'\n")


def told(clone):
    """What the interpreters were told since the last time: ``venv`` or the thing that pip installs."""
    log = clone / "told"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [line.split()[0] if line.startswith("venv") else line.split()[-1] for line in lines]


def test_it_is_done_once_and_again_when_the_lock_changes(clone):
    python = interpreter(clone, version=(3, 77, 0))
    assert set_up(clone, python, group="run").returncode == 0
    assert told(clone) == ["venv", "requirements/run.txt", "."]

    set_up(clone, python, group="run")
    assert told(clone) == []

    with (clone / "requirements/run.txt").open("a") as lock:
        lock.write("# another version\n")
    set_up(clone, python, group="run")
    assert told(clone) == ["requirements/run.txt", "."]


def test_a_larger_set_up_serves_a_smaller_one(clone):
    python = interpreter(clone, version=(3, 77, 0))
    set_up(clone, python, group="run")
    set_up(clone, python, group="dev")
    assert told(clone) == ["venv", "requirements/run.txt", ".", "requirements/dev.txt", "."]

    set_up(clone, python, group="run")
    assert told(clone) == []


def test_another_python_makes_another_venv(clone):
    set_up(clone, interpreter(clone, version=(3, 77, 0)))
    told(clone)
    set_up(clone, interpreter(clone, version=(3, 78, 0)))
    assert told(clone) == ["venv", "requirements/dev.txt", "."]


def test_what_broke_is_made_again(clone):
    python = interpreter(clone, version=(3, 77, 0))
    set_up(clone, python)
    (clone / ".venv/bin/python").write_text("#!/bin/sh\nexit 1\n")
    told(clone)
    assert set_up(clone, python).returncode == 0
    assert told(clone) == ["venv", "requirements/dev.txt", "."]
