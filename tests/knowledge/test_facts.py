"""`sipdiag.knowledge.facts`: the plain lines of TOML, read without a TOML parser, mean what they mean to tomllib."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.knowledge import facts
from tests.entries import KNOWLEDGE, LANGUAGES, NAMES

FENCE = re.compile(r"^```toml\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def no_tomllib(text: str) -> dict[str, object]:
    """Stands in for tomllib where it must not be needed."""
    raise AssertionError(f"tomllib was asked to read {text!r}")


def test_entries_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The facts of every entry and the labels of every language are read without tomllib, and as tomllib reads them."""
    texts = [FENCE.findall((KNOWLEDGE / "en" / f"{name}.md").read_text(encoding="utf-8"))[0] for name in NAMES]
    texts += [(KNOWLEDGE / language / "language.toml").read_text(encoding="utf-8") for language in LANGUAGES]
    monkeypatch.setattr(facts, "_read_by_tomllib", no_tomllib)
    assert [facts.facts_of(text) for text in texts] == [tomllib.loads(text) for text in texts]


WORDS = st.text(st.sampled_from("ab\"'\\,[]{}#=. \t_-019é\u202e\u2028\x0b\x01\r\n"), max_size=8)
LINES = st.one_of(
    st.builds("{} = {}".format, WORDS, WORDS),
    st.builds('{} = "{}"'.format, st.sampled_from(["a", "b", "a-b", "1"]), WORDS),
    st.builds(
        "{} = {}".format, st.sampled_from("ab"), st.sampled_from(["1", "01", "1.5", "1.", "true", "+1", "1_0", "1e3"])
    ),
    st.builds(
        "a = [{}]".format,
        st.lists(st.sampled_from(['"x"', "1", "true", "", '"a, b"', "[1]"]), max_size=3).map(", ".join),
    ),
    st.builds("[{}]".format, WORDS),
    st.builds("# {}".format, WORDS),
    WORDS,
)


@given(st.lists(LINES, max_size=4).map("\n".join))
def test_any_toml_means_what_it_means_to_tomllib(text: str) -> None:
    """Plain or not, right or wrong: the answer is that of tomllib, errors included."""
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(ValueError, match=r".*"):
            facts.facts_of(text)
    else:
        assert facts.facts_of(text) == expected
