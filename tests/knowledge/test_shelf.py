"""`sipdiag.knowledge.shelf`: how entries are found, and what a language needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sipdiag.errors import KnowledgeError, UsageError
from sipdiag.knowledge import SHELVES, Catalogue, files, languages
from tests.entries import KNOWLEDGE, LANGUAGES, NAMES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_found(language: str) -> None:
    """Every file is an entry with a lead, a description, steps and references, in the order of the numbers."""
    catalogue = Catalogue(language)
    keys = [key for shelf in SHELVES for key in catalogue.keys(shelf)]
    assert sorted(keys) == NAMES
    for key in keys:
        entry = catalogue.find(key)
        assert entry is not None
        assert entry.key == key
        assert all((entry.meaning, entry.description, entry.seen_when, entry.fix, entry.references, entry.facts))
    assert catalogue.keys("cause")[:3] == ["cause/1", "cause/2", "cause/3"]


@pytest.mark.parametrize(
    "key", ["", "status", "status/", "status/403/x", "status/../status/403", "status/.x", "nothing/403"]
)
def test_what_is_no_key_finds_nothing(key: str) -> None:
    """No name leads out of the shelves."""
    assert Catalogue().find(key) is None


@pytest.mark.parametrize(
    ("code", "reason", "key"),
    [
        (403, "Forbidden", "status/403"),
        (603, "Decline", "status/603"),
        (603, "Network Blocked", "status/603-network-blocked"),
        (499, "", "class/4xx"),
        (150, "", "class/1xx"),
        (799, "", "class/4xx"),
        (0, "", "class/4xx"),
    ],
)
def test_a_response_is_spoken_for(code: int, reason: str, key: str) -> None:
    """By the entry for its phrase, else its code's, else its class's (RFC 3261, section 8.1.3.2)."""
    assert Catalogue().status_key(code, reason) == key


def test_only_what_is_named_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry costs one file, its translation one more, besides the labels."""
    read: list[str] = []
    really = files.text_of

    def text_of(path: str) -> str:
        read.append(Path(path).name)
        return really(path)

    monkeypatch.setattr(files, "text_of", text_of)
    catalogue = Catalogue("pt")
    assert catalogue.find("status/403") is catalogue.find("status/403")
    assert sorted(read) == ["403.md", "403.md", "language.toml"]


def test_a_third_language_needs_a_folder_only(tmp_path: Path) -> None:
    """A language with some entries speaks them; the others stay English until they are translated."""
    shutil.copytree(KNOWLEDGE / "en", tmp_path / "en")
    shutil.copytree(KNOWLEDGE / "pt" / "status", tmp_path / "xx" / "status")
    shutil.copy(KNOWLEDGE / "pt" / "language.toml", tmp_path / "xx")
    (tmp_path / "xx" / "status" / "404.md").unlink()
    assert languages(tmp_path) == ["en", "xx"]
    catalogue = Catalogue("xx", tmp_path)
    translated, english = catalogue.find("status/403"), catalogue.find("status/404")
    assert translated is not None
    assert translated.meaning.startswith("O servidor")
    assert translated.facts["retry"] == "never"
    assert english == Catalogue("en", tmp_path).find("status/404")


def test_unknown_languages_are_told() -> None:
    """A language that nobody wrote is a mistake of the command line, which names the ones that there are."""
    for language in ("xx", "../en", "en/status", ""):
        with pytest.raises(UsageError, match="en, pt"):
            Catalogue(language)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("403 Forbidden\n", 1, "title"),
        ("# 403\n\n## Descripton\n\nx\n", 3, "Descripton"),
        ("# 403\n\n## Description\n\nx\n\n## Description\n\ny\n", 7, "second"),
        ("# 403\n\n```toml\ncode = = 403\n```\n\nLead.\n", 3, "TOML"),
        ("# 403\n\nLead.\n\n## Example\n\n```sip\nx\n", 9, "never closed"),
        ("# 403\n\nLead.\n\n## Description\n\nx\n\n### How to fix\n\n1. x\n", 9, "How to fix"),
    ],
)
def test_a_broken_entry_is_told_with_file_line_and_reason(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """Whoever writes an entry learns where it is wrong."""
    shutil.copytree(KNOWLEDGE / "en", tmp_path / "en")
    path = tmp_path / "en" / "status" / "403.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=rf"403\.md:{line}: .*{reason}"):
        Catalogue("en", tmp_path).find("status/403")
