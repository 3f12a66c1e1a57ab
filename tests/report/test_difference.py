"""Tests of `sipdiag.report.difference`."""

from __future__ import annotations

import pytest

from reporting import words
from sipdiag.report.difference import difference_told, name_of

ASPECTS = [
    *("source address", "trunk address", "trunk transport", "from domain", "from form", "to domain", "to form"),
    *("pai domain", "pai form", "ruri domain", "ruri form", "phone-context value", "user-agent value"),
    *("expires value", "event value", "credentials account", "codecs audio", "codecs video", "codecs tones"),
    *("codecs streams", "crypto profile", "crypto keys", "ptime audio"),
]


def labels(language: str) -> dict[str, str]:
    told: dict[str, str] = words(language).catalogue.words["differences"]
    return told


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_has_a_name(aspect: str, language: str) -> None:
    """In each language, its own words where they are not names of the protocol."""
    kind, _, which = aspect.partition(" ")
    assert f"{kind}_{which}" in labels(language)
    assert name_of(kind, which, labels(language)) == labels(language)[f"{kind}_{which}"]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            "ruri form: 00 prefix, 13 digits | E.164 with +",
            "formato do número na Request-URI: 13 dígitos, começando com 00 | E.164 com +",
        ),
        ("from form: name | anonymous", "formato do número no From: nome | anônimo"),
        ("to form: no prefix, 4 digits | -", "formato do número no To: 4 dígitos, sem prefixo | -"),
        ("credentials account: none | alice@example.com", "credenciais: nenhum | alice@example.com"),
        ("user-agent value: none | a | b", "User-Agent: none | a | b"),
        ("something new: a | b", "something new: a | b"),
        ("no difference at all", "no difference at all"),
    ],
)
def test_the_program_s_own_words_are_translated(told: str, shown: str) -> None:
    """What a packet said is left as it is, and so is what nobody knows."""
    assert difference_told(told, labels("pt")) == shown
