"""Tests of `sipdiag.expect.example`: a good recording gives expectations that it meets itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from captured import capture_of_payloads
from exchange import Exchange
from reporting import AAA, SAMPLES, analysis_of, analysis_of_bytes, sample, words
from sipdiag.analysis import Analysis
from sipdiag.expect import Range, compared, expectations_in, expectations_of
from sipdiag.report.toml import expectations_text

HOSTILE = (
    b"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx\r\nCall-ID: \xff\x00\r\n"
    b"CSeq: 1 INVITE\r\n"
    b'From: "\x1b" <sip:\xff*?/\\"\xe2\x80\xae@x>;tag=1\r\nTo: <sip:/' + b"b" * 5000 + b"/@x>;tag=2\r\n\r\n",
    b"B\xc3\xa4D sip:x SIP/2.0\r\nCall-ID: b\r\nCSeq: 1 B\xc3\xa4D\r\nFrom: /x/\r\nTo: /x/\r\n\r\n",
    b"OPTIONS sip:x SIP/2.0\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nFrom: /x/\r\nTo: \r\n\r\n",
)


def met(analysis: Analysis, path: Path, language: str = "en") -> bool:
    """Whether the recording meets what was written from it, read back from a file."""
    expectations = expectations_of(analysis.correlation, analysis.carriage)
    path.write_text(expectations_text(expectations, words(language), "a.pcap"), encoding="utf-8")
    told = compared(expectations_in(str(path)), analysis.correlation, analysis.carriage)
    return not any(each.mismatches for each in told)


@pytest.mark.parametrize("capture", [*SAMPLES, AAA], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recording_meets_what_is_written_from_it(capture: Path, tmp_path: Path) -> None:
    """Every sample, through the file."""
    assert met(analysis_of(capture), tmp_path / "expected.toml")


@pytest.mark.parametrize("language", ["en", "pt"])
def test_hostile_names_are_written_as_patterns(tmp_path: Path, language: str) -> None:
    """Stars, slashes, controls, bytes that are no text, and names without end."""
    seen = analysis_of_bytes(capture_of_payloads(HOSTILE))
    path = tmp_path / "expected.toml"
    assert met(seen, path, language)
    assert not [each for each in path.read_text(encoding="utf-8") if not each.isprintable() and each != "\n"]


def test_other_recordings_do_not_meet_it(tmp_path: Path) -> None:
    """What is written says something."""
    del tmp_path
    good, busy = (analysis_of(sample(f"{name}/{name}")).correlation for name in ("call-answered", "call-busy"))
    assert any(each.mismatches for each in compared(expectations_of(good), busy))
    assert any(each.mismatches for each in compared(expectations_of(busy), good))


def test_like_calls_are_one_entry_with_a_count() -> None:
    """With ranges that hold them all."""
    talk = Exchange()
    for number, wait in enumerate((1, 3, 2)):
        names = {"call_id": f"call-{number}", "branch": f"b{number}", "from_tag": f"t{number}"}
        invite = talk.request("INVITE", number * 40, **names)
        talk.response(200, invite, number * 40 + wait, to_tag=f"callee-{number}")
    (entry,) = expectations_of(talk.scene().correlation).call
    assert (entry.count, entry.setup_s) == (3, Range(max=6))


def test_a_time_that_runs_backwards_is_not_expected() -> None:
    """The recorder's clock was set while the call went on."""
    talk = Exchange()
    answer = talk.response(200, talk.request("INVITE", 60), 61)
    bye = talk.request("BYE", 62, to_tag="callee", branch="bye", cseq=2)
    seen = talk.scene().correlation
    (call,) = seen.calls
    assert (call.answer, call.ending and call.ending.request) == (answer, bye)
    assert call.ending is not None
    call.ending.request = replace(bye, time=answer.time - 10**9)
    assert expectations_of(seen).call[0].duration_s is None


def test_times_have_room() -> None:
    """The next run is never as fast as this one to the millisecond."""
    (call,) = expectations_of(analysis_of(sample("call-answered/call-answered")).correlation).call
    assert call.setup_s == Range(max=9)
    assert call.retransmissions == 0
