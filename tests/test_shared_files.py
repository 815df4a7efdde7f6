"""
A test that needs the shared material skips where it is absent, and fails in continuous integration.
"""

import pytest

from tests import shared_files


@pytest.fixture
def absent(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_files, "SHARED", tmp_path)


def test_absent_at_the_desk(absent, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"cases/worktime\.jsonl is not there"):
        shared_files.shared("cases/worktime.jsonl")


def test_absent_in_continuous_integration(absent, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"cases/worktime\.jsonl is not there"):
        shared_files.shared("cases/worktime.jsonl")


def test_rows(tmp_path, absent):
    (tmp_path / "rows.jsonl").write_text('{"id": "A-1"}\n\n{"id": "A-2"}\n')
    assert shared_files.shared_rows("rows.jsonl") == [{"id": "A-1"}, {"id": "A-2"}]
