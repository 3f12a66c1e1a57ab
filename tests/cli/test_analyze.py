"""Tests of `sipdiag analyze`: the main job, run as a user runs it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from captured import capture_of, capture_of_payloads
from command import run
from exchange import SECOND, Exchange
from reporting import SAMPLES, document, sample
from sipdiag.analysis import analyze

GOOD = sample("call-answered/call-answered")
BAD = sample("ack-missing/ack-missing")
REFUSED = sample("call-busy/call-busy")


def json_of(*arguments: str | Path) -> dict[str, Any]:
    ran = run("--format", "json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    told: dict[str, Any] = json.loads(ran.out)
    return told


def findings(*arguments: str | Path) -> set[str]:
    return {each["rule"] for each in json_of(*arguments)["findings"]}


NO_CAPTURES = ["missing", "directory", "text", "empty", "unreadable", *(["denied"] if os.geteuid() else [])]
"""What is no capture; to root nothing is denied (tests/capture/test_source.py becomes somebody else for that)."""

# Inputs


def test_a_capture_alone_is_analyzed() -> None:
    """`sipdiag CAPTURE` is `sipdiag analyze CAPTURE`."""
    short, long = run(GOOD), run("analyze", GOOD)
    assert (short.code, short.err) == (0, "")
    assert short == long
    assert str(GOOD) in short.out.replace("\n  ", "")


@pytest.fixture(params=NO_CAPTURES)
def no_capture(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Something that is no capture."""
    path = tmp_path / request.param
    if request.param == "directory":
        path.mkdir()
    elif request.param == "text":
        path.write_text("Dear Sir or Madam,\n" * 40)
    elif request.param == "empty":
        path.touch()
    elif request.param == "unreadable":
        path.write_bytes(b"\xd4\xc3\xb2\xa1\x02")
    elif request.param == "denied":
        path.write_bytes(GOOD.read_bytes())
        path.chmod(0)
    return path


def test_what_cannot_be_read_is_3(no_capture: Path) -> None:
    """One line that names the file and says why; no report."""
    ran = run(no_capture)
    assert (ran.code, ran.out) == (3, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith(f"sipdiag: {no_capture}: ")


def test_the_other_inputs_are_still_reported(no_capture: Path) -> None:
    """3 tells that one was not read; the report tells of the rest, whatever their order."""
    for order in ([no_capture, BAD], [BAD, no_capture], [GOOD, no_capture, BAD]):
        ran = run("--format", "json", *order)
        assert ran.code == 3
        assert str(no_capture) in ran.err
        told = json.loads(ran.out)
        assert [each["path"] for each in told["captures"]] == [str(path) for path in order if path != no_capture]
        assert [each["rule"] for each in told["findings"]] == ["ack-missing"]


def test_a_name_with_line_breaks_makes_one_line(tmp_path: Path) -> None:
    """A file name is hostile text too."""
    ran = run(tmp_path / "a\nsipdiag: all is well\x1b[2J")
    assert ran.code == 3
    assert len(ran.err.splitlines()) == 1
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_capture_cut_in_mid_record_is_no_error(tmp_path: Path, cut: int) -> None:
    """All that can be read is reported, with the damage."""
    path = tmp_path / "cut.pcap"
    path.write_bytes(GOOD.read_bytes()[:-cut])
    told = json_of(path)
    assert [each["kind"] for each in told["captures"][0]["defects"]] == ["record-cut-off"]
    assert told["summary"]["calls"] == 1


def test_standard_input_is_a_capture() -> None:
    """`-`, alone or among others."""
    ran = run("--format", "json", "-", stdin=BAD.read_bytes())
    assert ran.code == 0
    told, same = json.loads(ran.out), document(analyze([str(BAD)]))
    assert [each.pop("path") for each in (*told["captures"], *same["captures"])] == ["-", str(BAD)]
    assert told == same
    both = run("--format", "json", GOOD, "-", stdin=BAD.read_bytes())
    assert [each["path"] for each in json.loads(both.out)["captures"]] == [str(GOOD), "-"]


def test_standard_input_that_is_no_capture_is_3() -> None:
    """Nothing, and something else."""
    for data in (b"", b"GET / HTTP/1.1\r\n\r\n"):
        assert run("-", stdin=data).code == 3


def test_several_captures_are_one_analysis() -> None:
    """Each with its place in `captures`, to which all rows point."""
    told = json_of(GOOD, BAD, REFUSED)
    assert [each["path"] for each in told["captures"]] == [str(GOOD), str(BAD), str(REFUSED)]
    assert {each["capture"] for each in told["requests"]} == {0, 1, 2}
    assert (told["summary"]["calls"], len(told["calls"])) == (3, 3)
    assert [(each["rule"], each["capture"]) for each in told["findings"]] == [("ack-missing", 1), ("call-failed", 2)]


# Formats and exit codes


def test_json_is_the_document() -> None:
    """What the report room makes, indented for people too."""
    ran = run("--format", "json", BAD)
    assert json.loads(ran.out) == document(analyze([str(BAD)]))
    assert ran.out.startswith('{\n  "schema": "sipdiag/1"')
    assert ran.out.endswith("}\n")


def test_the_schema_that_is_printed_describes_the_document() -> None:
    """`--schema` needs no capture."""
    ran = run("analyze", "--schema")
    assert (ran.code, ran.err) == (0, "")
    schema = json.loads(ran.out)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json_of(BAD))


@pytest.mark.parametrize(
    ("capture", "level", "code"),
    [
        (BAD, None, 0),
        (BAD, "never", 0),
        (BAD, "error", 1),
        (BAD, "warning", 1),
        (BAD, "note", 1),
        (REFUSED, "warning", 0),
        (REFUSED, "note", 1),
        (GOOD, "note", 0),
    ],
)
def test_fail_on_makes_findings_fail(capture: Path, level: str | None, code: int) -> None:
    """1 for a finding of that severity or worse; the report is the same."""
    ran = run(*([] if level is None else ["--fail-on", level]), capture)
    assert (ran.code, ran.err) == (code, "")
    assert ran.out == run(capture).out


def test_an_unreadable_input_outweighs_findings(tmp_path: Path) -> None:
    """3 even where `--fail-on` would give 1: not everything was looked at."""
    assert run("--fail-on", "error", BAD, tmp_path / "missing").code == 3


def test_findings_that_are_ignored_do_not_fail() -> None:
    """`--fail-on` looks at what is reported."""
    assert run("--fail-on", "error", "--ignore", "ack-missing", BAD).code == 0


# Narrowing


@pytest.mark.parametrize(
    ("options", "frames"),
    [
        (["--code", "486"], [3]),
        (["--code", "1xx,486"], [2, 3]),
        (["--code", "5xx"], []),
        (["--method", "INVITE"], [2, 3]),
        (["--method", "bye"], []),
        (["--call", "1"], [2, 3]),
        (["--call", "no-such-call"], []),
        (["--from", "alice"], [2, 3]),
        (["--to", "ALICE"], []),
        (["--to", "bob"], [2, 3]),
        (["--before", "08:59"], []),
        (["--after", "2026-03-02T09:00:00.05"], [3]),
    ],
)
def test_options_narrow_the_report(options: list[str], frames: list[int]) -> None:
    """To the responses that fit; what leaves nothing is still a report."""
    assert [each["frame"] for each in json_of(*options, REFUSED)["responses"]] == frames
    assert run(*options, REFUSED).code == 0


def test_rules_are_selected_and_ignored() -> None:
    """By name, several with commas."""
    assert findings(BAD, REFUSED) == {"ack-missing", "call-failed"}
    assert findings("--select", "ack-missing,ack-late", BAD, REFUSED) == {"ack-missing"}
    assert findings("--ignore", "ack-missing, call-failed", BAD, REFUSED) == set()


# Output


def test_a_report_goes_to_a_file(tmp_path: Path) -> None:
    """Whole, readable by its owner only, and nothing on standard output."""
    path = tmp_path / "report.json"
    ran = run("--format", "json", "-o", path, BAD)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert json.loads(path.read_text()) == document(analyze([str(BAD)]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_report_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    """A run that fails leaves the old one alone, and no half of a new one."""
    path = tmp_path / "report.txt"
    path.write_text("old")
    assert run("-o", path, tmp_path / "missing").code == 3
    assert run("-o", path, "--code", "9xx", GOOD).code == 2
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])
    assert run("-o", path, GOOD).code == 0
    assert path.read_text() == run(GOOD).out


def test_a_report_is_not_written_through_a_link(tmp_path: Path) -> None:
    """A link where the report should go is replaced; what it points to stays."""
    target, link = tmp_path / "precious", tmp_path / "report.txt"
    target.write_text("precious")
    link.symlink_to(target)
    assert run("-o", link, GOOD).code == 0
    assert target.read_text() == "precious"
    assert not link.is_symlink()
    assert link.read_text() == run(GOOD).out


def test_a_report_file_has_no_colour(tmp_path: Path) -> None:
    """Nor has a pipe, unless it is asked for."""
    run("-o", tmp_path / "report", BAD)
    assert "\x1b" not in (tmp_path / "report").read_text()
    assert "\x1b" not in run(BAD).out + run("--color", "never", BAD).out
    assert "\x1b[" in run("--color", "always", BAD).out


@pytest.mark.parametrize(("columns", "width"), [("", 80), ("100", 100), ("10", 40), ("many", 80)])
def test_a_pipe_has_80_columns_unless_told_otherwise(columns: str, width: int) -> None:
    """COLUMNS says otherwise; below 40 nothing could be read."""
    lines = run("-v", BAD, COLUMNS=columns).out.splitlines()
    longest = max(map(len, lines))
    assert width - 12 <= longest <= width


def test_quiet_and_verbose() -> None:
    """`-q` stops after the findings, `-v` draws every ladder."""
    quiet, normal, verbose = (run(*option, GOOD).out for option in (["-q"], [], ["-v"]))
    assert len(quiet) < len(normal) < len(verbose)
    assert "─ INVITE" in verbose
    assert "─ INVITE" not in normal


# Languages


@pytest.mark.parametrize(
    ("options", "variables", "language"),
    [
        ([], {}, "en"),
        (["--lang", "pt"], {}, "pt"),
        (["--lang", "en"], {"LC_ALL": "pt_BR.UTF-8"}, "en"),
        ([], {"LC_ALL": "pt_BR.UTF-8"}, "pt"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "pt_PT.UTF-8", "LANG": "en_US.UTF-8"}, "pt"),
        ([], {"LC_ALL": "", "LANG": "pt"}, "pt"),
        ([], {"LC_ALL": "ja_JP.UTF-8"}, "en"),
        ([], {"LC_ALL": "C", "LANG": "pt_BR.UTF-8"}, "en"),
    ],
)
def test_the_language_is_stated_or_that_of_the_locale(
    options: list[str], variables: dict[str, str], language: str
) -> None:
    """`--lang`, then LC_ALL, LC_MESSAGES, LANG; a locale that the catalogue does not speak is English."""
    told = run(*options, BAD, **variables).out
    assert ("CHAMADAS" in told, "CALLS" in told) == (language == "pt", language == "en")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_encoding_breaks_a_report(encoding: str, format_: str) -> None:
    """Text loses what the terminal does not have; JSON is UTF-8 whatever the locale."""
    ran = run("--format", format_, "--lang", "pt", BAD, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (ran.code, ran.err) == (0, "")
    if format_ == "json":
        assert ran.out == run("--format", "json", "--lang", "pt", BAD).out


# Hostile content


def test_hostile_bytes_reach_no_terminal(tmp_path: Path) -> None:
    """Neither by text nor by JSON."""
    payload = (
        b"SIP/2.0 486 \x1b[2J\xe2\x80\xae\xff\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\n"
        b'Call-ID: \x1b]0;x\x07\r\nFrom: "\x9b" <sip:\x00@x>;tag=1\r\nTo: <sip:[red]@x>;tag=2\r\n\r\n'
    )
    path = tmp_path / "hostile.pcap"
    path.write_bytes(capture_of_payloads([payload]))
    for options in (["-v"], ["--format", "json"]):
        ran = run(*options, path)
        assert (ran.code, ran.err) == (0, "")
        assert not [each for each in ran.out if (each < " " and each != "\n") or "\x7f" <= each <= "\x9f"]
    assert json.loads(ran.out)["responses"][0]["reason"] == "\x1b[2J\u202e\\xff"


@pytest.mark.parametrize("capture", SAMPLES[::6], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_samples_are_reported_without_a_word_on_standard_error(capture: Path) -> None:
    """Progress and warnings go there; a small capture has neither."""
    ran = run("--lang", "pt", capture)
    assert (ran.code, ran.err) == (0, "")


def test_legs_of_one_call_are_told_as_one_with_why() -> None:
    """Two Call-IDs, one call: what ties them together, how sure that is, and every hop."""
    (call,) = json_of(sample("call-through-b2bua/call-through-b2bua"))["calls"]
    near, far = call["call_ids"]
    assert [(each["call_id"], each["linked_to"]) for each in call["links"]] == [(far, near)]
    assert [(each["by"], each["certainty"]) for each in call["links"]] == [("session-id", "certain")]
    assert [(each["call_id"], each["invite_frame"]) for each in call["hops"]] == [(near, 1), (far, 3)]


def test_a_guess_can_be_turned_off() -> None:
    """`--no-guess`: without a header field that says so, two Call-IDs are two calls."""
    capture = sample("call-through-b2bua/no-correlation")
    assert len(json_of(capture)["calls"]) == 1
    assert len(json_of("--no-guess", capture)["calls"]) == 2


def test_either_call_id_names_the_call() -> None:
    """`--call` with the Call-ID of one leg shows both."""
    capture = sample("call-through-b2bua/call-through-b2bua")
    (call,) = json_of(capture)["calls"]
    for call_id in call["call_ids"]:
        assert len(json_of("--call", call_id, capture)["responses"]) == 8


def test_findings_of_one_cause_are_one() -> None:
    """A private Contact is why the ACK is missing: one finding, with its cause, until the former is left out."""
    capture = sample("contact-private/contact-private")
    (told,) = json_of(capture)["findings"]
    assert (told["rule"], [each["rule"] for each in told["causes"]]) == ("ack-missing", ["contact-private"])
    assert findings("--ignore", "ack-missing", capture) == {"contact-private"}


def test_recorders_whose_clocks_differ_are_told_and_corrected(tmp_path: Path) -> None:
    """The same call, recorded at both ends: one call, with nothing sent again, and a word on the clock."""
    talk = Exchange()
    talk.answered_call()
    (tmp_path / "here.pcap").write_bytes(capture_of(talk))
    talk.sightings = [replace(each, time=each.time + 7 * SECOND) for each in talk.sightings]
    (tmp_path / "there.pcap").write_bytes(capture_of(talk))
    done = run("here.pcap", "there.pcap", cwd=tmp_path)
    assert "clock set right: 7.000 s ahead of here.pcap" in " ".join(done.out.split())
    told = json.loads(run("--format", "json", "here.pcap", "there.pcap", cwd=tmp_path).out)
    assert told["summary"]["calls"] == 1
    assert [each["retransmission_of"] for each in told["responses"]] == [None] * len(told["responses"])


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_nothing_that_was_asked_for_is_not_nothing_at_all(form: str) -> None:
    """A capture with SIP in it is not said to have none because of what narrows the report."""
    ran = run(GOOD, "--call", "nobody", "--format", form)
    assert "No message in the capture is what was asked for" in ran.out
    assert "No SIP message was found" not in ran.out
