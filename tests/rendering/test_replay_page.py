"""
The page and the terminal report: whole, self-contained, and deaf to what a log would like to be.
"""

import copy
import html.parser
import io
import json
import re

import pytest
from rich.console import Console
from typer.testing import CliRunner

from upheld.cli import replay as command
from upheld.rendering.replay_page import replay_page
from upheld.rendering.replay_terminal import print_report

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>{{ 7*7 }}\x1b[31m"
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Reader(html.parser.HTMLParser):
    """Collects what a page holds, and that every element is closed in its turn."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.text = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        facts = dict(attrs)
        assert not any(name.startswith("on") for name in facts), facts
        self.ids += [facts["id"]] if "id" in facts else []
        self.links += [facts[name] for name in ("href", "src") if name in facts]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The report of the invented company's log, with the page as the command wrote it."""
    folder = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(command.app, ["--demo", "--output", str(folder), "--quiet"], catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads((folder / "replay.json").read_text()), (folder / "replay.html").read_text()


@pytest.mark.requirement_part("B-4")
def test_the_page_is_whole_and_asks_for_nothing(demo):
    _, page = demo
    reader = read(page)
    assert not {"script", "img", "link", "iframe", "form", "object"} & set(reader.tags)
    assert all(link.startswith("#") for link in reader.links)
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))
    assert not re.search(r"url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)", page)


def test_every_percentage_has_its_denominator(demo):
    report, page = demo
    (metric,) = [each for each in report["metrics"] if each["denominator"]]
    text = " ".join(" ".join(read(page).text).split())
    assert f"{metric['shown']} of the promises on resolution were kept." in text
    assert f"{metric['met']:,} of {metric['denominator']:,} in time" in text
    for groups in ("by_severity", "by_month", "by_customer"):
        assert sum(each["denominator"] for each in metric[groups]) == metric["denominator"]
        assert sum(each["late"] for each in metric[groups]) == metric["late"]
    assert sum(each["clocks"] for each in metric["time_used"]) == metric["denominator"]


def test_each_worst_failure_has_its_reason_and_its_picture(demo):
    report, page = demo
    assert len(report["worst"]) == 10
    assert all(each["why"] for each in report["worst"])
    assert page.count('class="card breach"') == 10
    assert all(f'id="worst-{number}-title"' in page for number in range(10))


def hostile(report):
    """Return the report with every text that came from the log made hostile."""
    bad = copy.deepcopy(report)
    bad["log"]["source"] = HOSTILE
    for metric in bad["metrics"]:
        metric["name"] = HOSTILE
        for each in metric["by_customer"]:
            each["customer"] = HOSTILE
    for each in bad["worst"]:
        each.update(ticket=HOSTILE, customer=HOSTILE, severity=HOSTILE, metric_name=HOSTILE, why=[HOSTILE])
    for each in bad["credits"]["lines"]:
        each.update(customer=HOSTILE, contract=HOSTILE + "c", band=HOSTILE)
    bad["without_contract"] = [{"customer": HOSTILE, "tickets": 3}]
    bad["findings"] = [{"code": "x", "weight": "error", "file": HOSTILE, "line": 1, "params": {}, "text": HOSTILE}]
    for each in (*bad["assumptions"], *bad["blind_spots"], *bad["checks"]):
        each["text"] = HOSTILE
    bad["plan"]["name"] = HOSTILE
    return bad


def test_hostile_text_stays_text_on_the_page(demo):
    bad = hostile(demo[0])
    page = replay_page(bad, ["<svg></svg>"] * 10)
    reader = read(page)
    assert not {"script", "img"} & set(reader.tags)
    assert "{{ 7*7 }}" in "".join(reader.text)
    assert len(reader.ids) == len(set(reader.ids))


def test_hostile_text_stays_text_on_the_terminal(demo):
    console = Console(file=io.StringIO(), width=120, highlight=False, markup=False)
    print_report(console, hostile(demo[0]))
    assert "\x1b" not in console.file.getvalue()
    assert "<script>" in console.file.getvalue()


def empty(report):
    bare = copy.deepcopy(report)
    for metric in bare["metrics"]:
        metric.update(met=0, late=0, denominator=0, share=None, percent=None, shown=None, late_shown=None)
    bare.update(worst=[], blind_spots=[], findings=[], checks=[], assumptions=[], without_contract=[])
    bare["credits"] = {
        "totals": [],
        "periods": 0,
        "periods_owed": 0,
        "periods_without_fee": 0,
        "not_computed": [],
        "lines": [],
    }
    return bare


def test_empty_states_say_what_would_be_there(demo):
    text = " ".join(" ".join(read(replay_page(empty(demo[0]), [])).text).split())
    for words in (
        "No promise could be judged.", "Nothing was late. The ten worst failures would be explained here",
        "This plan owes no credits for broken clocks.", "rows made sense.", "None were needed.",
    ):  # fmt: skip
        assert words in text
    console = Console(file=io.StringIO(), width=120)
    print_report(console, empty(demo[0]))
    assert "Nothing was late." in console.file.getvalue()


def test_the_terminal_says_the_headline_first(demo):
    console = Console(file=io.StringIO(), width=200, highlight=False, markup=False)
    print_report(console, demo[0])
    lines = [line for line in console.file.getvalue().splitlines() if line.strip()]
    assert lines[0].startswith("Resolution: ")
    assert " of 3,000 promises were kept; " in lines[0]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_texts_stand_out_by_wcag_aa(demo, theme):
    blocks = re.findall(r":root \{([^}]*--ground: #(?!fff;)[^}]*)\}", demo[1])
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[theme]))
    for ground in ("card", "ground"):
        for words in ("text", "quiet", "met", "risk", "late", "accent"):
            assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
    assert contrast("#ffffff", colours["heat"]) >= 4.5
    assert contrast(colours["late"], colours["late-soft"]) >= 4.5
    assert contrast(colours["text"], colours["risk-soft"]) >= 4.5
