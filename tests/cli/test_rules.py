"""`sipdiag rules`: one line a rule."""

from __future__ import annotations

import json

import pytest

from sipdiag.cli import main
from sipdiag.rules import RULES
from tests.entries import LANGUAGES, page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """In the order of the rule book, with the lead sentence that `explain` shows."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["rules", "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == RULES.names
    for name, line in zip(RULES.names, lines, strict=True):
        assert line.endswith(page(f"rule/{name}", language).lead.replace("`", ""))


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Name, family, severity, title and meaning of each."""
    assert main(["rules", "--format", "json", "--lang", "en"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert [each["name"] for each in rules] == RULES.names
    assert {each["severity"] for each in rules} <= {"error", "warning", "note"}
    assert all(each["meaning"] and each["family"] and each["title"] for each in rules)
