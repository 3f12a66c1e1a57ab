"""Tests of `sipdiag.cli.phrases`: the command line speaks the language of its user."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import sipdiag
from sipdiag.cli.commands import COMMANDS
from sipdiag.cli.commands import sipdiag as program
from sipdiag.cli.phrases import Phrases
from sipdiag.knowledge import languages

PACKAGE = Path(sipdiag.__file__).parent
RAISED = {"UsageError": 0, "CaptureError": 1, "KnowledgeError": 0}
"""What stops a run → which argument says why."""
OTHERS = [language for language in languages() if language != "en"]


def sentences() -> Iterator[str]:
    """Every reason for which the program stops, as it may be read: `x` stands for what changes."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = (
                    node.exc.func.attr if isinstance(node.exc.func, ast.Attribute) else getattr(node.exc.func, "id", "")
                )
                if called in RAISED and len(node.exc.args) > RAISED[called]:
                    yield from _text(node.exc.args[RAISED[called]])


def _text(node: ast.expr) -> Iterator[str]:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node] if isinstance(node, ast.Constant) else []
    said = "".join(
        str(part.value) if isinstance(part, ast.Constant) else "'x'" if _quoted(part) else "x" for part in parts
    )
    if re.search(r"[a-z]{3}", said):
        yield said


def _quoted(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue) and part.conversion == ord("r")


def helped() -> Iterator[str]:
    """Every text of a help page; of a block that is not wrapped only what is no example."""
    commands = [program, *(import_module(module).command for module in COMMANDS.values())]
    for command in commands:
        for paragraph in (command.help or "").split("\n\n"):
            if paragraph.strip() and not paragraph.lstrip(" \n").startswith("\b"):
                yield " ".join(paragraph.split())
        yield from (text for each in command.params if (text := getattr(each, "help", None)))


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_to_stop_is_told_in_every_language(language: str) -> None:
    """Walks all that is raised for users: no sentence in English is left to those who read another language."""
    known = Phrases(language)
    found = sorted(set(sentences()))
    assert len(found) >= 50
    assert [text for text in found if known.told(text) == text and text != "--sql: x"] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_help_text_is_there_in_every_language(language: str) -> None:
    """Options and descriptions of all commands; what is in the list but not in the program is gone from it."""
    known, texts = Phrases(language), set(helped())
    assert sorted(texts - set(known.help)) == []
    here = PACKAGE / "cli"
    source = "".join(path.read_text(encoding="utf-8") for path in here.glob("*.py"))
    assert [text for text in known.help if text not in texts and text not in source and text not in FRAME] == []


FRAME = ("Usage:", "Arguments", "Options", "Commands", "[default: {}]", "[required]", "Show this message and exit.")
"""What click says of its own."""


def test_what_changes_keeps_its_place_and_is_told_too() -> None:
    """A path stays as it is, however it reads; a reason behind it is told in its own words."""
    known = Phrases("pt")
    assert known.told("cannot write a b.txt: No such file or directory") == (
        "não foi possível gravar a b.txt: arquivo ou pasta inexistente"
    )
    assert known.told("trace.pcap: is empty") == "trace.pcap: está vazio"
    assert known.told("nobody says this") == "nobody says this"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nada.pcap"], "sipdiag: nada.pcap: arquivo ou pasta inexistente"),
        (["--nada"], "Erro: A opção '--nada' não existe."),
        (["--format", "jsn", "x"], "Erro: Valor inválido para '--format': 'jsn' não é nenhum destes: 'text', "),
        (["ladder"], "Uso: sipdiag ladder [OPÇÕES] CAPTURE..."),
        (["ladder"], "Erro: Falta o argumento 'CAPTURE...'."),
        (["codes", "--class", "9"], "sipdiag: --class recebe um dígito de 1 a 6, não '9'"),
        (["expalin"], "você quis dizer 'sipdiag explain'?"),
        (["."], "sipdiag: .: é uma pasta; 'sipdiag audit . -o DIR' lê as capturas de uma pasta"),
    ],
)
@pytest.mark.parametrize("how", ["option", "locale"])
def test_mistakes_are_told_in_the_language_of_the_user(arguments: list[str], told: str, how: str) -> None:
    """By `--lang` or from the locale, also where the command line is too wrong to be read; else in English."""
    by_locale = how == "locale"
    assert told in complaint(
        arguments if by_locale else [*arguments, "--lang", "pt"], "pt_BR.UTF-8" if by_locale else "C"
    )
    assert told not in complaint(arguments, "C")


def complaint(arguments: list[str], locale: str) -> str:
    """What a command line that is wrong says."""
    environment = os.environ | {"LC_ALL": locale, "PYTHONUTF8": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "sipdiag", *arguments], env=environment, capture_output=True, check=False
    )
    assert ran.returncode in (2, 3)
    return ran.stderr.decode()
