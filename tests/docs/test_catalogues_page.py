"""
The page about the plan documents that ship says what they say.
"""

from tools import catalogues as page
from upheld import catalogues
from upheld.core.plan.loading import load


def test_the_page_is_made_from_the_documents():
    assert page.DOCUMENT.read_text(encoding="utf-8") == page.page(), "run: make docs"


def test_every_assumption_of_every_document_is_on_it():
    text = page.DOCUMENT.read_text(encoding="utf-8")
    for name in catalogues.names():
        part = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for each in load(catalogues.read(name), name).plan.assumptions:
            assert f"| `{each.about}` |" in part
