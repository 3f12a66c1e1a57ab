"""Defects of a capture, told in either language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entries import labels
from sipdiag.defect import Defect
from sipdiag.knowledge import Catalogue
from sipdiag.report.defects import DefectWords
from test_limits import LIMITS

ENGLISH, PORTUGUESE = DefectWords(Catalogue("en")), DefectWords(Catalogue("pt"))
SAMPLES = {"n": "12", "m": "34", "k": "56", "word": "a.b:c", "text": "some words"}


@pytest.mark.parametrize("name", [*labels("en")["details"]])
def test_every_detail_is_told_in_both_languages(name: str) -> None:
    """English as the program notes it; in Portuguese the same numbers and names stand in a sentence of its own."""
    english, portuguese = (
        re.sub(r"\{(\w+)\}", lambda found: SAMPLES[found[1]], labels(language)["details"][name])
        for language in ("en", "pt")
    )
    assert ENGLISH.detail(english) == english
    assert PORTUGUESE.detail(english) == portuguese


@pytest.mark.parametrize("limit", sorted({limit for limit in LIMITS.values() if limit}))
def test_every_limit_has_its_portuguese(limit: str) -> None:
    """What the code calls it stands in the catalogue."""
    for times in ("1 time", "7 times"):
        told = PORTUGUESE.detail(f"{limit} ({times})")
        assert limit not in told
        assert "vez" in told


def test_several_details_are_told_one_by_one() -> None:
    """A finding joins what was too much; a sentence with the same sign in it is one sentence."""
    told = PORTUGUESE.detail("VLAN tags of a packet, more than 3 (2 times); LINKTYPE 147, 9 packets")
    assert told == "tags VLAN de um pacote, mais de 3 (2 vezes); LINKTYPE 147, 9 pacotes"
    told = PORTUGUESE.detail("1.500 s ahead of b; c.pcap; its times are corrected")
    assert told == "1.500 s adiantado em relação a b; c.pcap; os horários foram corrigidos"


def test_a_line_says_kind_and_detail() -> None:
    """Without a detail the kind alone; a kind that nobody knows stands as it is."""
    assert PORTUGUESE.line(Defect(kind="interface-unknown", frame=1)) == "interface não descrita"
    assert PORTUGUESE.line(Defect(kind="record-skipped", detail="3 bytes skipped, from byte 9 on")) == (
        "dano pulado: 3 bytes pulados, a partir do byte 9"
    )
    assert ENGLISH.line(Defect(kind="new", detail="x")) == "new: x"


@given(st.text(max_size=5_000))
def test_what_others_wrote_stays(text: str) -> None:
    """A detail that is no sentence of ours is left as it is, and looked at in no time."""
    assert text in PORTUGUESE.detail(f"192.0.2.1:1 → {text}\n")
