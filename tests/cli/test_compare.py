"""`sipdiag compare`: two status codes side by side."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from reporting import sample
from sipdiag.cli import main
from sipdiag.knowledge import Catalogue
from sipdiag.knowledge.names import spoken

PORTUGUESE = [
    "Classe e categoria",
    "Descrição",
    "Quando você o vê",
    "Como corrigir",
    "Diferenças principais",
    "Em comum",
    "Quando usar qual",
    "Saiba mais",
]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command line that succeeds writes."""
    assert main(["compare", *arguments]) == 0
    return capsys.readouterr().out


def test_sections_in_portuguese(capsys: pytest.CaptureFixture[str]) -> None:
    """The headings are those that a Brazilian reader was promised, in their order."""
    report = told(capsys, "200", "403", "--lang", "pt")
    lines = report.splitlines()
    assert lines[0] == "200 OK · 403 Forbidden"
    assert [line for line in lines if line in PORTUGUESE] == PORTUGUESE
    assert "  - Classe: no 200, sucesso (2xx); no 403, erro do cliente (4xx)." in lines
    assert "  - Resposta final: sim, encerra a transação" in lines


def test_differences_come_from_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    """What differs is listed with both values; what does not stands under what the two have in common."""
    document = json.loads(told(capsys, "180", "486", "--format", "json", "--lang", "en"))
    differing = {each["fact"]: each["values"] for each in document["differences"]}
    assert differing["class"] == ["provisional", "client-error"]
    assert differing["final"] == [False, True]
    assert [code["key"] for code in document["codes"]] == ["status/180", "status/486"]
    facts = {each["fact"] for each in document["differences"] + document["in_common"]}
    assert facts == {"class", "final", "retry", "actor", "next", "dialog", "methods"}


def test_any_two_codes_compare(capsys: pytest.CaptureFixture[str]) -> None:
    """Every code with its neighbour, as Markdown, with the same sections."""
    names = [spoken(key) for key in Catalogue().keys("status")]
    for one, other in pairwise(names):
        report = told(capsys, one, other, "--format", "markdown", "--lang", "en")
        for heading in (
            "Description",
            "When you see it",
            "How to fix",
            "Key differences",
            "When to use which",
            "Learn more",
        ):
            assert f"\n## {heading}\n" in report
        assert f"`sipdiag explain {one} {other}`" in report


def test_unknown_codes_compare_as_their_class(capsys: pytest.CaptureFixture[str]) -> None:
    """A code outside the catalogue is compared as what a client treats it as, and the report says so."""
    report = told(capsys, "403", "499", "--lang", "en")
    assert report.startswith("403 Forbidden · 499 (4xx Client error)\n")
    assert "499 is not in the catalogue" in report
    assert "with 499, only after changing what was refused" in " ".join(report.split())
    both = told(capsys, "299", "155", "--lang", "en")
    assert both.startswith("299 (2xx Success) · 155 (1xx Provisional)\n")
    assert "Final response: with 299, yes, it ends the transaction; with 155, no" in " ".join(both.split())
    assert "sipdiag explain 299 155" in both


@pytest.mark.parametrize(
    ("codes", "said"), [(("200", "799"), "799"), (("INVITE", "200"), "INVITE"), (("403", "403"), "two")]
)
def test_what_cannot_be_compared(capsys: pytest.CaptureFixture[str], codes: tuple[str, str], said: str) -> None:
    """Exit code 2 and one clear line."""
    assert main(["compare", *codes, "--lang", "en"]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert said in written.err


def test_what_cannot_be_read_keeps_nothing_else_from_being_compared(capsys: pytest.CaptureFixture[str]) -> None:
    """CONTRACT, exit code 3: the other captures are compared all the same."""
    readable = [str(sample("call-failed/call-failed")), str(sample("call-answered/call-answered"))]
    assert main(["compare", "200", "403", "nowhere.pcap", *readable, "--lang", "en"]) == 3
    written = capsys.readouterr()
    assert "closest that worked" in written.out
    assert written.err == "sipdiag: nowhere.pcap: no such file or directory\n"


def test_no_difference_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """No heading stands over nothing."""
    assert "Key differences\n  None in what a client does with them.\n" in told(capsys, "200", "299")
