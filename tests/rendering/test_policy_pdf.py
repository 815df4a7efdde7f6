"""
The policy on paper: what is read back from the PDF, its standards and metadata, hostile words, equal bytes.
"""

import datetime as dt
import io
import re

import pypdf
import pytest
from typer.testing import CliRunner

from tests.rendering.test_policy_pages import ON, SMALL, page
from upheld import catalogues
from upheld.cli import plan, plan_show
from upheld.rendering import policy_pdf as paper
from upheld.rendering.policy_pdf import PdfError, policy_pdf


def made(text=SMALL, **options):
    shown = page(text, **options)
    return policy_pdf(shown, made_by="Upheld test", on=ON, digest="ab" * 32)


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    """What a reader can copy, without the breaks of lines and of words."""
    return flat("".join(each.extract_text() for each in read(pdf).pages))


def flat(text):
    """Letters alone: where a line ends, and where a word is parted, is the typesetter's."""
    return re.sub(r"[\s\u200b\u00ad\u2010-]", "", text)


def marked(pdf):
    """The standards that the file says it keeps."""
    metadata = read(pdf).xmp_metadata.stream.get_data().decode()
    return re.findall(r"(pdfaid|pdfuaid):(part|conformance)>(\w)<", metadata)


BOTH = [("pdfaid", "part", "2"), ("pdfaid", "conformance", "A"), ("pdfuaid", "part", "1")]


@pytest.mark.requirement_part("B-2")
@pytest.mark.parametrize("name", catalogues.names())
def test_every_plan_that_ships_can_be_printed_and_says_all_of_its_page(name):
    data = page(catalogues.read(name), zones=["Asia/Tokyo"])
    pdf = policy_pdf(data, made_by="Upheld test", on=ON)
    text = text_of(pdf)
    assert [words for words in every_word(data) if flat(words) not in text] == []
    assert sorted(marked(pdf)) == sorted(BOTH)


def every_word(data):
    """Names of sections and every line of every cell."""
    for section in data["sections"]:
        yield section["name"]
        for block in section["blocks"]:
            for row in block["rows"]:
                cells = [row["cell"]] if block["kind"] == "facts" else (row if block["kind"] == "table" else [row])
                yield from (line["text"] for cell in cells for line in cell)
    for each in data["assumptions"]:
        yield each["reading"]


def test_title_language_date_and_outline():
    found = read(made())
    assert found.metadata.title == "Acme <b>Care</b> [red]"
    assert found.metadata.creation_date == dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    assert found.trailer["/Root"]["/Lang"] == "en"
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [each.title for each in found.outline if not isinstance(each, list)][:2] == [
        "How fast we answer",
        "When support is there",
    ]


def test_every_page_says_its_number_of_how_many_and_the_first_where_it_is_from():
    found = read(made(catalogues.read("celigo")))
    count = len(found.pages)
    for number, each in enumerate(found.pages, 1):
        assert f"{number} of {count}" in each.extract_text()
    first = found.pages[0].extract_text()
    assert "Version 2022-05" in " ".join(first.split())
    assert "ab" * 32 in flat(first)


def test_a_long_table_repeats_its_head():
    rows = "".join(
        f"  2026-{month:02}-{day:02}: Day {month}.{day}\n" for month in range(2, 13) for day in (3, 10, 17, 24)
    )
    text = SMALL.replace("holidays: {BE: closed}}", "holidays: {own: closed}}")
    text = text.replace(
        "calendars:\n",
        "holiday_lists:\n  own:\n    dates:\n" + rows.replace("  2026", "      2026") + "calendars:\n",
        1,
    )
    pages = [each.extract_text() for each in read(made(text)).pages]
    long = [each for each in pages if re.search(r"Day \d+\.\d+: closed", each)]
    assert len(long) == 2
    assert all("Date" in each and "Holiday" in each for each in long)


HOSTILE = [
    "#panic(1) #include \"/etc/passwd\"", "$ x^2 $", r"\u{41} \n \#", "*bold* _it_", "[cell] ](x)", "@ref <label>",
    "`code` ```raw```", "= Heading", "- item", "// comment /* more */", "~ -- ... 'quoted' \"twice\"", "https://a.example/b",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_plan_never_become_markup(words):
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    pdf = made(SMALL.replace("urgent: {name: Urgent}", f'urgent: {{name: "{escaped}"}}'))
    assert flat(words) in text_of(pdf)
    assert sorted(marked(pdf)) == sorted(BOTH)


def test_a_very_long_word_is_broken_inside_its_column():
    word = "x" * 400
    found = read(made(SMALL.replace("urgent: {name: Urgent}", f"urgent: {{name: {word}}}")))
    edges = []

    def seen(text, _matrix, place, _font, _size):
        edges.append((place[4], text))

    for each in found.pages:
        each.extract_text(visitor_text=seen)
    longest = max(len(text.strip()) for _x, text in edges if set(text.strip()) == {"x"})
    assert longest < 60
    assert flat(word) in flat("".join(each.extract_text() for each in found.pages))


def test_right_to_left_words_are_there():
    pdf = made(SMALL.replace("urgent: {name: Urgent}", "urgent: {name: דחוף}"))
    text = text_of(pdf)
    assert "דחוף" in text or "ףוחד" in text
    assert sorted(marked(pdf)) == sorted(BOTH)


def test_letters_that_no_font_of_ours_has_lose_the_standards_and_not_the_page():
    pdf = made(SMALL.replace("urgent: {name: Urgent}", "urgent: {name: 緊急 Urgent}"))
    assert "Urgent" in text_of(pdf)
    assert marked(pdf) == []


def test_the_same_plan_and_day_give_the_same_bytes():
    assert made() == made()


def test_one_tier_alone():
    text = text_of(made(tier="base"))
    assert "Base" in text
    assert "Warranty" not in text


def run(*arguments):
    return CliRunner().invoke(plan.app, list(arguments), catch_exceptions=False)


def test_the_command_writes_a_file(tmp_path):
    file = tmp_path / "celigo.pdf"
    result = run("show", "celigo", "--on", "2026-01-05", "--format", "pdf", "--output", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Celigo" in read(file.read_bytes()).metadata.title


def test_without_the_extra_the_command_says_which_one_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr(paper, "NEEDS", ("no_such_typesetter",))
    file = tmp_path / "celigo.pdf"
    with pytest.raises(PdfError) as caught:
        run("show", "celigo", "--format", "pdf", "--output", str(file))
    assert caught.value.code == "pdf.not_installed"
    assert not file.exists()


def test_a_terminal_is_given_no_pdf(monkeypatch):
    monkeypatch.setattr(plan_show.sys.stdout.__class__, "isatty", lambda _self: True, raising=False)
    with pytest.raises(plan_show.PlanCommandError) as caught:
        plan_show._written(b"%PDF", None)
    assert caught.value.code == "plan.pdf_needs_file"
