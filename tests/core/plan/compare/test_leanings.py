"""
No key of the plan format is passed over: each leans some way, is compared elsewhere, or its change is for a person.
"""

import inspect

from upheld.core.plan.compare.changes import SECTIONS
from upheld.core.plan.compare.leanings import LEANINGS, Lean, leaning
from upheld.core.plan.compare.sections import BY_TIER, ELSEWHERE, GAINED, NAMES, SINGLE
from upheld.core.plan.model import Plan, metrics, tiers


def test_every_key_with_a_leaning_is_a_key_of_the_format():
    unknown = [
        f"{part.__name__}.{key}" for part, keys in LEANINGS.items() for key in keys if key not in part.model_fields
    ]
    assert unknown == []


def test_ranks_are_all_values_of_their_key():
    for part, keys in LEANINGS.items():
        for key, found in keys.items():
            annotation = str(part.model_fields[key].annotation)
            if found.lean is Lean.RANKED and "Literal" in annotation:
                for rank in found.ranks:
                    assert repr(rank) in annotation, f"{part.__name__}.{key}: {rank}"


def test_every_section_of_the_format_takes_part():
    for section in Plan.model_fields:
        assert section in ELSEWHERE or section in SECTIONS or section in (
            "urgencies", "severity_questions", "severity_matrix", "severity_scores", "severity_process", "components",
        ), section  # fmt: skip
    assert set(GAINED) | set(BY_TIER) | set(NAMES) | set(SINGLE) <= set(Plan.model_fields)


def test_names_promise_nothing():
    for module in (metrics, tiers):
        for part in vars(module).values():
            if inspect.isclass(part) and "name" in getattr(part, "model_fields", {}):
                assert leaning(part, "name").lean is Lean.NAME
