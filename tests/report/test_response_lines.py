"""Tests of `sipdiag.report.response_lines`: each response by itself, or many by kind."""

from __future__ import annotations

import re

import pytest

from captured import capture_of
from exchange import Exchange
from reporting import analysis_of_bytes, text
from sipdiag.analysis import Analysis
from sipdiag.report.response_lines import MANY


def answered(pings: int, *, last: int = 200) -> Analysis:
    """So many OPTIONS, each answered after 20 ms; the last of them with another code, which comes twice."""
    talk = Exchange()
    for number in range(pings):
        asked = talk.request("OPTIONS", number * 2.0, call_id=f"ping-{number}", branch=f"b{number}")
        code = 200 if number < pings - 1 else last
        said = talk.response(code, asked, number * 2.0 + 0.02, reason="OK" if code == 200 else "Gone Fishing")
    talk.again(said, pings * 2.0)
    return analysis_of_bytes(capture_of(talk))


def section(told: str) -> list[str]:
    """The lines under RESPONSES."""
    return told.partition("\nRESPONSES\n")[2].partition("\n\n")[0].split("\n")


def test_up_to_many_each_stands_by_itself() -> None:
    """Every response names its frame and the frame of its request."""
    told = section(text(answered(MANY - 1)))
    assert len([line for line in told if re.match(r" +\d+  \d\d:", line)]) == MANY
    assert "OPTIONS frame 1, 20 ms" in told[0]


@pytest.mark.parametrize("language", ["en", "pt"])
def test_more_stand_by_kind(language: str) -> None:
    """One line a kind with how many, how long they took and the repeats; the meaning is said all the same."""
    told = text(answered(MANY + 1, last=410), language=language)
    heading = "RESPOSTAS" if language == "pt" else "RESPONSES"
    lines = told.partition(f"\n{heading}\n")[2].partition("\n\n")[0].split("\n")
    assert "302" in lines[0]
    assert "-v" in lines[0]
    kinds = [line for line in lines if " × " in line]
    assert [line.split()[:3] for line in kinds] == [["300", "×", "200"], ["2", "×", "410"]]
    assert "20 ms – 20 ms" in kinds[0]
    assert ("1 são repetições" if language == "pt" else "1 repeats among them") in " ".join(lines)
    assert len(lines) > 3


def test_every_one_is_there_when_asked_for() -> None:
    """`-v` lists all, however many."""
    told = section(text(answered(MANY + 1), detail="full"))
    assert len([line for line in told if re.match(r" +\d+  \d\d:", line)]) == MANY + 2


def test_a_long_phrase_is_cut() -> None:
    """The phrase of a server that talks much leaves room for the rest."""
    talk = Exchange()
    asked = talk.request("OPTIONS", 0.0)
    talk.response(200, asked, 0.1, reason="x" * 300)
    told = section(text(analysis_of_bytes(capture_of(talk))))
    assert "…" in told[0]
    assert len(told[0]) <= 80


def test_on_a_narrow_screen_what_goes_on_stands_below_the_code() -> None:
    """Nothing of a line falls back to the edge, where the frames stand."""
    talk = Exchange()
    asked = talk.request("OPTIONS", 0.0)
    talk.response(480, asked, 0.1, reason="Temporarily Unavailable")
    first, second, *_ = section(text(analysis_of_bytes(capture_of(talk)), width=62))
    assert "480 Temporarily" in first
    assert second.startswith(" " * 23)
