"""
Timelines: well formed, escaped, described, the same stretches as the explanation, and labels that never touch.
"""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from tests.explained_tickets import LOADED, TICKETS, at, opened, reply, severity, ticket
from upheld.core.clocks.explain import Explanation
from upheld.core.clocks.stretches import StretchKind
from upheld.rendering.axis import Scale, short_moment, ticks
from upheld.rendering.explanations import Reader
from upheld.rendering.labels import GAP, Label, place, width_of
from upheld.rendering.timeline import FILE_WIDE, NARROWEST, cut, sheet, timeline

SVG = "{http://www.w3.org/2000/svg}"
ZURICH = Reader(LOADED, "Europe/Zurich")
WIDE = Reader(LOADED, "Asia/Kolkata")
HOUR, DAY = 3_600, 86_400


def parsed(picture):
    """A picture of ours as a tree; not well-formed ones fail here."""
    return ET.fromstring(picture)  # noqa: S314  made a line before


def drawn(name, metric="first_response", **options):
    told = TICKETS[name]
    explanation, _ = told.explained(metric)
    return explanation, parsed(timeline(explanation, ZURICH, name="one", now=at(told.now), **options))


def words_of(root, tag="text"):
    return [each.text for each in root.iter(f"{SVG}{tag}")]


def every_clock():
    return [
        pytest.param(told, clock.metric, clock.cycle, id=f"{name}-{clock.metric}-{clock.cycle}")
        for name, told in TICKETS.items()
        for metric in ("first_response", "update", "resolution")
        for clock in told.clocks(metric)[1]
    ]


@pytest.mark.parametrize(("told", "metric", "cycle"), every_clock())
@pytest.mark.parametrize("wide", [None, FILE_WIDE])
def test_every_picture_is_whole(told, metric, cycle, wide):
    explanation, _ = told.explained(metric, cycle)
    root = parsed(timeline(explanation, ZURICH, name="a-b", now=at(told.now), wide=wide))
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert all(each.startswith("a-b-") for each in ids)
    described = root.get("aria-labelledby").split()
    assert [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")] == described
    assert root.get("role") == "img"
    assert "style" not in {name for each in root.iter() for name in each.attrib}
    used = set(re.findall(r"url\(#([\w-]+)\)", ET.tostring(root, encoding="unicode")))
    assert used <= set(ids)


def test_the_picture_shows_exactly_the_stretches():
    explanation, root = drawn("breached_and_stopped")
    tips = words_of(root.find(f"{SVG}g"), "title")
    assert tips == [
        "Mon 2 Mar 2026 16:00 CET to Mon 2 Mar 2026 17:00 CET: counted, 1 h",
        "Mon 2 Mar 2026 17:00 CET to Tue 3 Mar 2026 09:00 CET: outside hours",
        "Tue 3 Mar 2026 09:00 CET to Tue 3 Mar 2026 11:30 CET: counted, 2 h 30 min",
        "Tue 3 Mar 2026 09:00 CET to Tue 3 Mar 2026 11:30 CET: counted, 2 h 30 min, after the due time",
    ]
    blocks = root.find(f"{SVG}g").findall(f"{SVG}rect")[1:]
    widths = [float(each.get("width").rstrip("%")) for each in blocks]
    whole = explanation.stretches[-1].until - explanation.stretches[0].since
    seconds = [HOUR, 16 * HOUR, HOUR, 1.5 * HOUR]
    assert widths == pytest.approx([99.4 * each / whole for each in seconds], abs=0.002)


def test_words_beside_the_picture():
    _, root = drawn("breached_and_stopped")
    assert words_of(root)[-3:] == ["counted 2 h", "late 1 h 30 min", "outside hours"]
    assert {"opened Mon 16:00", "due Tue 10:00", "late Tue 11:30"} <= set(words_of(root))
    assert root.find(f"{SVG}title").text == "First response: what counted"
    assert root.find(f"{SVG}desc").text.endswith("Broken: support replied Tue 3 Mar 2026 11:30 CET, 1 h 30 min late.")


@pytest.mark.parametrize(
    ("name", "metric", "labels", "legend"),
    [
        ("running", "first_response", ["now Tue 09:15"], ["counted 1 h 15 min", "to come 45 min", "outside hours"]),
        ("called", "first_response",
         ["opened Mon 22:00", "customer called Mon 22:30", "now Mon 23:00", "due Tue 00:30"],
         ["counted 30 min", "to come 1 h 30 min", "outside hours"]),
        ("met_to_the_second", "first_response", ["due and kept Tue 10:00"], ["counted 2 h", "outside hours"]),
        ("range", "first_response", ["due from Tue 12:00", "due Tue 16:00", "kept Tue 15:00"], []),
        ("exclusive_missed", "first_response", ["due before and late Tue 12:00"], []),
        ("raised", "first_response", ["Urgent Tue 10:00"], ["counted for an earlier promise 2 h"]),
        ("paused", "resolution", ["now Thu 12:00"], ["counted 2 h", "paused", "outside hours"]),
        ("agreed", "resolution", ["due as agreed 13 Mar 12:00"], []),
        ("merged", "resolution", ["ended Tue 10:00"], []),
        ("best_effort", "first_response", ["finished Wed 10:00"], []),
        ("named_later", "first_response", ["promised Mon 16:30"], []),
        ("set_to_best_effort", "first_response", ["Trivial Mon 16:30"], []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_marks_and_legend(name, metric, labels, legend):
    words = words_of(drawn(name, metric)[1])
    assert [each for each in labels if each not in words] == []
    assert [each for each in legend if each not in words] == []


def test_kinds_differ_by_pattern_not_by_colour_alone():
    fills = {}
    for name, metric in (
        ("breached_and_stopped", "first_response"),
        ("paused", "resolution"),
        ("raised", "first_response"),
    ):
        _, root = drawn(name, metric)
        swatches = [each for each in root.findall(f"{SVG}rect") if each.get("rx") == "2"]
        for rect, word in zip(swatches, words_of(root)[-len(swatches) :], strict=True):
            fills[re.sub(r" \d.*", "", word)] = rect.get("fill")
    assert fills["late"] == "url(#one-late)"
    assert fills["paused"] == "url(#one-paused)"
    assert fills["counted for an earlier promise"] == "url(#one-set_aside)"
    assert len(set(fills.values())) == len(fills)


NASTY = '<script>alert("1")</script>&\x00\x1b\ufffe'


def test_names_are_escaped_everywhere():
    names = {"name": {"": NASTY}}
    plan = LOADED.model_copy(
        update={
            "metrics": {key: each.model_copy(update=names) for key, each in LOADED.metrics.items()},
            "severities": {key: each.model_copy(update=names) for key, each in LOADED.severities.items()},
            "calendars": {key: each.model_copy(update=names) for key, each in LOADED.calendars.items()},
            "statuses": {"spare_part": {"": NASTY}, "waiting_on_customer": {"": NASTY}},
        }
    )
    for name, metric in (("raised", "first_response"), ("was_paused", "resolution"), ("called", "first_response")):
        explanation, _ = TICKETS[name].explained(metric)
        made = timeline(explanation, Reader(plan, "Europe/Zurich"), name='"><script>', now=at(TICKETS[name].now))
        root = parsed(made)
        assert not [each for each in root.iter() if "script" in each.tag]
        assert "<script" not in made
        assert root.find(f"{SVG}title").text == '<script>alert("1")</script>&��\ufffd: what counted'


def test_a_picture_without_stretches_says_so():
    told = TICKETS["unobservable"]
    explanation, _ = told.explained("first_response", observed=frozenset({"opened"}))
    root = parsed(timeline(explanation, ZURICH, name="x", now=at(told.now)))
    assert words_of(root) == ["Nothing was counted."]
    assert root.find(f"{SVG}desc").text.startswith("First response started")


def test_any_width_or_one_for_a_file():
    _, fluid = drawn("running")
    assert (fluid.get("width"), fluid.get("viewBox")) == ("100%", None)
    assert fluid.get("height").isdecimal()
    _, fixed = drawn("running", wide=FILE_WIDE)
    assert fixed.get("viewBox") == f"0 0 720 {fixed.get('height')}"
    assert fixed.get("width") == "720"


def test_many_pictures_on_one_sheet():
    told = TICKETS["breached_and_stopped"]
    pictures = [
        (f"<{metric}>", timeline(told.explained(metric)[0], ZURICH, name=metric, now=at(told.now), wide=FILE_WIDE))
        for metric in ("first_response", "update", "resolution")
    ]
    root = parsed(sheet(pictures))
    inner = root.findall(f"{SVG}svg")
    tops = [int(each.get("y")) for each in inner]
    bottoms = [top + int(each.get("height")) for top, each in zip(tops, inner, strict=True)]
    assert all(bottom < top for bottom, top in zip(bottoms, tops[1:], strict=False))
    assert bottoms[-1] < int(root.get("height"))
    assert [each.text for each in root.findall(f"{SVG}text")] == ["<first_response>", "<update>", "<resolution>"]


def many_changes():
    names = ["low", "urgent", "normal", "high"]
    rows = [
        severity(f"Tue {day} Mar {9 + hour}:10", names[(hour + day) % 4]) for day in (3, 10) for hour in range(1, 8)
    ]
    return ticket("Fri 13 Mar 12:00", *opened("Mon 2 Mar 16:00", "trivial"), *rows)


def test_many_changes_have_lines_and_the_last_have_labels():
    told = many_changes()
    explanation, _ = told.explained("resolution")
    root = parsed(timeline(explanation, ZURICH, name="many", now=at(told.now)))
    changes = [step for step in explanation.steps if "changed" in step.code]
    labels = [each for each in words_of(root) if re.match(r"(Low|Urgent|Normal|High) ", each)]
    assert len(changes) > 10
    assert len(labels) <= 4
    lines = [each for each in root.iter(f"{SVG}line") if each.find(f"{SVG}title") is not None]
    assert len(lines) >= len(changes)


def boxes(root, wide):
    """Ends of the texts above the bar in pixels, with their baseline, as laid out by our own widths."""
    bar = float(root.find(f"{SVG}g").find(f"{SVG}rect").get("y"))
    for each in root.findall(f"{SVG}text"):
        if float(each.get("y")) < bar:
            size = width_of(each.text, is_strong=each.get("font-weight") is not None)
            x = float(each.get("x").rstrip("%")) * wide / 100
            left = x - {"start": 0, "middle": size / 2, "end": size}[each.get("text-anchor")]
            yield float(each.get("y")), left, left + size


@pytest.mark.parametrize("wide", [NARROWEST, 360, 480, 720, 1600])
def test_labels_never_touch_nor_leave_the_picture(wide):
    tickets = [*TICKETS.values(), many_changes()]
    for told in tickets:
        for metric in ("first_response", "update", "resolution"):
            for clock in told.clocks(metric)[1]:
                explanation, _ = told.explained(metric, clock.cycle)
                root = parsed(timeline(explanation, ZURICH, name="x", now=at(told.now)))
                if root.find(f"{SVG}g") is None:
                    continue
                found = sorted(boxes(root, wide))
                assert all(left >= -0.5 and right <= wide + 0.5 for _, left, right in found), found
                for one, other in pairwise(found):
                    assert one[0] != other[0] or one[2] + GAP - 0.5 <= other[1], (metric, found)


def test_labels_find_places_without_a_line_through_them():
    scale = Scale(0, 1000)
    labels = [
        Label(scale.share(where), words, "", rank, is_strong=False)
        for where, words, rank in (
            (0, "opened Fri 16:30", 2),
            (700, "High Mon 09:00", 3),
            (790, "due Mon 16:30", 0),
            (1000, "late Tue 12:00", 1),
        )
    ]
    placed = place(labels, NARROWEST)
    for one in placed:
        for other in placed:
            if one.row > other.row:
                assert not other.left < one.at < other.right, (one.label.words, other.label.words)


def test_a_label_that_is_wider_than_the_picture_is_placed_all_the_same():
    assert len(place([Label(Scale(0, 2).share(1), "w" * 100, "", 0, is_strong=False)], NARROWEST)) == 1
    assert cut("Severity 1 - Critical business impact") == "Severity 1 - Critical b…"


@pytest.mark.parametrize(
    ("first", "last", "zone", "words"),
    [
        ("Mon 2 Mar 16:00", "Mon 2 Mar 18:00", "Europe/Zurich", ["16:30", "17:00", "17:30"]),
        ("Mon 2 Mar 16:00", "Tue 3 Mar 11:30", "Europe/Zurich", ["18:00", "Tue 3", "06:00"]),
        ("Mon 2 Mar 16:00", "Tue 3 Mar 11:30", "Asia/Kolkata", ["Tue 3", "06:00", "12:00"]),
        (
            "Fri 27 Mar 16:00",
            "Mon 30 Mar 16:00",
            "Europe/Zurich",
            ["Sat 28", "12:00", "Sun 29", "12:00", "Mon 30", "12:00"],
        ),
        ("Mon 2 Mar 16:00", "Sat 7 Mar 11:30", "Europe/Zurich", ["Tue 3", "Wed 4", "Thu 5", "Fri 6", "Sat 7"]),
        ("Mon 2 Mar 16:00", "Thu 30 Apr 11:30", "Europe/Zurich", ["16 Mar", "30 Mar", "13 Apr", "27 Apr"]),
        ("Mon 2 Mar 16:00", "Wed 30 Sep 11:30", "Europe/Zurich", ["May", "Jul", "Sep"]),
    ],
)
def test_ticks_stand_on_the_readers_wall_clock(first, last, zone, words):
    found = ticks(Scale(at(first), at(last)), zone, most=6)
    assert [each.words for each in found] == words


def test_ticks_of_minutes_and_of_decades():
    minute = ticks(Scale(0, 300), "UTC", most=6)
    assert [each.words for each in minute] == ["00:01", "00:02", "00:03", "00:04"]
    decades = ticks(Scale(0, 60 * 365 * DAY), "UTC", most=6)
    assert [each.words for each in decades] == ["1980", "1990", "2000", "2010", "2020"]


def test_moments_are_as_short_as_the_span_allows():
    start = at("Mon 2 Mar 16:00")
    shown = [
        short_moment(start, Scale(start, start + span), "Europe/Zurich")
        for span in (HOUR, 3 * DAY, 60 * DAY, 400 * DAY)
    ]
    assert shown == ["16:00", "Mon 16:00", "2 Mar 16:00", "2 Mar 2026"]


def test_very_short_and_very_long_spans():
    short = ticket("Mon 2 Mar 17:00", *opened("Mon 2 Mar 16:00", "urgent"), reply("Mon 2 Mar 16:01"))
    for told, metric in (
        (short, "first_response"),
        (ticket("Tue 30 Jun 12:00", *opened("Mon 2 Mar 16:00", "high")), "resolution"),
    ):
        explanation, _ = told.explained(metric)
        root = parsed(timeline(explanation, WIDE, name="x", now=at(told.now)))
        counted = [
            each
            for each in root.find(f"{SVG}g").findall(f"{SVG}rect")[1:]
            if "counted" in each.find(f"{SVG}title").text
        ]
        assert all(float(each.get("width").rstrip("%")) * NARROWEST >= 100 or each.get("stroke") for each in counted)


def test_nothing_of_a_stretch_is_lost_in_the_legend():
    explanation, root = drawn("elapsed", "resolution")
    assert isinstance(explanation, Explanation)
    assert {each.kind for each in explanation.stretches} == {StretchKind.COUNTED}
    assert words_of(root)[-2:] == ["counted 24 h", "late 75 h 10 min"]
