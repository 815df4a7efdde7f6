"""
Attacks on what the service reads and writes, by their rows: formulas, parsers, paths, patterns, pages that must not be.
"""

import ast
import csv
import io
import re
import tarfile
import tempfile
from functools import partial
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver

import upheld
from tests import factories
from tests.cases import of_row
from tests.effort import least_seconds
from tests.source_tree import ROOT
from upheld.apps.tickets.services import files
from upheld.cli import archive
from upheld.cli.service import ServiceError
from upheld.core.cells import SIGNS, literal
from upheld.web.desk.export import csv_answer

SOURCE = Path(upheld.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))

FORMULAS = (
    '=HYPERLINK("http://evil.test","x")', "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1", "\r=1+1", "\n=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(1)", " =1+1", "\u00a0=1+1",
    "\u200b=1+1", "\ufeff=1+1", "|calc", "%0A=1", "\u2007\t=1", 'x",=1+1', "\x0b=1",
)  # fmt: skip


@of_row("AT-IN-003", "BI-IM-003")
@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_what_a_spreadsheet_would_run_is_exported_as_text(text):
    answer = csv_answer(("subject", "number"), [{"subject": text, "number": -5}], name="x.csv")
    (_, row) = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    shown = row[0] if text.startswith("x") else row[0].removeprefix("'")
    assert (shown, row[1]) == (text, "-5")
    assert row[0].startswith("'") or text.startswith("x")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@of_row("AT-IN-003")
@pytest.mark.parametrize("text", ["Größe", "(1) x", "a=b", "1-2", "", "'quoted'", "5 % off", "💥"], ids=ascii)
def test_other_words_stay_as_they_are(text):
    assert literal(text) == text
    assert all(literal(sign) == f"'{sign}" for sign in SIGNS)


# What parses what others send


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{each.name}" for each in node.names)


NEVER = ("xml.etree", "xml.dom", "xml.sax.parse", "xml.sax.make", "xmlrpc", "lxml", "openpyxl", "pickle", "marshal",
         "shelve", "weasyprint", "reportlab", "xhtml2pdf", "pdfkit", "PIL", "cv2", "magic")  # fmt: skip


@of_row("AT-IN-006", "AT-IN-004", "BI-UP-008")
def test_nothing_parses_xml_pictures_or_pickles_and_nothing_renders_pages_on_our_side():
    """
    What is not parsed cannot expand, fetch, or run: no entity of XML, no bomb of pixels (there are no thumbnails; files
    are kept as they came), no page that would be rendered with the rights of the service.
    """
    found = {
        (str(path.relative_to(SOURCE)), name)
        for path in MODULES
        for name in imported(path)
        if name.startswith(tuple(f"{each}." for each in NEVER)) or name in NEVER
    }
    assert found == set()


BOMBS = {
    "pixels": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xfd\xe8\x00\x00\xfd\xe8\x08\x02\x00\x00\x00",
    "truncated JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "frames": b"GIF89a" + b"\xff\xff\xff\xff\x80\x00\x00" + b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02" * 9000,
    "entities": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
    "zip": b"PK\x03\x04" + b"\x00" * 4000,
}


@of_row("BI-UP-008", "AT-RS-004", "AT-IN-006")
@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_a_file_that_would_explode_is_kept_as_it_came(settings, tmp_path, content):
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    settings.MEDIA_ROOT = tmp_path
    kept = files.store(sent=SimpleUploadedFile("a.png", content))
    assert files.place_of(kept["storage_key"]).read_bytes() == content
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == [kept["storage_key"].partition("/")[2]]
    assert least_seconds(lambda: files.store(sent=SimpleUploadedFile("a.png", content))) < 0.5


# Paths


TRAVERSALS = ("../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd",
              "..\\..\\etc\\passwd", "/etc/passwd", "%00", "a%00.css", ".git/config", ".env", "~",
              "file:///etc/passwd")  # fmt: skip


@of_row("AT-IN-007", "AT-OP-001")
@pytest.mark.django_db
@pytest.mark.parametrize("path", TRAVERSALS)
@pytest.mark.parametrize(
    "prefix", ["/static/", "/static/css/", "/portal/files/", "/desk/files/", "/api/v1/plans/", "/", "/files/"]
)
def test_no_path_leads_out_of_its_root(prefix, path):
    answer = Client(raise_request_exception=False).get(f"{prefix}{path}")
    assert answer.status_code in (301, 302, 400, 401, 404)
    if answer.status_code == 301:
        assert answer.url.startswith(prefix)  # the same address, with a slash
    if answer.status_code == 302:
        assert answer.url.startswith("/accounts/login/")
    assert b"root:" not in answer.getvalue()


def tar_with(path, *members):
    with tarfile.open(path, "w") as tar:
        for name, content, kind, link in members:
            made = tarfile.TarInfo(name)
            made.size, made.type, made.linkname = len(content), kind, link
            tar.addfile(made, io.BytesIO(content))
    return path


OUTSIDE = str(Path(tempfile.gettempdir()) / "upheld-evil")
"""Never written."""

SLIPS = {
    "up": ("../../evil", b"x", tarfile.REGTYPE, ""),
    "root": (OUTSIDE, b"x", tarfile.REGTYPE, ""),
    "inside up": ("files/../../../evil", b"x", tarfile.REGTYPE, ""),
    "symbolic link": ("files/link", b"", tarfile.SYMTYPE, "/etc/passwd"),
    "link up": ("files/link", b"", tarfile.LNKTYPE, "../../../../etc/passwd"),
    "device": ("files/null", b"", tarfile.CHRTYPE, ""),
}


@of_row("BI-UP-007", "AT-IN-007")
@pytest.mark.parametrize("member", SLIPS.values(), ids=SLIPS)
def test_an_archive_that_reaches_out_is_refused(tmp_path, member, monkeypatch):
    monkeypatch.setattr(archive.database_dump, "require_empty", lambda: None)
    monkeypatch.setattr(archive.database_dump, "is_in_home", lambda: False)
    home = tmp_path / "deep" / "er" / "home"
    home.mkdir(parents=True)
    source = tar_with(tmp_path / "a.tar", ("manifest.json", b"{}", tarfile.REGTYPE, ""), member)
    with pytest.raises(ServiceError) as caught:
        archive.restore(source, home)
    assert caught.value.code == "archive.not_an_archive"
    assert member[0] in str(caught.value.params["reason"])
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == ["a.tar"]
    assert not Path(OUTSIDE).exists()


# Patterns


def patterns():
    """Every pattern that the code compiles or uses, with the functions that it is used by."""
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if getattr(node.func.value, "id", "") != "re" or not node.args:
                continue
            given = node.args[0]
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                flags = re.VERBOSE if "VERBOSE" in ast.unparse(node) else 0
                flags |= re.MULTILINE if "MULTILINE" in ast.unparse(node) else 0
                yield str(path.relative_to(SOURCE)), given.value, node.func.attr, flags, source


PATTERNS = sorted({(path, text, how, flags) for path, text, how, flags, _source in patterns()})
SIZES = [2**power for power in (12, 14, 16, 18, 20)]
"""Ascending, so that a pattern that is slow is found before it takes for ever."""


def hard_texts(pattern, size):
    """Long texts of the characters that a pattern likes, each with an end that it does not."""
    liked = {each for each in pattern if each.isalnum() or each in " -_.:/<>{}[]()\"'@#*,="} | set('a0 \n-"')
    for one in sorted(liked):
        for start in ("", "0", "a", '"'):
            yield start + one * size + "\0"
    for pair in ("a ", " a", "0.", "a.", "a-", "a:", "aa,", "\n ", "0:", "<a", "[a", "{a", '"a', "a@", "0 "):
        yield pair * (size // len(pair)) + "\0"


@pytest.mark.heavy
@of_row("AT-IN-009")
@pytest.mark.parametrize(
    ("path", "pattern", "how", "flags"), PATTERNS, ids=[f"{each[0]}:{ascii(each[1])[:40]}" for each in PATTERNS]
)
def test_no_pattern_takes_long_over_a_megabyte(path, pattern, how, flags):
    """As it is used where it is used directly, else however it could be: whole, from the start, anywhere."""
    made = re.compile(pattern, flags)
    source = (SOURCE / path).read_text(encoding="utf-8")
    name = re.search(rf"(\w+)(?:: [^=\n]+)? = re\.compile\(\s*r?f?['\"]{re.escape(pattern[:12])}", source)
    used = {how} if how != "compile" else set(re.findall(rf"\b{name[1]}\.(\w+)\(", source)) if name else set()
    ways = [each for each in ("fullmatch", "match", "search") if each in used]
    ways += ["search"] if used & {"sub", "findall", "finditer", "split", "subn"} else []
    slow = []
    for size in SIZES:
        for text in hard_texts(pattern, size):
            for way in ways or ["fullmatch", "match"]:
                spent = least_seconds(partial(getattr(made, way), text), enough=0.1)
                slow += [(way, ascii(text[:6]), size, round(spent, 2))] if spent > 0.1 else []
        assert slow == []


# Pages that must not be


@of_row("AT-OP-001")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/admin/", "/.git/config", "/.env", "/backup.tar", "/db.sqlite3", "/static/", "/static/js/app.js.map", "/debug/",
     "/__debug__/", "/api/v1/docs", "/silk/", "/server-status", "/phpinfo.php", "/metrics", "/upheld.log"],
)  # fmt: skip
def test_nothing_but_our_pages_is_reachable(path):
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code == 404
    assert b"Traceback" not in answer.content
    assert b"urlpatterns" not in answer.content


@of_row("AT-OP-001")
@pytest.mark.django_db
def test_an_error_of_ours_shows_a_number_and_nothing_else(monkeypatch, caplog):
    world = factories.World()
    client = Client(raise_request_exception=False)
    client.force_login(world.agent, backend="allauth.account.auth_backends.AuthenticationBackend")

    def broken(*_given, **_more):
        raise RuntimeError("SECRET of the inside")

    monkeypatch.setattr("upheld.web.desk.lists._listed", broken)
    answer = client.get("/desk/")
    assert answer.status_code == 500
    assert b"SECRET" not in answer.content
    assert b"RuntimeError" not in answer.content
    number = re.search(r"\b[0-9a-f]{10}\b", answer.content.decode())[0]
    assert number in caplog.text


@of_row("AT-OP-001")
def test_health_tells_nothing_of_the_installation(db):
    for path in ("/healthz", "/readyz", "/alive/"):
        assert set(Client().get(path).json()) == {"status"}


@of_row("AT-OP-001")
def test_there_is_no_site_for_administration_and_no_debugging():
    from django.conf import settings  # noqa: PLC0415

    assert not any("admin" in name or "debug" in name for name in settings.INSTALLED_APPS)
    assert settings.DEBUG is False
    assert not any("admin" in str(each.pattern) for each in get_resolver().url_patterns)


@of_row("AT-OP-003")
def test_every_dependency_is_locked_with_its_hash():
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        named = re.findall(r"^([a-z0-9][\w.-]*)==\S+", text, flags=re.MULTILINE | re.IGNORECASE)
        assert named, lock.name
        assert text.count("==") <= text.count("--hash=sha256:"), lock.name
