"""Tests of `sipdiag.report.terminal`: the report that people read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from captured import capture_of, capture_of_payloads
from exchange import Exchange
from reporting import AAA, ROOT, SAMPLES, analysis_of, analysis_of_bytes, sample, text
from sipdiag.analysis import analyze
from sipdiag.report.terminal import MANY

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = (
    b"SIP/2.0 486 Busy\x1b]0;owned\x07\xe2\x80\xae\xff\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx\r\n"
    b"Call-ID: \x1b[2J[bold]id[/bold]\xe2\x80\xa8x\r\nCSeq: 1 INVITE\r\n"
    b'From: "\x1b[31m" <sip:\xe2\x80\xae\x9b@x>;tag=1\r\nTo: <sip:\x08\x08@x>;tag=2\r\n'
    b'Warning: 399 x "\x00{code}\x1b"\r\n\r\n'
)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_report_is_the_golden_one(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused call at 80 columns, word for word; `SIPDIAG_GOLDEN=write pytest tests/report` writes it anew."""
    monkeypatch.chdir(ROOT)  # so that the path in the report is the same everywhere
    path = GOLDEN / f"call-busy.{language}.txt"
    told = text(analyze(["samples/call-busy/call-busy.pcap"]), language=language)
    if os.environ.get("SIPDIAG_GOLDEN") == "write":
        path.write_text(told)
    assert told == path.read_text()


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("capture", [*SAMPLES, AAA], ids=named)
def test_every_line_fits(capture: Path, language: str) -> None:
    """No line is wider than 80 columns, none ends in blanks, and a pipe gets no escape sequence."""
    lines = text(analysis_of(capture), language=language, detail="full").split("\n")
    assert [line for line in lines if len(line) > 80] == []
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("width", [40, 60, 100, 132, 200])
def test_every_width_is_kept(width: int) -> None:
    """From the narrowest console on; from 132 columns a response and its meaning share a line."""
    for capture in (sample("ack-missing/swallowed"), sample("call-through-proxy/call-through-proxy"), AAA):
        lines = text(analysis_of(capture), width=width, detail="full").split("\n")
        assert [line for line in lines if len(line) > width] == []


def test_a_terminal_gets_colour() -> None:
    """And the same words as a pipe."""
    analysis = analysis_of(sample("ack-missing/ack-missing"))
    coloured = text(analysis, console={"force_terminal": True, "color_system": "standard"})
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text(analysis)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("width", [80, 140])
def test_nothing_that_a_packet_says_steers_the_terminal(language: str, width: int) -> None:
    """Controls, bidi overrides, line separators and stray bytes are shown as escapes; markup stays text."""
    told = text(analysis_of_bytes(capture_of_payloads([HOSTILE])), width=width, language=language, detail="full")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800-\udfff]", told)
    flat = re.sub(r"\s+", "", told)
    for escaped in (r"\x1b]0;owned", r"\x1b[2J[bold]id[/bold]\u2028x", r"\u202e"):
        assert escaped in flat


def test_the_verdict_of_a_healthy_capture() -> None:
    """Green words, and what there was."""
    told = text(analysis_of(sample("call-answered/call-answered"))).splitlines()
    assert any("1 call (1 answered)" in line for line in told[:4])
    assert "FINDINGS" not in told


def test_the_verdict_names_the_worst_finding() -> None:
    """How many of which severity, and the first in one sentence, before anything else."""
    told = text(analysis_of(sample("ack-missing/ack-missing")))
    assert "1 error: " in told
    assert told.index("1 error: ") < told.index("FINDINGS")


def test_a_capture_without_sip_says_so() -> None:
    """No call, and not a word about health."""
    told = text(analysis_of_bytes(capture_of_payloads([b"\x80\x00" + bytes(170)])))
    assert len(told.splitlines()) <= 3
    assert "No SIP" in told


def test_damage_is_told_below_its_capture() -> None:
    """What kind, and where."""
    data = capture_of_payloads([b"OPTIONS sip:x SIP/2.0\r\n\r\n"] * 2)[:-9]
    assert "record cut off" in text(analysis_of_bytes(data))


def test_brief_stops_after_the_findings() -> None:
    """`-q`: the verdict and the findings."""
    analysis = analysis_of(sample("ack-missing/ack-missing"))
    brief, normal = (text(analysis, detail=detail) for detail in ("brief", "normal"))
    assert normal.startswith(brief)
    assert "CALLS" in normal
    assert "CALLS" not in brief


def test_full_draws_the_ladder_of_every_call() -> None:
    """`-v`; otherwise only of calls with findings."""
    analysis = analysis_of(sample("call-answered/call-answered"))
    assert "│─ INVITE" not in text(analysis)
    assert "│─ INVITE" in text(analysis, detail="full")


def test_a_stream_that_is_not_utf8_gets_a_ladder_of_ascii() -> None:
    """Windows code pages and some locales have no box drawing; what else they lack the command line replaces."""
    told = text(analysis_of(sample("ack-missing/ack-missing")), encoding="latin-1")
    assert "|- INVITE" in told


def test_findings_alike_are_told_once() -> None:
    """A hundred calls refused for one reason are one paragraph and a number."""
    talk = Exchange()
    for number in range(30):
        invite = talk.request("INVITE", number, call_id=f"call-{number}", branch=f"b{number}", from_tag=f"t{number}")
        talk.response(403, invite, number + 0.1)
        talk.request(
            "ACK", number + 0.2, call_id=f"call-{number}", branch=f"b{number}", from_tag=f"t{number}", to_tag="callee"
        )
    told = text(analysis_of_bytes(capture_of(talk)), detail="brief")
    assert told.count("call-failed") == 1
    assert "29" in told


def test_each_response_has_its_meaning() -> None:
    """Below its line at 80 columns, beside it when there is room; a repeat only names the first."""
    analysis = analysis_of(sample("ack-missing/ack-missing"))
    narrow, wide = text(analysis), text(analysis, width=160)
    assert narrow.count("retransmission of 4") == wide.count("retransmission of 4") == 10
    line = next(each for each in wide.splitlines() if "180 Ringing  " in each and "frame 1" in each)
    assert len(line) > 80


def test_a_long_reason_phrase_leaves_the_line_whole() -> None:
    """What stands behind it, the request and the delay, is not torn off; that it is cut is shown."""
    exchange = Exchange()
    invite = exchange.request("INVITE", 0)
    exchange.response(100, invite, 2.2, reason="trying -- your call is important to us")
    told = text(analysis_of_bytes(capture_of(exchange))).partition("RESPONSES")[2].splitlines()
    assert told[1].startswith("      2  ")
    assert "100 trying -- your call" in told[1]
    assert told[1].endswith("…  INVITE frame 1, 2.2 s")


def test_registrations_and_subscriptions_have_their_lists() -> None:
    """With state, code and what they are for."""
    assert "sip:" in text(analysis_of(sample("registration-failed/registration-failed"))).partition("REGISTRATIONS")[2]
    assert "SUBSCRIPTIONS" in text(analysis_of(sample("subscription-accepted/subscription-accepted")))


def test_of_many_calls_those_with_findings_are_listed() -> None:
    """More calls than `MANY` are counted, but for those that something was found on; `-v` lists all."""
    talk = Exchange()
    for number in range(MANY + 1):
        invite = talk.request("INVITE", number * 9.0, call_id=f"c{number}", branch=f"b{number}", from_tag=f"f{number}")
        code = 503 if number == 7 else 486
        talk.response(code, invite, number * 9.0 + 0.1, to_tag=f"t{number}")
        talk.request("ACK", number * 9.0 + 0.2, call_id=f"c{number}", branch=f"b{number}", from_tag=f"f{number}")
    analysis = analysis_of_bytes(capture_of(talk))
    quiet = replace(analysis, findings=[each for each in analysis.findings if each.call_id == "c7"])
    few, all_ = (text(quiet, detail=detail).partition("\nCALLS\n")[2] for detail in ("normal", "full"))
    assert few.startswith("   8  ")
    assert f"{MANY} more" in few.split("\n")[2] + few.split("\n")[1]
    assert all_.count("12025550199@example.com") >= MANY + 1
    assert "more, without findings" not in all_


def test_of_many_registrations_too() -> None:
    """A registrar's capture is told by what went wrong."""
    talk = Exchange()
    for number in range(MANY + 1):
        asked = talk.request("REGISTER", number * 9.0, call_id=f"r{number}", branch=f"b{number}", from_tag=f"f{number}")
        talk.response(200, asked, number * 9.0 + 0.1, fields="Expires: 60\r\n")
    told = text(analysis_of_bytes(capture_of(talk))).partition("\nREGISTRATIONS\n")[2]
    assert f"{MANY + 1} more, without findings" in told.partition("\n\n")[0]


@pytest.mark.parametrize(
    ("language", "told"), [("en", ": 1 packet, 1 SIP message,"), ("pt", ": 1 pacote, 1 mensagem SIP,")]
)
def test_one_packet_is_not_several(language: str, told: str) -> None:
    """What is counted agrees with its number."""
    talk = Exchange()
    talk.request("OPTIONS", 0.0)
    assert told in text(analysis_of_bytes(capture_of(talk)), language=language)


def test_a_finding_without_time_or_call_says_nothing_of_them() -> None:
    """A capture cut in its first record shows neither; no 00:00:00 stands in, and no dash."""
    talk = Exchange()
    talk.request("OPTIONS", 0.0)
    told = text(analysis_of_bytes(capture_of(talk)[:60])).partition("FINDINGS")[2]
    assert "     frame 1\n" in told
    assert "00:00" not in told
    assert "Call-ID" not in told
