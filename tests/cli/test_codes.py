"""`sipdiag codes`: one line a code."""

from __future__ import annotations

import json

import pytest

from sipdiag.cli import main
from tests.entries import LANGUAGES, NAMES, page

CODES = [name for name in NAMES if name.startswith("status/")]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command line that succeeds writes."""
    assert main(["codes", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """All of them in both languages, each on one line of a pipe: code, reason phrase, lead sentence."""
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = told(capsys, "--lang", language).splitlines()
    assert len(lines) == len(CODES)
    for name in CODES:
        read = page(name, language)
        code, _, reason = read.title.partition(" ")
        (line,) = [each for each in lines if each.startswith(f"{code}  {reason}  ")]
        assert line.endswith(read.lead.replace("`", ""))


def test_one_class(capsys: pytest.CaptureFixture[str]) -> None:
    """`--class 4` and `--class 4xx` list the same."""
    document = json.loads(told(capsys, "--class", "4", "--format", "json"))
    codes = [each["code"] for each in document["codes"]]
    assert codes == sorted(codes)
    assert {code // 100 for code in codes} == {4}
    assert json.loads(told(capsys, "--class", "4xx", "--format", "json")) == document


def test_markdown_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A row a code under two rows of heading."""
    lines = told(capsys, "--class", "6", "--format", "markdown", "--lang", "pt").splitlines()
    assert lines[:2] == ["| Código | Frase de motivo | Significado |", "|---|---|---|"]
    assert len(lines) == 2 + len([name for name in CODES if name.startswith("status/6")])


@pytest.mark.parametrize("class_", ["7", "0", "x", ""])
def test_a_class_that_is_none(capsys: pytest.CaptureFixture[str], class_: str) -> None:
    """Exit code 2."""
    assert main(["codes", "--class", class_]) == 2
    assert "--class" in capsys.readouterr().err
