"""
What comes from a plan document, all of it from one that ships: its policy as a page and on paper, its hours in any
zones, and what differs between two versions and between two tiers.
"""

import re

import pypdf
import pytest
from typer.testing import CliRunner

from upheld import catalogues
from upheld.cli import plan


def run(*arguments, code=0):
    result = CliRunner().invoke(plan.app, list(arguments), catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.stdout
    return result.stdout


def flat(text):
    return re.sub(r"[\s\u200b\u00ad\u2010-]", "", text)


@pytest.mark.requirement("B-2")
def test_from_a_plan_come_its_policy_its_hours_anywhere_and_what_changes(tmp_path):
    page, paper, later = (tmp_path / name for name in ("celigo.html", "celigo.pdf", "later.yaml"))
    shown = ("show", "celigo", "--on", "2026-01-05", "--zone", "Europe/Zurich", "--zone", "Asia/Kathmandu")

    # The readable policy, as a web page and as a PDF that says the same.
    run(*shown, "--format", "html", "--output", str(page))
    run(*shown, "--format", "pdf", "--output", str(paper))
    html = page.read_text("utf-8")
    pdf = flat("".join(each.extract_text() for each in pypdf.PdfReader(paper).pages))
    sections = re.findall(r"<h2>([^<]+)</h2>", html)
    assert sections[:2] == ["How fast we answer", "When support is there"]
    assert [name for name in sections if flat(name) not in pdf] == []
    cells = re.findall(r'<span class="cell">([^<&]+)<', html)
    assert len(cells) > 200
    assert [words for words in cells if flat(words) not in pdf] == []

    # The table of hours in any zones: 8 to 17 in California.
    for zone, hours in (("Europe/Zurich", "Mon 17:00-Tue 02:00 CET"), ("Asia/Kathmandu", "Mon 21:45-Tue 06:45 +0545")):
        for text in (flat(html), pdf, flat(run(*shown))):
            assert flat(zone) in text
            assert flat(hours) in text

    # Two versions, and two tiers.
    text = catalogues.read("celigo").decode().replace("version: 2022-05", "version: 2027-01")
    later.write_text(text.replace("urgent: 2h", "urgent: 3h", 1), encoding="utf-8")
    versions = run("compare", "celigo", str(later), "--tier", "preferred", code=1)
    assert "▼ 2 worse   ? 0 to be judged   ▲ 0 better" in versions  # the second where the customer telephones
    assert re.search(r"▼ worse +First response, Urgent: 2h \(.*\) → 3h", versions)
    tiers = run("compare", "celigo", "--tier", "preferred", "--tier", "premier")
    assert "▼ 0 worse   ? 0 to be judged   ▲ 15 better" in tiers
    assert re.search(r"▲ better +First response, High: 8h \(.*\) → 4h \(24x7\)", tiers)
