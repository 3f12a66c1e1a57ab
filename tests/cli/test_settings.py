"""Tests of `sipdiag.cli.settings`."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.cli.settings import File, settings_near
from sipdiag.errors import UsageError
from sipdiag.findings import Severity

RULES = frozenset({"ack-late", "contact-private"})

WHOLE = """
lang = "pt"
fail-on = "warning"
ignore = ["ack-late"]

[severity]
contact-private = "error"

[[silence]]
rule = "contact-private"
peer = "198.51.100.7"
reason = "old door phone"
until = 2027-04-01
"""


def test_without_a_file_all_is_default(tmp_path: Path) -> None:
    """Nothing found means nothing changed."""
    assert settings_near(tmp_path, RULES) == File()


def test_a_file_in_a_folder_above_counts(tmp_path: Path) -> None:
    """As git and ruff look for theirs: here, then upwards."""
    (tmp_path / "sipdiag.toml").write_text(WHOLE)
    deep = tmp_path / "one" / "two"
    deep.mkdir(parents=True)
    settings = settings_near(deep, RULES)
    assert (settings.lang, settings.fail_on, settings.ignore) == ("pt", "warning", ["ack-late"])
    assert settings.policy.severities == {"contact-private": Severity.ERROR}
    assert settings.policy.silences[0].reason == "old door phone"


def test_a_project_file_counts_only_with_its_table(tmp_path: Path) -> None:
    """A pyproject.toml without [tool.sipdiag] is passed over, and the one above is read."""
    (tmp_path / "pyproject.toml").write_text('[tool.sipdiag]\nlang = "en"\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\n")
    assert settings_near(inner, RULES).lang == "en"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("colour = 1", "unknown field"),
        ('ignore = ["ack-later"]', "no rule is called 'ack-later'"),
        ('[severity]\nack-late = "dreadful"', "dreadful"),
        ("[thresholds]\nnonsense_s = 1", "unknown field"),
        ('[[silence]]\nrule = "ack-late"\npeer = "x"', "reason"),
        ("lang = ", "Invalid value"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, reason: str) -> None:
    """What does not exist is no silent default; a silence needs its reason."""
    (tmp_path / "sipdiag.toml").write_text(text)
    with pytest.raises(UsageError, match=reason) as refused:
        settings_near(tmp_path, RULES)
    assert "sipdiag.toml" in str(refused.value)


def test_the_command_line_goes_before_the_file() -> None:
    """An option given replaces what the file says of it."""
    file = File(select=["ack-late"], ignore=["contact-private"])
    assert file.filled({"select": "contact-private", "ignore": None}) == {
        "select": "contact-private",
        "ignore": "contact-private",
    }
