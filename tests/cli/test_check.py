"""Tests of `sipdiag check`: run as a build runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from junitparser import JUnitXml

from captured import capture_of, capture_of_payloads
from command import run
from exchange import CALLEE, CALLER, Exchange
from reporting import sample

GOOD = sample("call-answered/call-answered")
BAD = sample("ack-missing/ack-missing")
BUSY = sample("call-busy/call-busy")
REFUSED = sample("call-failed/call-failed")
NO_SIP = capture_of_payloads([b"\x80\x00" + bytes(170)])


@pytest.fixture
def no_sip(tmp_path: Path) -> Path:
    """A capture without a SIP message."""
    path = tmp_path / "rtp.pcap"
    path.write_bytes(NO_SIP)
    return path


# Exit codes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([GOOD], 0),
        ([BUSY], 0),
        ([BAD], 1),
        ([BUSY, "--fail-on", "note"], 1),
        ([BAD, "--fail-on", "never"], 0),
        ([BAD, "--ignore", "ack-missing"], 0),
        ([BAD, "--select", "ack-late"], 0),
        ([], 2),
        ([BAD, "--fail-on", "fatal"], 2),
        ([BAD, "--expect", "missing.toml"], 2),
        ([BAD, "--baseline", "missing.toml"], 2),
        ([BAD, "--reason", "x"], 2),
        ([BAD, "--write-baseline", "x.toml", "--reason", " "], 2),
        (["missing.pcap"], 3),
        ([BAD, "missing.pcap"], 3),
        ([GOOD, "missing.pcap"], 3),
    ],
)
def test_the_exit_code_is_the_result(arguments: list[str | Path], code: int, tmp_path: Path) -> None:
    """0 passed, 1 findings, 2 a mistake, 3 an input that cannot be read."""
    assert run("check", *arguments, cwd=tmp_path).code == code


def test_a_capture_without_sip_is_4(no_sip: Path) -> None:
    """Nothing was checked, which is no success."""
    ran = run("check", no_sip)
    assert ran.code == 4
    assert "Nothing checked" in ran.out
    assert run("check", no_sip, GOOD).code == 0


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "junit", "github", "markdown"])
def test_every_format_reports_what_can_be_read(format_: str, tmp_path: Path) -> None:
    """And says what cannot, in the report and on standard error."""
    ran = run("check", "missing.pcap", BAD, "--format", format_, cwd=tmp_path)
    assert ran.code == 3
    assert "ack-missing" in ran.out
    assert "missing.pcap" in ran.out
    assert "missing.pcap" in ran.err
    alone = run("check", "missing.pcap", "--format", format_, cwd=tmp_path)
    assert alone.code == 3
    assert "missing.pcap" in alone.out


def test_standard_input_is_checked_too() -> None:
    """As any other command reads it."""
    assert run("check", "-", stdin=BAD.read_bytes()).code == 1
    assert run("check", "-", "-", stdin=b"").code == 2


def test_a_report_goes_to_a_file(tmp_path: Path) -> None:
    """Whole or not at all."""
    path = tmp_path / "out.xml"
    ran = run("check", BAD, "--format", "junit", "-o", path)
    assert (ran.code, ran.out) == (1, "")
    assert JUnitXml.fromfile(str(path)).failures == 1


# The baseline


def test_todays_findings_are_accepted_and_new_ones_fail(tmp_path: Path) -> None:
    """A project begins where it is."""
    baseline = tmp_path / "accepted.toml"
    assert run("check", BAD, "--write-baseline", baseline, "--reason", "known before release 4").code == 0
    assert 'reason = "known before release 4"' in baseline.read_text()
    assert run("check", BAD, "--baseline", baseline).code == 0
    ran = run("check", BAD, REFUSED, "--baseline", baseline, "--format", "github")
    assert ran.code == 1
    assert "call-failed" in ran.out
    assert "ack-missing" not in ran.out


def test_part_of_the_findings_is_no_baseline(tmp_path: Path) -> None:
    """A file that was written of one rule would let go of all others; and what was not looked for is not gone."""
    baseline = tmp_path / "accepted.toml"
    run("check", BAD, REFUSED, "--write-baseline", baseline)
    before = baseline.read_text()
    assert run("check", BAD, REFUSED, "--select", "ack-missing", "--write-baseline", baseline).code == 2
    assert run("check", BAD, "missing.pcap", "--write-baseline", baseline, cwd=tmp_path).code == 3
    assert run("check", BAD, "missing.pcap", "--write-expect", tmp_path / "x.toml", cwd=tmp_path).code == 3
    assert not (tmp_path / "x.toml").exists()
    assert baseline.read_text() == before
    ran = run("check", BAD, REFUSED, "--select", "ack-missing", "--baseline", baseline)
    assert ran.code == 0
    assert "accepts more" not in ran.out
    assert "accepts more" in run("check", BAD, "--baseline", baseline).out


def test_what_has_expired_fails_again_and_says_so(tmp_path: Path) -> None:
    """With the reason for which it was accepted."""
    baseline = tmp_path / "accepted.toml"
    run("check", BAD, "--write-baseline", baseline, "--reason", "until the new phone", "--until", "2026-03-31")
    assert "until = 2026-03-31" in baseline.read_text()
    ran = run("check", BAD, "--baseline", baseline, COLUMNS="200")
    assert ran.code == 1
    assert "No longer accepted since 2026-03-31 is over: ack-missing (until the new phone)" in ran.out


def test_writing_a_baseline_anew_keeps_its_reasons(tmp_path: Path) -> None:
    """What is still there stays accepted for what it was accepted for."""
    baseline = tmp_path / "accepted.toml"
    run("check", BAD, "--write-baseline", baseline, "--reason", "first")
    run("check", BAD, REFUSED, "--write-baseline", baseline, "--reason", "second")
    text = baseline.read_text()
    assert text.count('reason = "first"') == text.count('reason = "second"') == 1
    run("check", REFUSED, "--write-baseline", baseline)
    assert "ack-missing" not in baseline.read_text()


def test_a_silence_of_the_settings_is_told_with_its_reason(tmp_path: Path) -> None:
    """And ends after its last day."""
    settings = tmp_path / "sipdiag.toml"
    entry = '[[silence]]\nrule = "ack-missing"\npeer = "198.51.100.20"\nreason = "old door phone"\n'
    settings.write_text(entry)
    ran = run("check", BAD, cwd=tmp_path)
    assert ran.code == 0
    assert "accepted: old door phone" in ran.out
    settings.write_text(f"{entry}until = 2026-01-31\n")
    ran = run("check", BAD, cwd=tmp_path, COLUMNS="200")
    assert ran.code == 1
    assert "No longer accepted since 2026-01-31 is over: ack-missing (old door phone)" in ran.out


def test_fail_on_of_the_settings_holds(tmp_path: Path) -> None:
    """Unless the command line says otherwise."""
    (tmp_path / "sipdiag.toml").write_text('fail-on = "note"\n')
    assert run("check", BUSY, cwd=tmp_path).code == 1
    assert run("check", BUSY, "--fail-on", "error", cwd=tmp_path).code == 0


# Expectations


def test_a_recording_meets_what_was_written_from_it(tmp_path: Path) -> None:
    """And another does not."""
    expected = tmp_path / "call.toml"
    assert run("check", GOOD, "--write-expect", expected).code == 0
    assert run("check", GOOD, "--expect", expected).code == 0
    ran = run("check", BUSY, "--expect", expected, COLUMNS="200")
    assert ran.code == 1
    assert "outcome: expected answered, seen failed (frame 3)" in ran.out


def test_a_mistake_in_the_file_names_its_line(tmp_path: Path) -> None:
    """File, line and key, on standard error, and no report."""
    (tmp_path / "call.toml").write_text("[[call]]\nto = 'bob'\noutcmoe = 'answered'\n")
    ran = run("check", GOOD, "--expect", "call.toml", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "sipdiag: call.toml:3: call #1.outcmoe: no key is called 'outcmoe'; did you mean 'outcome'?\n"


def test_nothing_is_expected_of_a_capture_without_sip(no_sip: Path, tmp_path: Path) -> None:
    """No file is written from it."""
    ran = run("check", no_sip, "--write-expect", tmp_path / "call.toml")
    assert ran.code == 2
    assert not (tmp_path / "call.toml").exists()


def test_expectations_fail_even_where_findings_never_do(tmp_path: Path) -> None:
    """`--fail-on never` is about findings."""
    (tmp_path / "call.toml").write_text("[capture]\ncalls = 2\n")
    assert run("check", GOOD, "--expect", "call.toml", "--fail-on", "never", cwd=tmp_path).code == 1


# Languages, words, help


def test_the_report_speaks_portuguese() -> None:
    """By `--lang`."""
    ran = run("check", BAD, "--lang", "pt")
    assert "Reprovado" in ran.out


def test_the_schema_is_printed() -> None:
    """Without a capture."""
    ran = run("check", "--schema")
    assert ran.code == 0
    assert json.loads(ran.out)["title"] == "sipdiag-check/1"


def test_the_help_shows_examples() -> None:
    """As every command's."""
    ran = run("check", "--help", COLUMNS="120")
    assert ran.code == 0
    assert "sipdiag check good.pcap --write-expect call.toml" in ran.out


def test_hostile_names_are_escaped(tmp_path: Path) -> None:
    """On standard error, and in every report."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, source=CALLER, destination=CALLEE, call_id="\x1b[31m")
    talk.response(403, invite, 1, reason="\x1b]0;owned\x07")
    path = tmp_path / "\x1b[31m::error::.pcap"
    path.write_bytes(capture_of(talk))
    for format_ in ("text", "json", "sarif", "junit", "github", "markdown"):
        ran = run("check", path, tmp_path / "\x1bmissing", "--format", format_)
        assert "\x1b" not in ran.out + ran.err


def test_media_is_left_alone_where_asked() -> None:
    """What only RTP shows fails no check then."""
    one_way = sample("media-one-way/media-one-way")
    heard, left_alone = run("check", one_way), run("check", one_way, "--no-media")
    assert (heard.code, "ERROR  media-one-way" in heard.out) == (1, True)
    assert (left_alone.code, "ERROR  media-one-way" in left_alone.out) == (0, False)
