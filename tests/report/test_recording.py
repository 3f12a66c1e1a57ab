"""Tests of `sipdiag.report.recording`: assertions on a recording, and what they say when they fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from captured import capture_of
from exchange import Exchange
from hostile import UNSAFE
from reporting import sample, words
from sipdiag.calls import CallState
from sipdiag.errors import CaptureError, UsageError
from sipdiag.report.recording import Recording


def recording(name: str, language: str = "en") -> Recording:
    return Recording([str(sample(f"{name}/{name}"))], words(language))


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"from_": "alice@*", "to": "bob@example.net", "outcome": "answered", "code": 200},
        {"setup_s": (None, 10), "duration_s": (1, None)},
        {"setup_s": {"max": 10}, "retransmissions": 0},
        {"retransmissions": (0, 3), "codecs": ["PCMU"]},
        {"messages": ["INVITE", "200", "ACK", "BYE", "200"], "header": [{"name": "Contact"}]},
    ],
)
def test_a_call_as_expected_is_given(expected: dict[str, Any]) -> None:
    """For whatever else a test wants to know of it."""
    call = recording("call-answered").assert_call(**expected)
    assert call.state is CallState.ANSWERED


def test_of_several_calls_the_one_that_is_meant_is_given() -> None:
    """The expectation tells which."""
    talk = Exchange()
    for number, code in enumerate((486, 200)):
        names = {"call_id": f"call-{number}", "branch": f"b{number}", "from_tag": f"t{number}"}
        talk.response(code, talk.request("INVITE", number * 40, **names), number * 40 + 1, to_tag=f"c{number}")
    made = recording("call-answered")
    made.analysis = _analysis(talk)
    assert made.assert_call(code=200).call_id == "call-1"
    assert made.assert_call(code=486).call_id == "call-0"


def _analysis(talk: Exchange) -> Any:  # noqa: ANN401
    from reporting import analysis_of_bytes  # noqa: PLC0415  (what the others take from files)

    return analysis_of_bytes(capture_of(talk))


def test_a_failure_says_what_was_expected_and_draws_the_call() -> None:
    """With its frame, with the calls that there are, and with the ladder of the closest."""
    with pytest.raises(AssertionError) as raised:
        recording("call-busy").assert_call(to="bob@example.net", outcome="answered", setup_s=(None, 3))
    told = str(raised.value)
    assert "outcome: expected answered, seen failed (frame 3)" in told
    assert "seconds until the answer: expected at most 3, seen nothing" in told
    assert "alice@example.com → bob@example.net  failed 486" in told
    assert "486 Busy Here" in told.splitlines()[-2]


def test_a_failure_speaks_portuguese_too() -> None:
    """By the words that the recording was given."""
    with pytest.raises(AssertionError, match="esperado atendida, visto malsucedida"):
        recording("call-busy", "pt").assert_call(outcome="answered")


def test_no_findings_is_what_it_says() -> None:
    """Of a severity or worse, of some rules, or without some."""
    good, busy, bad = (recording(name) for name in ("call-answered", "call-busy", "ack-missing"))
    good.assert_no_findings("note")
    busy.assert_no_findings()
    bad.assert_no_findings(ignore=["ack-missing"])
    bad.assert_no_findings("note", select="ack-late")
    with pytest.raises(AssertionError, match=r"ERROR  ack-missing  certain\n    Callee .*frames 4, 5.*\n    Fix: "):
        bad.assert_no_findings()
    with pytest.raises(AssertionError):
        busy.assert_no_findings("note")


def test_an_expectations_file_is_met_or_not(tmp_path: Path) -> None:
    """The same file that `sipdiag check --expect` takes."""
    path = tmp_path / "call.toml"
    path.write_text("[capture]\ncalls = 1\nexact = true\n[[call]]\noutcome = 'answered'\n")
    recording("call-answered").assert_expected(str(path))
    with pytest.raises(AssertionError, match="expected answered, seen failed"):
        recording("call-busy").assert_expected(str(path))


def test_a_registration_is_asserted_like_a_call() -> None:
    """By the keys of its table."""
    made = recording("registration-challenged")
    assert made.assert_registration(aor="alice@*", outcome="registered", expires_s=(60, None)).number == 1
    with pytest.raises(AssertionError, match="outcome: expected failed, seen registered"):
        made.assert_registration(outcome="failed")
    with pytest.raises(TypeError, match="assert_registration: "):
        made.assert_registration(to="alice")


def test_what_is_in_a_recording_can_be_asked() -> None:
    """Calls, registrations, subscriptions, findings."""
    made = recording("registration-challenged")
    assert [each.state.value for each in made.registrations] == ["registered"]
    assert made.calls == made.subscriptions == []
    assert [each.rule for each in recording("ack-missing").findings] == ["ack-missing"]


@pytest.mark.parametrize("expected", [{"otcome": "answered"}, {"setup_s": 3}, {"outcome": "ok"}])
def test_a_key_that_is_none_is_a_mistake_of_the_test(expected: dict[str, Any]) -> None:
    """Not a failure of the call."""
    with pytest.raises(TypeError, match="assert_call: "):
        recording("call-answered").assert_call(**expected)


def test_a_rule_or_severity_that_is_none_is_one_too() -> None:
    """A typing mistake must not pass a test."""
    with pytest.raises(UsageError, match="no rule is called 'ack-mising'"):
        recording("ack-missing").assert_no_findings(ignore=["ack-mising"])
    with pytest.raises(UsageError, match="no severity"):
        recording("ack-missing").assert_no_findings("fatal")
    with pytest.raises(CaptureError):
        Recording(["missing.pcap"], words())


def test_hostile_text_is_harmless(tmp_path: Path) -> None:
    """In the terminal that shows the failure."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, call_id="\x1b[31m", uri="sip:\u202ex@example.com")
    talk.response(403, invite, 1, reason="\x1b]0;owned\x07")
    path = tmp_path / "a.pcap"
    path.write_bytes(capture_of(talk))
    made = Recording([str(path)], words())
    with pytest.raises(AssertionError) as raised:
        made.assert_call(code=200, header=[{"name": "Contact", "value": "x"}])
    assert not UNSAFE.search(str(raised.value))
    with pytest.raises(AssertionError) as raised:
        made.assert_no_findings("note")
    assert not UNSAFE.search(str(raised.value))
