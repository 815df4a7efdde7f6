"""
The pages' assets: what the lock names, once, from files only.
"""

import json
import shutil

import pytest

import hatch_build
from tests.source_tree import ROOT


@pytest.fixture
def clone(tmp_path, monkeypatch):
    for name in (*hatch_build.INPUTS, ".npmrc"):
        shutil.copy(ROOT / name, tmp_path)
    fetched = []

    def fetch(place):
        fetched.append(sorted(path.name for path in place.iterdir()))
        for source in hatch_build.FILES.values():
            path = place / "node_modules" / source
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"content\n//# sourceMappingURL=gone.map\n")

    monkeypatch.setattr(hatch_build, "fetch", fetch)
    return tmp_path, fetched


def test_assets_are_fetched_once_and_again_when_the_lock_changes(clone):
    root, fetched = clone
    assert hatch_build.refresh(root)
    assert not hatch_build.refresh(root)
    assert fetched == [[".npmrc", "package-lock.json", "package.json"]]
    vendor = root / hatch_build.VENDOR
    assert {path.name for path in vendor.iterdir()} == {*hatch_build.FILES, ".stamp"}
    assert (vendor / "tabler.min.css").read_bytes() == b"content\n"

    (vendor / "left over.js").write_text("")
    with (root / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert hatch_build.refresh(root)
    assert not (vendor / "left over.js").exists()


def test_a_build_that_broke_off_is_made_again(clone):
    root, fetched = clone
    hatch_build.refresh(root)
    (root / hatch_build.VENDOR / ".stamp").unlink()
    assert hatch_build.refresh(root)
    assert len(fetched) == 2


def test_the_lock_is_exact_and_names_no_registry():
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert [name for name, facts in locked.items() if name and ("resolved" in facts or "integrity" not in facts)] == []
    documented = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    assert [name for name in asked if f"`{name}`" not in documented] == []


def test_nothing_of_others_is_committed():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert f"{hatch_build.VENDOR}/" in ignored
