"""`sipdiag.sip.lists`: comma lists and parameters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip.lists import has_empty_element, parameters_in, split_list, split_parameters, unquoted

TEXTS = st.text(alphabet='a ",<>;=\\\t', max_size=30)


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ("", []),
        (" a ", ["a"]),
        ("a, b ,c", ["a", "b", "c"]),
        ('"x, y" <sip:a,b@example.com>;q="1,2", z', ['"x, y" <sip:a,b@example.com>;q="1,2"', "z"]),
        (",a,,", ["a"]),
        ('"unclosed, b', ['"unclosed, b']),
        ('a, "unclosed \\', ["a", '"unclosed \\']),
        ("a, <unclosed, b", ["a", "<unclosed, b"]),
        ('"a\\",b", c', ['"a\\",b"', "c"]),
    ],
)
def test_commas_separate_outside_quotes_and_brackets(value: str, elements: list[str]) -> None:
    """A comma in quotes or angle brackets separates nothing (RFC 3261, section 7.3.1)."""
    assert split_list(value) == elements


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        ("a", False),
        ("a,b", False),
        ('"a,"', False),
        ("a,", True),
        (",a", True),
        ("a, ,b", True),
        (",", True),
        ("a,,b", True),
    ],
)
def test_empty_elements_are_seen(value: str, empty: bool) -> None:  # noqa: FBT001
    """A comma with nothing before or behind it leaves an empty element (RFC 4475, section 3.1.2.1)."""
    assert has_empty_element(value) is empty


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" a ", ("a", {})),
        ("a;B=c ; d", ("a", {"b": "c", "d": ""})),
        ("a;b=1;b=2", ("a", {"b": "1"})),
        ('a;b="x;y"', ("a", {"b": "x;y"})),
        ("<sip:a;x=y>;z=1", ("<sip:a;x=y>", {"z": "1"})),
        (";a=b", ("", {"a": "b"})),
        (";;;", ("", {})),
        (" ;a", ("", {"a": ""})),
        ("a;=b;", ("a", {})),
    ],
)
def test_parameters_follow_semicolons(value: str, expected: tuple[str, dict[str, str]]) -> None:
    """Names are compared in lower case, values unquoted, the first of a name counts (section 7.3.1)."""
    assert split_parameters(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [('"a"', "a"), ('"a\\"b\\\\"', 'a"b\\'), ("a", "a"), ('"', '"'), ('""', ""), ('"a', '"a')]
)
def test_quotes_and_backslashes_come_off(text: str, expected: str) -> None:
    """A quoted string means what it quotes (section 25.1)."""
    assert unquoted(text) == expected


@given(st.lists(st.text(alphabet="ab;=", min_size=1, max_size=5), max_size=5))
def test_a_joined_list_comes_apart_again(elements: list[str]) -> None:
    """Splitting undoes joining."""
    assert split_list(" , ".join(elements)) == elements


@given(TEXTS)
def test_no_text_makes_them_raise(text: str) -> None:
    """Any text has elements, parameters and an answer about empty ones."""
    assert all(split_list(text))
    assert isinstance(has_empty_element(text), bool)
    assert isinstance(split_parameters(text)[1], dict)
    assert isinstance(parameters_in(text.split(";")), dict)


@pytest.mark.parametrize("run", ['"', "<", ",", ";", '\\"', " ", '"\\', "a", '"<', "=;"])
@pytest.mark.parametrize("start", ["", '"', "<", ",;"])
def test_time_is_linear(start: str, run: str) -> None:
    """Half a megabyte of any one thing comes apart in well under a second."""
    value = start + run * (2**19 // len(run)) + "\\"
    began = time.perf_counter()
    split_list(value)
    split_parameters(value)
    has_empty_element(value)
    assert time.perf_counter() - began < 2
