"""
From pydantic's complaints to findings: code, place, and a sentence of ours for each of them.
"""

import datetime as dt
import typing
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError, core_schema

from tests.cases import of_row
from upheld.core.errors import UpheldError
from upheld.core.plan.complaints import Complaint, params_of, preview
from upheld.core.plan.reading import DocumentError, read_document, validate
from upheld.core.plan.shapes import closest, keys_at
from upheld.wording import messages, say


def duration(value):
    if not (isinstance(value, str) and value.endswith("h")):
        raise PydanticCustomError(
            "duration.unreadable", "{given}", {"given": str(value), "code": "duration.unreadable"}
        )
    return value


Length = Annotated[str, BeforeValidator(duration)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Share(Part):
    kind: Literal["share"]
    share: Decimal


class Sum(Part):
    kind: Literal["sum"]
    amount: Decimal = Field(gt=0, le=100, decimal_places=2)


class Window(Part):
    opens: str = Field(pattern=r"^\d\d:\d\d$")
    until: str = "24:00"


def rows(value):
    if isinstance(value, dict):
        return [{"band": band, "pays": pays} for band, pays in value.items()]
    return value


class Row(Part):
    band: Literal["low", "high"]
    pays: Length


class Tier(Part):
    first_response: Length | Literal["none"] = "none"
    resolution: Length | None = None
    fee: Decimal | None = None
    count: int | list[int] = Field(default=0)


class Whole(Part):
    upheld: Literal[1]
    tiers: dict[str, Tier] = {}
    pays: Share | Sum | None = None
    told: Annotated[Share | Sum, Field(discriminator="kind")] | None = None
    hours: str | list[Window] | Window = "always"
    effective: dt.date | None = None
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    mode: Literal["same_time", "end_of_day"] = "same_time"
    active: bool = True
    from_: str = Field(default="", alias="from")
    table: Annotated[tuple[Row, ...], BeforeValidator(rows)] = ()
    first: Length = "1h"
    last: Length = "2h"

    @model_validator(mode="after")
    def in_order(self):
        if self.first > self.last:
            at = {"at": ("last",), "also": [("first",)]}
            raise PydanticCustomError("plan.unknown_weekday", "{given}", {"given": self.last, "known": "x", **at})
        return self


def refusals(text, model=Whole):
    document = read_document(text.encode(), "plan.yaml")
    with pytest.raises(DocumentError) as caught:
        validate(document, model)
    for finding in caught.value.findings:
        assert finding.code in messages()
        assert not say(finding.code, finding.params).startswith(finding.code), "a parameter is missing"
        assert set(finding.places[0].path) != {""}
    return [
        (finding.code, *((place.line, place.column) for place in finding.places)) for finding in caught.value.findings
    ]


REFUSED = {
    "missing key": ("tiers: {}\n", [("plan.missing_key", (1, 1))]),
    "missing key, deeper: at the parent's key": (
        "upheld: 1\nhours:\n  until: '12:00'\n",
        [("plan.missing_key", (2, 1))],
    ),
    "BI-PD-014 unknown key with a suggestion": (
        "upheld: 1\ntiers:\n  pro: {frist_response: 1h}\n",
        [("plan.unknown_key.did_you_mean", (3, 9))],
    ),
    "unknown key without one": ("upheld: 1\nxyz: 2\n", [("plan.unknown_key", (2, 1))]),
    "misspelt key that is missing is told once": (
        "upheld: 1\nhours: {open: '08:00'}\n",
        [("plan.unknown_key.did_you_mean", (2, 9))],
    ),
    "no value": ("upheld: 1\nfrom:\n", [("plan.no_value", (2, 1))]),
    "no value where a text of a form is expected": ("upheld: 1\nfirst: ~\n", [("plan.no_value", (2, 8))]),
    "number for a text": ("upheld: 1\nfrom: 2022\n", [("plan.wrong_type.text_unquoted", (2, 7))]),
    "list for a text": ("upheld: 1\nfrom: [a]\n", [("plan.wrong_type.text", (2, 7))]),
    "text for a list": ("upheld: 1\nnames: a\n", [("plan.wrong_type.list", (2, 8))]),
    "text for a mapping": ("upheld: 1\ntiers: a\n", [("plan.wrong_type.mapping", (2, 8))]),
    "list for a model": ("upheld: 1\ntiers: {pro: [1]}\n", [("plan.wrong_type.mapping", (2, 14))]),
    "text for a number": ("upheld: 1\ntiers: {pro: {fee: much}}\n", [("plan.wrong_type.number", (2, 20))]),
    "text for yes or no": ("upheld: 1\nactive: perhaps\n", [("plan.wrong_type.yes_or_no", (2, 9))]),
    "no kind of a union": ("upheld: 1\ntiers: {pro: {count: {a: 1}}}\n", [("plan.wrong_type", (2, 22))]),
    "BI-PD-007 date that does not exist": (
        "upheld: 1\neffective: 2024-02-30\n",
        [("plan.wrong_type.date", (2, 12))],
    ),
    "the union's member that was meant: its own code": (
        "upheld: 1\ntiers: {pro: {first_response: 3x}}\n",
        [("duration.unreadable", (2, 31))],
    ),
    "the union's member that was meant: fewest strangers": (
        "upheld: 1\npays: {kind: sum, amount: -1}\n",
        [("plan.not_above", (2, 27))],
    ),
    "the union's member that was meant: a list": (
        "upheld: 1\nhours: [{opens: '08:00'}, {opens: 8}]\n",
        [("plan.wrong_type.text_unquoted", (2, 35))],
    ),
    "told variant, its name": ("upheld: 1\ntold: {kind: sun}\n", [("plan.not_one_of.did_you_mean", (2, 14))]),
    "told variant, its inside": (
        "upheld: 1\ntold: {kind: share, share: x}\n",
        [("plan.wrong_type.number", (2, 28))],
    ),
    "told variant, a key missing": ("upheld: 1\ntold: {kind: share}\n", [("plan.missing_key", (2, 1))]),
    "told variant, no name": ("upheld: 1\ntold: {share: 1}\n", [("plan.no_variant", (2, 7))]),
    "not one of, with a suggestion": ("upheld: 1\nmode: sametime\n", [("plan.not_one_of.did_you_mean", (2, 7))]),
    "not one of": ("upheld: 2\n", [("plan.not_one_of", (1, 9))]),
    "too large, too many places": (
        "upheld: 1\npays: {kind: sum, amount: 100.001}\n",
        [("plan.too_many_places", (2, 27))],
    ),
    "above the most": ("upheld: 1\npays: {kind: sum, amount: 101}\n", [("plan.above_most", (2, 27))]),
    "too few": ("upheld: 1\nnames: []\n", [("plan.too_few", (2, 8))]),
    "too many": ("upheld: 1\nnames: [a, b, c]\n", [("plan.too_many", (2, 8))]),
    "malformed": ("upheld: 1\nhours: {opens: 8am}\n", [("plan.text_malformed", (2, 16))]),
    "row written as a key: the value": (
        "upheld: 1\ntable:\n  low: 1h\n  high: 3x\n",
        [("duration.unreadable", (4, 9))],
    ),
    "row written as a key: the key": (
        "upheld: 1\ntable:\n  low: 1h\n  hihg: 2h\n",
        [("plan.not_one_of.did_you_mean", (4, 3))],
    ),
    "row written as a row": (
        "upheld: 1\ntable:\n  - {band: low, pays: 3x}\n",
        [("duration.unreadable", (3, 23))],
    ),
    "two places": ("upheld: 1\nfirst: 5h\nlast: 4h\n", [("plan.unknown_weekday", (3, 7), (2, 8))]),
    "everything at once": (
        "upheld: 2\ntiers:\n  pro: {frist_response: 1h, fee: x}\nmode: x\nfrom: 1\n",
        [
            ("plan.not_one_of", (1, 9)),
            ("plan.unknown_key.did_you_mean", (3, 9)),
            ("plan.wrong_type.number", (3, 34)),
            ("plan.not_one_of", (4, 7)),
            ("plan.wrong_type.text_unquoted", (5, 7)),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_refused(text, expected):
    assert refusals(text) == expected


@of_row("BI-PD-014")
def test_the_sentence_names_the_key_that_was_meant():
    document = read_document(b"upheld: 1\ntiers: {pro: {first_respnse: 1h}}\n", "plan.yaml")
    with pytest.raises(DocumentError) as caught:
        validate(document, Whole)
    (finding,) = caught.value.findings
    assert say(finding.code, finding.params) == (
        "'first_respnse' is not a key that can stand here: did you mean 'first_response'? "
        "Known here: first_response, resolution, fee, count."
    )


def test_a_valid_document_is_the_model():
    text = b"upheld: 1\ntiers: {pro: {first_response: 1h, fee: 10.50}}\nfrom: a\ntable: {low: 1h}\n"
    assert validate(read_document(text, "plan.yaml"), Whole) == Whole.model_validate(
        {"upheld": 1, "tiers": {"pro": {"first_response": "1h", "fee": Decimal("10.50")}}, "from": "a",
         "table": [{"band": "low", "pays": "1h"}]}
    )  # fmt: skip


def test_an_error_of_ours_that_passes_pydantic_by_is_told_too():
    class Raising(BaseModel):
        @model_validator(mode="after")
        def refuse(self):
            raise UpheldError("plan.section_empty", section="tiers")

    assert refusals("a: 1\n", Raising) == [("plan.section_empty", (1, 1))]


# Types whose complaints say nothing that a plan's author could mend but the value itself.
CONTEXTS = {
    "gt": 1, "ge": 1, "lt": 1, "le": 1, "multiple_of": 2, "min_length": 1, "max_length": 2, "actual_length": 3,
    "max_digits": 3, "decimal_places": 2, "whole_digits": 1, "pattern": "x", "expected": "'a' or 'b'", "tag": "c",
    "discriminator": "'kind'", "expected_tags": "'a', 'b'", "error": "an internal sentence", "class": "InternalClass",
    "class_name": "InternalClass", "field_type": "list",
}  # fmt: skip


@pytest.mark.parametrize("kind", typing.get_args(core_schema.ErrorType))
@pytest.mark.parametrize("given", [None, "x", 1, True, {"a": 1}, [1]], ids=str)
def test_every_complaint_that_pydantic_knows_has_a_sentence(kind, given):
    code, params = params_of(
        Complaint(kind=kind, path=("a", "b"), given=given, context=CONTEXTS, missing="c" * (kind == "missing"))
    )
    params |= {"known": "a, b"} if code == "plan.unknown_key" else {}
    sentence = say(code, params)
    assert code in messages()
    assert not sentence.startswith(code), f"{sentence}: a parameter is missing"
    assert "Internal" not in sentence
    assert "internal" not in sentence


def test_a_complaint_that_a_later_pydantic_adds_has_a_sentence():
    assert params_of(Complaint(kind="brand_new_type", path=("a",), given="x"))[0] == "plan.bad_value"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), tuple(info.alias or name for name, info in Whole.model_fields.items())),
        (("tiers", "x"), ("first_response", "resolution", "fee", "count")),
        (("pays", "Share"), ("kind", "share")),
        (("pays",), ("kind", "share", "amount")),
        (("hours", "list[Window]", 3), ("opens", "until")),
        (("table", 0), ("band", "pays")),
        (("mode",), ()),
        (("nothing", "here"), ()),
    ],
)  # fmt: skip
def test_keys_that_a_model_knows(steps, expected):
    assert keys_at(Whole, steps) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("respnse_time", "response_time"),
        ("Response-Time", "response_time"),
        ("RESPONSE TIME", "response_time"),
        ("fee", "fee"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_closest(name, expected):
    assert closest(name, ["response_time", "fee"]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "nothing"),
        (True, "true"),
        (Decimal("1.50"), "1.50"),
        ({"a": 1, "b": 2}, "{a: ..., b: ...}"),
        ([1, "x", None, 4], "[1, x, nothing, ...]"),
        ("x" * 100, "x" * 57 + "..."),
    ],
    ids=str,
)
def test_preview(value, expected):
    assert preview(value) == expected
