"""`sipdiag.expression`: finds what `re` finds, and never takes long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.expression import Expression
from sipdiag.knowledge.conditions import LONGEST

ATOMS = st.sampled_from(
    [
        "a",
        "b",
        "A",
        "é",
        "\N{KELVIN SIGN}",
        " ",
        "\\n",
        ".",
        "[ab]",
        "[^a]",
        "[^a-z]",
        r"\d",
        r"\S",
        r"\w",
        r"[\s\d]",
        "^",
        "$",
        r"\b",
        r"\A",
        r"\Z",
    ]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda ways: f"(?:{'|'.join(ways)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "{2}", "{1,3}", "{2,}"])).map(
            lambda e: f"({e[0]}){e[1]}"
        ),
    ),
    max_leaves=8,
)
FLAGS = st.sampled_from(["", "(?i)", "(?s)", "(?m)", "(?a)", "(?im)", "(?ia)"])
TEXTS = st.text(alphabet="abAB1 éÉkK\n_", max_size=12)


@given(flags=FLAGS, pattern=EXPRESSIONS, text=TEXTS)
def test_it_finds_what_python_finds(flags: str, pattern: str, text: str) -> None:
    """Any expression without back references is found exactly where `re` finds it."""
    assert Expression(flags + pattern).found_in(text) == bool(re.search(flags + pattern, text))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(?i)network blocked", "Network Blocked", True),
        ("^399 ", "399 gw.example.com", True),
        ("cause=21", "Q.850;cause=2", False),
        ("(?i:BARRED) by", "barred by", True),
        ("(?i:barred) BY", "barred by", False),
        ("(?x) a  b # blanks do not count", "ab", True),
        ("", "", True),
        ("(){4000000000}x", "x", True),
    ],
)
def test_expressions_as_people_write_them(pattern: str, text: str, found: bool) -> None:  # noqa: FBT001
    """Flags, parts of other case, comments, and nothing many times over."""
    assert Expression(pattern).found_in(text) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|aa)+$",
        "(a+)+$",
        "^(a*)*$",
        "^(a|a)*$",
        "^((a?){20}){20}$",
        "(.*)*x$",
        "a.*a.*a.*a.*b",
        r"^(\w|\w\w|a)*$",
        "^(?:a{1,20}){1,20}$",
    ],
)
def test_no_expression_is_kept_busy(pattern: str) -> None:
    """What takes Python's matcher longer than anybody waits takes a moment, whatever the text."""
    expression = Expression(pattern)
    begun = time.perf_counter()
    assert not expression.found_in("a" * (LONGEST - 1) + "!")
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "no regular expression"),
        (r"(a)\1", "back reference"),
        ("(?=a)b", "look-around"),
        ("(?>a)b", "atomic group"),
        ("a++b", "atomic group"),
        ("(a{50}){50}", "too large"),
        ("a{4000000000}", "too large"),
        ("(" * 5000 + ")" * 5000, "no regular expression"),
    ],
)
def test_what_cannot_be_followed_is_refused(pattern: str, reason: str) -> None:
    """An expression that is none, or needs more than one pass, says so when it is read."""
    with pytest.raises(ValueError, match=reason):
        Expression(pattern)
