"""
Settings from the environment: read or refused by name, and all documented.
"""

import os
import stat
import subprocess
import sys

import pytest

from tests import source_tree
from tests.source_tree import ROOT
from upheld.config import environment
from upheld.config.settings import database, mail
from upheld.core.errors import UpheldError
from upheld.wording import say

LOADED = "import upheld.config.settings; from upheld.config.environment import DECLARED; print(*sorted(DECLARED))"


def clean():
    """The environment without settings, neither the tests' nor the reader's."""
    ours = ("UPHELD_", "DATABASE_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def test_every_setting_is_documented_and_no_other(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", LOADED],
        env={**clean(), "UPHELD_HOME": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    text = (ROOT / "docs/running.md").read_text(encoding="utf-8")
    section = text.split("## Settings")[1].split("\n## ")[0]
    documented = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}
    assert set(result.stdout.split()) == documented


def test_every_command_of_the_service_is_documented():
    documented = set(source_tree.table_rows("docs/running.md"))
    for command in ("migrate", "serve", "worker", "user add", "check", "backup", "restore"):
        assert f"upheld {command}" in documented


REFUSED = {
    "flag": (lambda: environment.flag("UPHELD_X", default=False), "maybe", "environment.not_a_flag"),
    "number": (lambda: environment.number("UPHELD_X", 1), "-4", "environment.not_a_number"),
    "number too large": (lambda: environment.number("UPHELD_X", 1, most=9), "10", "environment.not_a_number"),
    "choice": (lambda: environment.choice("UPHELD_X", "a", ("a", "b")), "c", "environment.not_an_option"),
    "address": (
        lambda: environment.address("UPHELD_X", "", ("https",)),
        "ftp://user:secret@host",
        "environment.not_an_address",
    ),
    "port": (
        lambda: environment.address("UPHELD_X", "", ("https",)),
        "https://user:secret@host:x",
        "environment.not_an_address",
    ),
}


@pytest.mark.parametrize(("read", "given", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_by_name(monkeypatch, read, given, code):
    monkeypatch.setenv("UPHELD_X", given)
    with pytest.raises(UpheldError) as caught:
        read()
    environment.DECLARED.pop("UPHELD_X")
    sentence = say(caught.value.code, caught.value.params)
    assert caught.value.code == code
    assert "UPHELD_X" in sentence
    assert "secret" not in sentence


def test_a_wrong_setting_stops_a_command_with_one_line(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "upheld", "migrate"],
        env={**clean(), "UPHELD_HOME": str(tmp_path), "DATABASE_URL": "mysql://root:secret@db/x"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert result.stderr.startswith("upheld: DATABASE_URL is no address that can be used.")
    assert len(result.stderr.splitlines()) == 1


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("UPHELD_SECRET_KEY", raising=False)
    first = environment.kept_secret(tmp_path / "keys", "secret_key", "UPHELD_SECRET_KEY")
    assert environment.kept_secret(tmp_path / "keys", "secret_key", "UPHELD_SECRET_KEY") == first
    assert len(first) == 64
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "keys/secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def chosen(read, text, schemes, monkeypatch):
    monkeypatch.setenv("UPHELD_X", text)
    parts = environment.address("UPHELD_X", "", schemes)
    environment.DECLARED.pop("UPHELD_X")
    return read(parts)


def test_a_postgresql_address_becomes_settings(monkeypatch):
    settings = chosen(
        database.database_of,
        "postgresql://ann:p%40ss@db.example:6432/main?sslmode=require",
        database.SCHEMES,
        monkeypatch,
    )
    expected = {"NAME": "main", "USER": "ann", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "6432"}
    assert {name: settings[name] for name in expected} == expected
    assert settings["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert "statement_timeout=30000" in settings["OPTIONS"]["options"]


def test_sqlite_commits_are_on_the_disk_and_take_the_lock_first(monkeypatch):
    settings = chosen(database.database_of, "sqlite:", database.SCHEMES, monkeypatch)
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous = FULL" in settings["OPTIONS"]["init_command"]
    assert "ATOMIC_REQUESTS" not in settings


MAIL = {
    "smtp": ("smtp://u:p@host", {"EMAIL_HOST": "host", "EMAIL_PORT": 587, "EMAIL_USE_TLS": True}),
    "smtp without TLS": ("smtp://host:25?tls=no", {"EMAIL_PORT": 25, "EMAIL_USE_TLS": False}),
    "smtps": ("smtps://host", {"EMAIL_PORT": 465, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True}),
    "file": ("file:", {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}),
    "console": ("console:", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MAIL.values(), ids=MAIL)
def test_a_mail_address_becomes_settings(monkeypatch, text, expected):
    settings = chosen(mail.mail_of, text, ("file", "console", "smtp", "smtps"), monkeypatch)
    assert {name: settings[name] for name in expected} == expected
