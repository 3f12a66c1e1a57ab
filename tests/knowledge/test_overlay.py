"""`sipdiag.knowledge.overlay` and `conditions`: a folder of one's own entries over the catalogue."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sipdiag.errors import UsageError
from sipdiag.knowledge import Catalogue
from sipdiag.knowledge.conditions import LONGEST, conditions_in

BARRED = """# 403 Forbidden

```toml
code = 403
match_method = ["INVITE"]
match_reason = "(?i)barred"
```

The carrier bars this destination for the account.

## How to fix

1. Ask the carrier's desk to open the route class.
"""
PLAIN = "# 403 Forbidden\n\nAnything else that the carrier refuses.\n"


@pytest.fixture
def carrier(tmp_path: Path) -> Path:
    """A carrier's notes on its 403s."""
    folder = tmp_path / "carrier"
    write(folder, "status/403-barred", BARRED)
    write(folder, "status/403", PLAIN)
    return folder


def write(folder: Path, name: str, text: str) -> Path:
    """One file of a folder."""
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_most_particular_entry_speaks(carrier: Path) -> None:
    """Of the entries whose conditions hold, the one with most of them; the key says whose entry it is."""
    catalogue = Catalogue(overlays=[carrier])
    assert catalogue.status_key(403, "Destination BARRED", method="INVITE") == "status/403-barred@carrier"
    assert catalogue.status_key(403, "Destination BARRED", method="REGISTER") == "status/403@carrier"
    assert catalogue.status_key(404, "Not Found", method="INVITE") == "status/404"
    assert catalogue.asks(403) == {"method", "reason"}
    assert catalogue.asks(404) == frozenset()


def test_what_an_entry_leaves_out_comes_from_the_catalogue(carrier: Path) -> None:
    """Its own words stand; sections and facts that it does not have are those of the code; so are a method's parts."""
    own = Catalogue(overlays=[carrier]).find("status/403-barred@carrier")
    plain = Catalogue().find("status/403")
    assert own is not None
    assert plain is not None
    assert own.folder == "carrier"
    assert own.fix == ("Ask the carrier's desk to open the route class.",)
    assert (own.description, own.seen_when, own.references) == (plain.description, plain.seen_when, plain.references)
    assert own.facts["actor"] == plain.facts["actor"]
    assert own.about("REGISTER").fix == own.fix
    assert own.about("REGISTER").seen_when == plain.about("REGISTER").seen_when


def test_header_fields_decide(tmp_path: Path) -> None:
    """Warning, Reason, Server and User-Agent are looked at where an entry asks for them."""
    for name, pattern in [("warning", "^399 "), ("reason_header", "cause=21"), ("server", "ACME")]:
        write(tmp_path / "acme", f"status/403-{name}", f'# 403\n\n```toml\nmatch_{name} = "{pattern}"\n```\n\nOurs.\n')
    catalogue = Catalogue(overlays=[tmp_path / "acme"])
    told = {"warning": ['399 x "y"'], "reason": ["Q.850;cause=21"], "server": ["x"], "user-agent": ["ACME SBC"]}
    expected = {"warning": "warning", "reason": "reason_header", "user-agent": "server"}
    for field, name in expected.items():
        key = catalogue.status_key(403, fields=lambda asked, field=field: told[field] if asked == field else [])
        assert key == f"status/403-{name}@acme"
    assert catalogue.status_key(403) == "status/403"


def test_the_last_folder_lies_on_top(carrier: Path, tmp_path: Path) -> None:
    """Folders are laid one over the other in the order of the command line; a name that is taken gets a number."""
    other = tmp_path / "more" / "carrier"
    write(other, "status/403", "# 403 Forbidden\n\nMine.\n")
    assert Catalogue(overlays=[carrier, other]).status_key(403) == "status/403@carrier-2"
    assert Catalogue(overlays=[other, carrier]).status_key(403) == "status/403@carrier-2"
    entry = Catalogue(overlays=[carrier, other]).find("status/403")
    assert entry is not None
    assert entry.meaning == "Mine."


def test_languages_of_a_folder(tmp_path: Path) -> None:
    """A file under a language speaks that one; one under none speaks all, with headings in any of them."""
    folder = tmp_path / "op"
    write(
        folder, "status/403", "# 403\n\n```toml\nretry = 'later'\n```\n\nDe todos.\n\n## Como corrigir\n\n1. Ligue.\n"
    )
    write(folder, "pt/status/404", "# 404\n\nSó em português.\n")
    write(folder, "en/status/404", "# 404\n\n```toml\nretry = 'never'\n```\n\nIn English only.\n")
    for language, words in (("pt", "Só em português."), ("en", "In English only.")):
        catalogue = Catalogue(language, overlays=[folder])
        plain, spoken = catalogue.find("status/403"), catalogue.find("status/404")
        assert plain is not None
        assert spoken is not None
        assert (plain.meaning, plain.fix, plain.facts["retry"]) == ("De todos.", ("Ligue.",), "later")
        assert (spoken.meaning, spoken.facts["retry"]) == (words, "never")


def test_codes_and_rules_of_ones_own(tmp_path: Path) -> None:
    """A code outside the catalogue gets an entry, and an entry of another shelf its place."""
    folder = tmp_path / "op"
    write(folder, "status/499", "# 499 Quota\n\nThe quota of the day is used up.\n")
    write(folder, "timer/B", "# Timer B\n\nOurs is 4 s.\n")
    catalogue = Catalogue(overlays=[folder])
    quota, timer = catalogue.find("status/499"), catalogue.find("timer/B")
    assert quota is not None
    assert timer is not None
    assert quota.facts == {"code": 499, "class": "client-error", "ends_transaction": True}
    assert (timer.key, timer.facts["seconds"]) == ("timer/B@op", 32.0)
    assert catalogue.status_key(499) == "status/499@op"


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("status/403", "403\n", 1, "title"),
        ("status/403", "# 403\n\n```toml\ncode = 404\n```\n\nx\n", 4, "code = 404"),
        ("status/403", "# 403\n\n```toml\ncode = 403\nretry = 'perhaps'\n```\n\nx\n", 5, "retry is one of never"),
        ("status/403", "# 403\n\n```toml\nrelated = 'x'\n```\n\nx\n", 4, "related must be a list"),
        ("status/403", "# 403\n\n```toml\nmatch_reason = '('\n```\n\nx\n", 4, "no regular expression"),
        ("status/403", "# 403\n\n```toml\nmatch_reason = '(a)\\1'\n```\n\nx\n", 4, "back reference"),
        ("status/403", "# 403\n\n```toml\nmatch_method = 1\n```\n\nx\n", 4, "match_method"),
        ("status/403", "# 403\n\n```toml\nmatch_reasn = 'barred'\n```\n\nx\n", 4, "match_reasn is no condition"),
        ("status/barred", "# 403\n\nx\n", 1, "file name"),
        ("status/499", "# 499\n\n## Description\n\nx\n", 2, "one sentence"),
        ("rule/ack-missing", "# x\n\n```toml\nmatch_reason = 'x'\n```\n\nx\n", 4, "status codes only"),
        ("status/403", "# 403\n\nx\n\n## Wie beheben\n\n1. x\n", 5, "Wie beheben"),
    ],
)
def test_a_broken_entry_is_told_and_the_rest_still_load(
    carrier: Path, tmp_path: Path, name: str, text: str, line: int, reason: str
) -> None:
    """File, line and reason of the broken one; the catalogue stands in, and the other entries of the folder speak."""
    broken = write(tmp_path / "op", name, text)
    write(tmp_path / "op", "status/486", "# 486 Busy Here\n\nOurs.\n")
    catalogue = Catalogue(overlays=[tmp_path / "op"])
    (error,) = catalogue.broken
    assert str(error).startswith(f"{broken}:{line}: ")
    assert reason in str(error)
    assert catalogue.status_key(403) == "status/403"
    assert catalogue.status_key(486) == "status/486@op"
    assert Catalogue(overlays=[carrier]).broken == []


def test_bytes_that_are_no_text_are_a_broken_entry(carrier: Path) -> None:
    """A file that is not UTF-8 is told like any other mistake."""
    (carrier / "status" / "486.md").write_bytes(b"# 486\n\n\xff\xfe\n")
    (error,) = Catalogue(overlays=[carrier]).broken
    assert "486.md:3: not UTF-8" in str(error)


def test_a_folder_without_entries_is_a_mistake(tmp_path: Path) -> None:
    """A path that was mistyped must not pass for a folder that has nothing to add."""
    with pytest.raises(UsageError, match="no such folder"):
        Catalogue(overlays=[tmp_path / "missing"])
    with pytest.raises(UsageError, match=r"403\.md"):
        Catalogue(overlays=[tmp_path])


def test_expressions_see_the_beginning_only() -> None:
    """What a packet says is tried up to a length, so that a long one costs no more than a short one."""
    conditions = conditions_in({"match_reason": "x.*y.*z"})
    begun = time.perf_counter()
    assert not conditions.hold("INVITE", "x" + "y" * 5_000_000, lambda _: [])
    assert time.perf_counter() - begun < 1
    assert conditions_in({"match_reason": "z"}).hold("", "a" * (LONGEST - 1) + "z", lambda _: [])
    assert not conditions_in({"match_reason": "z"}).hold("", "a" * LONGEST + "z", lambda _: [])
