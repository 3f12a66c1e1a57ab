"""Tests of `sipdiag.expect.pattern`: stars, question marks, expressions between slashes."""

from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.expect.pattern import Pattern, literal


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("alice@example.com", "alice@example.com", True),
        ("alice@example.com", "malice@example.com", False),
        ("*@example.com", "alice@example.com", True),
        ("sip:+1202555????@*", "sip:+12025550100@example.com", True),
        ("sip:+1202555????@*", "sip:+120255501000@example.com", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        (r"\*21#", "*21#", True),
        (r"\*21#", "121#", False),
        ("[a]*", "[a]b", True),
        ("/^sip:.*@example/", "sip:x@example.net", True),
        ("/^example/", "sip:x@example.net", False),
        ("/", "/", True),
    ],
)
def test_a_pattern_fits_as_it_reads(pattern: str, text: str, fits: bool) -> None:  # noqa: FBT001
    """A star is any characters, a question mark one; brackets and dots are themselves."""
    assert Pattern(pattern).matches(text) is fits


@given(st.text(alphabet="ab*?", max_size=12), st.text(alphabet="ab", max_size=12))
def test_stars_mean_what_they_mean_in_a_shell(pattern: str, text: str) -> None:
    """As `fnmatch` has it."""
    assert Pattern(pattern).matches(text) == fnmatch.fnmatchcase(text, pattern)


@given(st.text(max_size=30))
def test_a_literal_matches_itself(text: str) -> None:
    """And says that it matches nothing else."""
    pattern = Pattern(literal(text))
    assert pattern.matches(text)
    assert pattern.text == text


@pytest.mark.parametrize("source", ["a*", "?", "/a/"])
def test_other_patterns_have_no_single_text(source: str) -> None:
    """So that nobody looks them up by it."""
    assert Pattern(source).text is None


def test_many_stars_do_not_run_away() -> None:
    """The last one is moved on, those before it never."""
    begun = time.process_time()
    assert not Pattern("*a" * 200 + "b").matches("a" * 4_000)
    assert time.process_time() - begun < 10


def test_a_wrong_expression_is_refused() -> None:
    """When it is read, not when it is used."""
    with pytest.raises(ValueError, match="regular expression"):
        Pattern("/(/")
