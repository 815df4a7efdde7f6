"""
Files as they come: what is recognised, what is refused, and on which line.
"""

import gzip
import zipfile

import pytest

from upheld.core.errors import Weight
from upheld.importers import tables
from upheld.importers.histories import ImportRefusedError

WANTED = {"ticket": "Ticket", "opened": "Opened at"}
PLAIN = "Ticket,Opened at,Note\r\nA-1,2026-01-02,fine\r\nA-2,2026-01-03,fine\r\n"


def written(tmp_path, content):
    path = tmp_path / "export.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path):
    """Return the table and its rows (line, cells without the spare one), and what was found."""
    findings = []
    table = tables.open_table(tables.survey(path), WANTED, ("ticket", "opened"))
    rows = [(line, cells[:-1]) for line, cells in tables.rows(table, findings)]
    return table, rows, findings


FINE = [(2, ["A-1", "2026-01-02", "fine"]), (3, ["A-2", "2026-01-03", "fine"])]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        pytest.param(PLAIN.encode(), "utf-8", ",", id="utf-8"),
        pytest.param(PLAIN.replace("\r\n", "\n").encode(), "utf-8", ",", id="LF"),
        pytest.param(gzip.compress(PLAIN.encode()), "utf-8", ",", id="gzip"),
        pytest.param(PLAIN.encode("utf-8-sig"), "utf-8-sig", ",", id="BI-IM-001-byte-order-mark"),
        pytest.param(PLAIN.encode("utf-16"), "utf-16", ",", id="BI-IM-001-utf-16"),
        pytest.param(b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16", ",", id="BI-IM-001-utf-16-be"),
        pytest.param(PLAIN.replace(",", ";").encode(), "utf-8", ";", id="BI-IM-001-semicolon"),
        pytest.param(PLAIN.replace(",", "\t").encode(), "utf-8", "\t", id="BI-IM-001-tab"),
        pytest.param(PLAIN.replace(",", "|").encode(), "utf-8", "|", id="BI-IM-001-bar"),
        pytest.param(PLAIN.rstrip().encode(), "utf-8", ",", id="no-end-of-line-at-end"),
    ],
)
def test_what_is_recognised(tmp_path, content, encoding, delimiter):
    table, rows, findings = read(written(tmp_path, content))
    assert (table.file.encoding, table.delimiter) == (encoding, delimiter)
    assert rows == FINE
    assert table.file.lines == 3
    assert findings == []


def test_a_delimiter_that_the_file_declares(tmp_path):
    _, rows, _ = read(written(tmp_path, "sep=;\n" + PLAIN.replace(",", ";")))
    assert rows == [(3, FINE[0][1]), (4, FINE[1][1])]


def test_windows_1252_is_an_assumption_with_its_line(tmp_path):
    table, rows, _ = read(written(tmp_path, PLAIN.replace("A-2", "Ä-2").encode("cp1252")))
    assert rows[1] == (3, ["Ä-2", "2026-01-03", "fine"])
    (assumed,) = table.file.assumptions
    assert (assumed.code, assumed.weight, assumed.places[0].line) == ("import.encoding_assumed", Weight.ASSUMPTION, 3)


def test_cells_stay_as_they_are(tmp_path):
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\tTAB", "plain"]
    body = "".join(f'"{cell}",2026-01-02,x\n' for cell in hostile)
    _, rows, _ = read(written(tmp_path, "Ticket,Opened at,Note\n" + body))
    assert [cells[0] for _, cells in rows] == hostile


def test_a_cell_of_several_lines_keeps_the_line_of_its_row(tmp_path):
    _, rows, _ = read(written(tmp_path, 'Ticket,Opened at,Note\nA-1,d,"one\ntwo\nthree"\nA-2,d,x\n'))
    assert rows == [(2, ["A-1", "d", "one\ntwo\nthree"]), (5, ["A-2", "d", "x"])]


def test_a_row_of_another_width_is_listed(tmp_path):
    _, rows, findings = read(written(tmp_path, PLAIN + "A-3,2026-01-04\r\n\r\nA-4,2026-01-05,fine,more\r\n"))
    assert rows == FINE
    assert [(each.code, each.places[0].line, each.params) for each in findings] == [
        ("import.cell_count", 4, {"given": 2, "expected": 3}),
        ("import.cell_count", 6, {"given": 4, "expected": 3}),
    ]


def spreadsheet(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "x" * 100)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        pytest.param(b"", "import.empty", None, id="empty"),
        pytest.param(gzip.compress(b""), "import.empty", None, id="empty-archive"),
        pytest.param(gzip.compress(PLAIN.encode() * 99)[:-20], "import.broken_archive", None, id="archive-cut-off"),
        pytest.param(b"%PDF-1.7 ...", "import.not_text", None, id="pdf"),
        pytest.param(PLAIN.encode("utf-16-le"), "import.binary", 1, id="BI-IM-001-utf-16-without-mark"),
        pytest.param(PLAIN.encode() + b"A\x00-3,x,y\n", "import.binary", 4, id="zero-byte"),
        pytest.param(PLAIN.encode() + b"\x81\x8d,x,y\n", "import.unknown_encoding", 4, id="no-encoding"),
        pytest.param(PLAIN.encode() + b"A" * 1_500_000, "import.line_too_long", 4, id="long-line"),
        pytest.param((PLAIN + 'A-3,"left open,x\n' + "A-4,d,x\n" * 9).encode(), "import.open_quote", 4,
                     id="BI-IM-001-open-quote"),
        pytest.param((PLAIN + 'A-3,"left open,x\n' + "A-4,d,x\n" * 90_000).encode(), "import.open_quote", 4,
                     id="BI-IM-001-open-quote-in-a-long-file"),
        pytest.param((PLAIN + 'A-3,"closed"more,x\n').encode(), "import.stray_quote", 4, id="stray-quote"),
        pytest.param(b"Ticket;Note\nA-1;x\n", "import.missing_column", 1, id="missing-column"),
    ],
)  # fmt: skip
@pytest.mark.requirement_part("B-4")
def test_what_is_refused(tmp_path, content, code, line):
    with pytest.raises(ImportRefusedError) as refused:
        read(written(tmp_path, content))
    assert refused.value.code == code
    assert refused.value.params.get("line") == line


def test_a_spreadsheet_is_named(tmp_path):
    with pytest.raises(ImportRefusedError) as refused:
        tables.survey(written(tmp_path, spreadsheet(tmp_path / "x.xlsx")))
    assert (refused.value.code, refused.value.params["format"]) == ("import.not_text", "zip")


def test_one_line_of_50_mb_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "export.csv"
    with path.open("wb") as file:
        file.write(PLAIN.encode())
        for _ in range(50):
            file.write(b"A" * 1_000_000)
    with pytest.raises(ImportRefusedError) as refused:
        tables.survey(path)
    assert (refused.value.code, refused.value.params["line"]) == ("import.line_too_long", 4)


def test_a_missing_column_names_the_nearest(tmp_path):
    with pytest.raises(ImportRefusedError) as refused:
        read(written(tmp_path, "Ticket,Opened,Note\nA,b,c\n"))
    assert refused.value.params["column"] == "Opened at"
    assert refused.value.params["nearest"] == "Opened"


def test_columns_are_found_whatever_their_case_and_spaces(tmp_path):
    _, rows, _ = read(written(tmp_path, "TICKET, opened  AT \nA-1,2026-01-02\n"))
    assert rows == [(2, ["A-1", "2026-01-02"])]
