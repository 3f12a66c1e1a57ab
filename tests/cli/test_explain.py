"""`sipdiag explain`: entries, in three formats and two languages, and what it may cost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sipdiag.cli import main
from sipdiag.cli.commands import run
from sipdiag.cli.quick import quick
from sipdiag.knowledge import SHELVES, Catalogue
from sipdiag.knowledge.names import spoken
from tests.entries import LANGUAGES


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """English, 80 columns, no colour, whatever the terminal of whoever runs the tests is."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command line that succeeds writes."""
    assert main([*arguments]) == 0
    return capsys.readouterr().out


def test_an_entry_is_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Title, lead, facts and every section, wrapped to 80 columns."""
    report = told(capsys, "explain", "403")
    assert report.startswith("403 Forbidden\nThe server understood the request and refuses it")
    for line in ("RFC 3261, section 21.4.4", "client error (4xx)", "yes, it ends the transaction"):
        assert line in report
    headings = [
        "Description",
        "When you see it",
        "How to fix",
        "When to use it",
        "For REGISTER",
        "Platforms",
        "Example",
    ]
    positions = [report.index(f"\n{heading}\n") for heading in [*headings, "References"]]
    assert positions == sorted(positions)
    assert max(map(len, report.splitlines())) <= 80


def test_several_entries_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Each name gives its entry, in the order of the command line."""
    names = ["403", "q850/34", "warning/370", "timer/B", "INVITE", "603-network-blocked", "4xx"]
    document = json.loads(told(capsys, "explain", *names, "--format", "json"))
    keys = [
        "status/403",
        "cause/34",
        "warning/370",
        "timer/B",
        "method/INVITE",
        "status/603-network-blocked",
        "class/4xx",
    ]
    assert [entry["key"] for entry in document["entries"]] == keys
    assert [entry["name"] for entry in document["entries"]] == names
    assert document["entries"][0]["facts"]["retry"] == "never"


@pytest.mark.parametrize(
    ("pasted", "title"),
    [
        ("SIP/2.0 403 Forbidden", "403 Forbidden\n"),
        ("SIP/2.0 603 Network Blocked", "603 Network Blocked\n"),
        ("Q.850;cause=34", "34 No circuit/channel available\n"),
        ("ack_missing", "ACK missing\n"),
    ],
)
def test_what_is_pasted_from_a_trace_is_explained(capsys: pytest.CaptureFixture[str], pasted: str, title: str) -> None:
    """A status line, with the phrase that some entries go by, a Reason, a name with the wrong dash."""
    assert main(["explain", pasted, "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith(title)


@pytest.mark.parametrize("number", ["799", "099", "000"])
def test_a_number_beyond_the_classes_is_no_code(capsys: pytest.CaptureFixture[str], number: str) -> None:
    """There are six classes; the answer says so instead of only that nothing was found."""
    assert main(["explain", number, "--lang", "en"]) == 2
    assert capsys.readouterr().err == f"sipdiag: {number} is no SIP status code: they run from 100 to 699\n"


@pytest.mark.parametrize(("code", "base", "title"), [("499", 400, "4xx"), ("150", 183, "1xx"), ("699", 600, "6xx")])
def test_an_unknown_code_gets_its_class_and_is_told_so(
    capsys: pytest.CaptureFixture[str], code: str, base: int, title: str
) -> None:
    """A client treats it as x00, a provisional one as 183 (RFC 3261, section 8.1.3.2)."""
    report = told(capsys, "explain", code)
    assert report.startswith(title)
    assert f"{code} is not in the catalogue. A client treats it as {base} (RFC 3261," in report


def test_a_number_with_two_meanings_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """100 is a status code and a cause, 603 has an entry for one phrase."""
    assert "100 is also the name of: q850/100" in told(capsys, "explain", "100")
    assert "603-network-blocked" in told(capsys, "explain", "603")


def test_a_word_lists_what_mentions_it(capsys: pytest.CaptureFixture[str]) -> None:
    """What no entry is called is searched for in titles, leads and descriptions."""
    report = told(capsys, "explain", "early media", "--lang", "en")
    assert "183 Session Progress" in report
    assert told(capsys, "explain", "mídia antecipada", "--lang", "pt").count("\n") > 2


def test_what_is_not_found_is_told_and_the_rest_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """One clear line each on standard error, near misses named; exit code 2."""
    assert main(["explain", "INVTE", "403", "zzzz", "799"]) == 2
    written = capsys.readouterr()
    assert written.out.startswith("403 Forbidden")
    assert written.err.splitlines() == [
        "sipdiag: no entry is called INVTE; did you mean INVITE?",
        "sipdiag: no entry is called zzzz, and none mentions it",
        "sipdiag: 799 is no SIP status code: they run from 100 to 699",
    ]


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_an_empty_name_is_called_so(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """It is no name that the catalogue lacks: one line says what to give instead."""
    assert main(["explain", name]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert written.err == "sipdiag: explain needs a name, such as 403, ack-missing or timer/B; this one is empty\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_can_be_told(capsys: pytest.CaptureFixture[str], language: str) -> None:
    """In text, Markdown and JSON, in every language, with no label left unfilled."""
    catalogue = Catalogue(language)
    names = [spoken(key) for shelf in SHELVES for key in catalogue.keys(shelf)]
    for format_ in ("text", "markdown"):
        report = told(capsys, "explain", *names, "--format", format_, "--lang", language)
        titles = [entry.title for shelf in SHELVES for key in catalogue.keys(shelf) if (entry := catalogue.find(key))]
        lines = report.splitlines()
        assert all(title in lines or f"# {title}" in lines for title in titles)
    document = json.loads(told(capsys, "explain", *names, "--format", "json", "--lang", language))
    assert len(document["entries"]) == len(names)


@pytest.mark.parametrize(
    ("environment", "title"),
    [
        ({"LANG": "pt_BR.UTF-8"}, "Temporizador B"),
        ({"LC_ALL": "C", "LANG": "pt_BR.UTF-8"}, "Timer B"),
        ({"LC_MESSAGES": "pt_PT", "LANG": "en_US"}, "Temporizador B"),
        ({"LANG": "de_DE.UTF-8"}, "Timer B"),
    ],
)
def test_the_locale_chooses_the_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], title: str
) -> None:
    """LC_ALL before LC_MESSAGES before LANG; what the catalogue does not speak is told in English; --lang overrules."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert told(capsys, "explain", "timer/B").startswith(title)
    assert told(capsys, "explain", "timer/B", "--lang", "pt-BR").startswith("Temporizador B")


@pytest.mark.parametrize("arguments", [["--lang", "xx"], ["--format", "html"], ["--nothing"]])
def test_mistakes_on_the_command_line(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Exit code 2, a line on standard error, nothing on standard output."""
    assert main(["explain", "403", *arguments]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert arguments[-1] in written.err


@pytest.mark.parametrize(
    "arguments", [["403"], ["403", "--lang", "pt"], ["--format=markdown", "timer/B"], ["zzzz", "486"]]
)
def test_the_short_way_answers_as_the_long_way(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Only the time differs."""
    short = quick(["explain", *arguments]), capsys.readouterr()
    assert (run(["explain", *arguments]), capsys.readouterr()) == short


@pytest.mark.parametrize(
    "arguments", [["403", "-o", "x"], ["--help"], [], ["403", "--format", "pdf"], ["403", "--lang"]]
)
def test_what_is_not_plain_goes_the_long_way(arguments: list[str]) -> None:
    """The argument parser tells mistakes; the short way knows when it is out of its depth."""
    assert quick(["explain", *arguments]) is None
    assert quick(["codes"]) is None


def test_colour_is_for_those_who_see_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe gets none unless it asks; without the colours the text is the same."""
    plain = told(capsys, "explain", "403")
    coloured = told(capsys, "explain", "403", "--color", "always")
    assert "\x1b" not in plain
    assert "\x1b[1;4m403 Forbidden\x1b[0m" in coloured
    stripped = coloured
    for code in ("1;4", "1;36", "1", "2", "0"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert stripped == plain


def test_a_file_is_written_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`-o` writes what standard output would get."""
    report = told(capsys, "explain", "403", "--format", "markdown")
    assert told(capsys, "explain", "403", "--format", "markdown", "-o", str(tmp_path / "403.md")) == ""
    assert (tmp_path / "403.md").read_text(encoding="utf-8") == report


def test_own_entries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of one's own speaks first, is named beside the title, and nothing in it steers a terminal."""
    own, broken = tmp_path / "carrier" / "status" / "403.md", tmp_path / "carrier" / "status" / "404.md"
    own.parent.mkdir(parents=True)
    own.write_text("# 403 Forbidden\n\nThe carrier \x1b[31msays no.\n", encoding="utf-8")
    broken.write_text("404\n", encoding="utf-8")
    assert main(["explain", "403", "--knowledge", str(tmp_path / "carrier")]) == 0
    written = capsys.readouterr()
    assert written.out.startswith("403 Forbidden  @carrier\nThe carrier \\x1b[31msays no.")
    assert written.err.startswith(f"sipdiag: {broken}:1: the first line must be a title")


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A name pasted from a packet comes back escaped."""
    assert main(["explain", "zz\x1b[31m\u202e"]) == 2
    told = capsys.readouterr().err
    assert "zz\\x1b[31m\\u202e" in told
    assert "\x1b" not in told


IMPORTED = {
    *("collections", "contextlib", "copyreg", "encodings", "enum", "functools", "importlib", "itertools", "keyword"),
    *("operator", "re", "reprlib", "types", "typing", "warnings"),
}
"""The packages that it may ask the standard library for: what `re` and `typing` need, and no more."""


@pytest.mark.parametrize("arguments", [["explain", "403"], ["explain", "403", "--lang", "pt", "--format", "markdown"]])
def test_explain_imports_next_to_nothing(arguments: list[str]) -> None:
    """An answer at once: no click, no rich, no tomllib, no pathlib; of sipdiag the catalogue and its printer alone."""
    program = (
        "import sys; before = set(sys.modules); from sipdiag.cli import main; code = main(sys.argv[1:]); "
        "print(*sorted(set(sys.modules) - before), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    imported = set(done.stderr.split())
    own = {name for name in imported if name.split(".")[0] == "sipdiag"}
    others = {name.split(".")[0] for name in imported - own}
    assert {name for name in others if not name.startswith("_")} <= IMPORTED
    allowed = ("sipdiag.knowledge", "sipdiag.report", "sipdiag.cli", "sipdiag.errors")
    assert all(name == "sipdiag" or name.startswith(allowed) for name in own)
    assert len(own) <= 20
