"""
The ``upheld`` command as a process: what it prints, and the code that it leaves with.
"""

import importlib
import os
import signal
import subprocess
import sys
import textwrap

import pytest
import typer

from upheld.cli import main

LIBRARIES_OF_GROUPS = (
    "numpy",
    "pydantic",
    "ruamel.yaml",
    "holidays",
    "icalendar",
    "upheld.wording",
    "upheld.core.plan",
)


def run(*arguments, program=("-m", "upheld"), **environment):
    return subprocess.run(
        [sys.executable, *program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


def run_failing(body, **environment):
    """Run the command with an app that does ``body``, the lines of a function."""
    lines = ["from upheld.cli import main", "def app(**_):", textwrap.indent(textwrap.dedent(body), "    ")]
    return run(program=("-c", "\n".join([*lines, "main.app = app", "main.main()"])), **environment)


def test_help_names_every_group():
    result = run("--help")
    assert result.returncode == 0
    for name, entry in main.COMMANDS.items():
        assert name in result.stdout
        assert entry.help in result.stdout


def test_help_loads_no_group():
    program = f"""
import sys
from upheld.cli import main
try:
    main.main()
except SystemExit:
    pass
groups = [entry.module for entry in main.COMMANDS.values()]
print("LOADED", [name for name in [*groups, *{LIBRARIES_OF_GROUPS!r}] if name in sys.modules])
"""
    assert run("--help", program=("-c", program)).stdout.splitlines()[-1] == "LOADED []"


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_group_loads(name):
    module = importlib.import_module(main.COMMANDS[name].module)
    assert isinstance(module.app, typer.Typer)


def test_version():
    result = run("--version")
    assert (result.returncode, result.stdout) == (0, "upheld 0.1.0\n")


def test_a_typing_error_is_answered_with_a_guess():
    result = run("calender")
    assert result.returncode == 2
    assert "Did you mean 'calendar'?" in result.stderr


REFUSALS = {
    "anticipated": (
        "from upheld.core.instants import parse_instant\nparse_instant('2026-07-01T09:00')",
        "upheld: The date and time 2026-07-01T09:00:00 has no zone. Add an offset such as +02:00, or Z for UTC.\n",
        2,
    ),
    "missing file": (
        "open('no/such')",
        "upheld: no/such cannot be used: No such file or directory. Check the path and who may read or write it.\n",
        2,
    ),
    "control characters": (
        "from upheld.core.instants import parse_instant\nparse_instant('\\x1b[2Jtoday')",
        "upheld: '\\x1b[2Jtoday' is not a date and time. Write it as 2026-07-01T09:00:00+02:00 (ISO 8601).\n",
        2,
    ),
    "bug": (
        "return 1 / 0",
        (
            "upheld: This is a bug in Upheld (ZeroDivisionError: division by zero). Run the command again with "
            "UPHELD_TRACEBACK=1 and report what it prints.\n"
        ),
        70,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "said", "code"), REFUSALS.values(), ids=REFUSALS)
def test_what_goes_wrong_is_one_line(body, said, code):
    result = run_failing(body)
    assert (result.stdout, result.stderr, result.returncode) == ("", said, code)


def test_the_findings_of_an_error_are_a_line_each():
    result = run_failing("""
        from upheld.core.errors import Finding, Place, UpheldError, Weight
        error = UpheldError("plan.refused")
        error.findings = (
            Finding("instant.naive", Weight.ERROR, (Place("p.yaml", 3, 5),), {"given": "today"}),
            Finding("money.not_finite", Weight.ERROR, (), {"given": "NaN"}),
        )
        raise error
    """)
    assert result.returncode == 2
    assert [line.split(" is ")[0].split(" has ")[0] for line in result.stderr.splitlines()] == [
        "upheld: p.yaml:3:5: The date and time today",
        "upheld: NaN",
    ]


def test_a_traceback_is_shown_only_when_asked_for():
    result = run_failing("return 1 / 0", UPHELD_TRACEBACK="1")
    assert "Traceback" in result.stderr
    assert "ZeroDivisionError" in result.stderr


def test_interrupted():
    program = """
from upheld.cli import main
@main.app.command()
def wait():
    raise KeyboardInterrupt
main.main()
"""
    result = run("wait", program=("-c", program))
    assert (result.returncode, result.stderr) == (128 + signal.SIGINT, "")


def test_a_reader_that_leaves_early_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "upheld", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)
    assert said == ""
