"""
The examples in the documents say the truth: files load, commands print what is shown, stories come out as told.
"""

import pytest

from tools import examples, stories

RUN = {"yaml", "console", "csv", "jsonl"}


@pytest.mark.parametrize("document", examples.DOCUMENTS)
def test_examples_say_the_truth(document):
    wrong = [
        f"{document}:{each.block.line}: {each.problem or 'says now:'}\n{each.text}"
        for each in examples.run_document(examples.ROOT / document)
        if not each.is_right
    ]
    assert wrong == []


@pytest.mark.parametrize("document", examples.DOCUMENTS)
def test_every_example_is_run(document):
    text = (examples.ROOT / document).read_text(encoding="utf-8")
    assert [block.line for block in examples.blocks(text) if block.language in RUN and not block.kind] == []


@pytest.mark.parametrize(
    ("printed", "written", "same"),
    [
        ("a\nb\n", "a\nb", True),
        ("a\nb\n", "a\nc", False),
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a\nc\n", "a\n...", True),
        ("a\nc\n", "a\n...\nc", True),
        ("a\nb\n", "...\nc", False),
    ],
)
def test_what_is_written_says_what_is_printed(printed, written, same):
    assert examples.says(printed, written) is same


def test_keys_are_laid_over_a_plan():
    base = {"days": "hours", "tiers": {"basic": {"hours": "office"}, "plus": {"hours": "office"}}}
    keys = {"days": None, "tiers": {"plus": {"hours": "always"}}}
    assert examples.over(base, keys) == {"tiers": {"basic": {"hours": "office"}, "plus": {"hours": "always"}}}


def test_only_upheld_is_run(tmp_path):
    with pytest.raises(stories.ExampleError):
        examples.run_command("rm -r .", tmp_path)


@pytest.mark.parametrize(
    "line",
    ["Mon 2026-03-02 09:00  something else", "Tue 2026-03-02 09:00  opened", "yesterday  opened"],
    ids=["unknown words", "wrong weekday", "no moment"],
)
def test_a_line_that_nobody_understands_is_refused(line, small_plan):
    with pytest.raises(stories.ExampleError):
        stories.tell(line + "\n", small_plan, "")


@pytest.fixture
def small_plan(tmp_path):
    page = examples.Page(examples.ROOT / "docs/clocks.md", tmp_path)
    first = next(block for block in examples.blocks(page.document.read_text(encoding="utf-8")) if block.kind == "file")
    page.run(first)
    return page.loaded[page.plan]
