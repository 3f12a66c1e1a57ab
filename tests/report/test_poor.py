"""Tests of `sipdiag.report.poor`: what a terminal shows that lacks characters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sipdiag.report.poor import spelt

SAMPLE = Path(__file__).parents[2] / "samples" / "ack-missing" / "ack-missing.pcap"


@pytest.mark.parametrize(
    ("text", "encoding", "plain"),
    [
        ("a → b · c…", "ascii", "a -> b - c..."),
        ("Não há ação", "ascii", "Nao ha acao"),
        ("→é", "latin-1", "->é"),
        ("漢", "ascii", "?"),
    ],
)
def test_the_nearest_characters_stand_in(text: str, encoding: str, plain: str) -> None:
    """Arrows, points and accents have a plain form; what has none is a question mark."""
    assert text.encode(encoding, "ignore").decode(encoding) != text
    assert "".join(spelt(each, encoding) if each.encode(encoding, "ignore") == b"" else each for each in text) == plain


def test_a_report_for_a_poor_locale_has_no_question_marks() -> None:
    """The whole report in Portuguese, on a terminal that knows ASCII only."""
    poor = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "60"}
    command = [sys.executable, "-m", "sipdiag", "--lang", "pt", str(SAMPLE)]
    told = subprocess.run(command, env=poor, capture_output=True, check=True).stdout.decode("ascii")
    assert "sip:alice@example.com -> sip:bob@example.net" in told
    assert "repeticoes: 10" in told
    assert "quadros 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 -" in told
    assert " ? " not in told
