"""
The invented company's log: the same everywhere, and readable without a single finding.
"""

import hashlib

from upheld.importers import mappings, servicenow
from upheld.replay import generated


def test_the_same_bytes_on_every_machine():
    assert hashlib.sha256(generated.log_bytes()).hexdigest() == (
        "63649f7eeaefa2371d2e62e67e91704a50a940682e48187c4dfbff9aa451ee72"
    )


def test_it_reads_without_findings(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(generated.log_bytes())
    log = servicenow.read_log(path, mappings.shipped("servicenow"))
    assert (len(log.histories), log.findings, log.unused_rows) == (generated.INCIDENTS, (), 0)
    assert [(each.agree, each.differ) for each in log.checks] == [(3_000, 0), (3_000, 0)]


def test_another_seed_another_log():
    assert list(generated.rows(1, 20)) != list(generated.rows(2, 20))
    assert list(generated.rows(1, 20)) == list(generated.rows(1, 20))
