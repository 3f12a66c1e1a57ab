"""Tests of `sipdiag.report.difference_json`: held to the schema that it prints."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hostile import UNSAFE, hostile_analysis
from reporting import analysis_of, sample, words
from sipdiag.analysis import Analysis
from sipdiag.difference import difference_between
from sipdiag.report.difference_json import difference_schema, pieces

GOOD, BUSY = (analysis_of(sample(f"{name}/{name}")) for name in ("call-answered", "call-busy"))
VALIDATOR = Draft202012Validator(difference_schema())


def document(before: Analysis, after: Analysis) -> dict[str, Any]:
    text = "".join(pieces(difference_between(before, after), words()))
    assert not UNSAFE.search(text)
    told: dict[str, Any] = json.loads(text)
    VALIDATOR.validate(told)
    return told


def test_each_change_has_its_values_and_its_words() -> None:
    """Programs read the values, people the words."""
    told = document(GOOD, BUSY)
    assert not told["same"]
    first = told["conversations"][0]["changes"][0]
    assert (first["kind"], first["before"], first["after"]) == ("outcome", "answered", "failed")
    assert first["message"] == "outcome: answered → failed (frames 4 → 3)"


@pytest.mark.parametrize("swapped", [False, True])
def test_hostile_text_is_escaped(swapped: bool) -> None:  # noqa: FBT001
    """In either recording."""
    pair = (GOOD, hostile_analysis())
    document(*(reversed(pair) if swapped else pair))


def test_nothing_changed() -> None:
    """Every conversation is there, without a change."""
    told = document(GOOD, GOOD)
    assert told["same"]
    assert [each["changes"] for each in told["conversations"]] == [[]]
