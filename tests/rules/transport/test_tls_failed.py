"""Tests of `sipdiag.rules.transport.tls_failed`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from below import found_in, trace_of
from exchange import CALLEE, PROXY, SECOND, START, Exchange
from sipdiag.rules.transport.tls_failed import NAME
from sipdiag.transport import Handshake
from verdict import told

if TYPE_CHECKING:
    from sipdiag.findings import Finding

SERVER = "198.51.100.1:5061"
PHONE = "192.0.2.10"
STRANGER = "203.0.113.9"


def shake(number: int = 1, at: float = 10, *, client: str = PHONE, **parts: Any) -> Handshake:  # noqa: ANN401
    """A ClientHello that was sent, and nothing else."""
    time = START + round(at * SECOND)
    given = {"connection": number, "client": f"{client}:{49_000 + number}", "server": SERVER, "time": time}
    given |= {"hello_frame": 10 * number, "last_time": time, "server_heard": True}
    return Handshake(**{**given, **parts})


def alerted(number: int = 1, at: float = 10, **parts: Any) -> Handshake:  # noqa: ANN401
    given = {"alert": "unknown_ca", "fatal": True, "alert_frame": 10 * number + 2, "alert_by": SERVER}
    return shake(number, at, **{**given, **parts})


def completed(number: int = 2, at: float = 20, **parts: Any) -> Handshake:  # noqa: ANN401
    return shake(number, at, server_hello_frame=31, completed_frame=33, **parts)


def talk() -> Exchange:
    """Phone and server speak SIP over UDP too."""
    spoken = Exchange()
    spoken.response(200, spoken.request("OPTIONS", 0, destination=PROXY), 0.1)
    spoken.until = 60
    return spoken


def findings(*handshakes: Handshake, spoken: Exchange | None = None) -> list[Finding]:
    spoken = spoken or talk()
    return found_in(spoken, trace_of(spoken, handshakes=list(handshakes)), NAME)


@pytest.mark.parametrize(
    ("handshakes", "said"),
    [
        ([alerted()], ("alert", "error", "certain")),
        ([alerted(alert="encrypted")], ("alert-encrypted", "error", "likely")),
        ([shake(closed_frame=12, server_hello_frame=11)], ("closed", "error", "likely")),
        ([shake(closed_frame=12)], ("closed-at-once", "error", "likely")),
        ([shake()], ("no-answer", "error", "likely")),
        ([shake(server_heard=False)], ("no-answer", "note", "inconclusive")),
        ([alerted(), completed()], ("recovered", "note", "certain")),
    ],
)
def test_each_way_of_failing_is_told_apart(handshakes: list[Handshake], said: tuple[str, str, str]) -> None:
    """An alert in clear proves it; one that succeeded afterwards has healed it."""
    (finding,) = findings(*handshakes)
    assert told(finding) == said


def test_a_stranger_that_tries_once_is_a_warning() -> None:
    """It may only look which ports are open; who comes back, or means to speak SIP, does not."""
    assert [each.severity.value for each in findings(alerted(client=STRANGER))] == ["warning"]
    assert [each.severity.value for each in findings(alerted(client=STRANGER, protocols=("sip/2",)))] == ["error"]
    (often,) = findings(alerted(1, client=STRANGER), alerted(2, 20, client=STRANGER))
    assert (often.severity.value, often.evidence["attempts"], often.evidence["over_s"]) == ("error", 2, 10.0)


def test_the_call_that_was_refused_for_it_is_named() -> None:
    """A proxy that could not connect answers the INVITE that it had taken on."""
    spoken = talk()
    invite = spoken.request("INVITE", 9, source=CALLEE, destination="192.0.2.10:5060", call_id="broken", branch="b")
    spoken.response(503, invite, 12)
    (finding,) = findings(alerted(), spoken=spoken)
    assert (finding.call_id, finding.evidence["call_ids"]) == ("broken", ["broken"])


@pytest.mark.parametrize(
    "handshake",
    [
        completed(),
        shake(whole=False, closed_frame=12),
        shake(at=58),
        alerted(server="198.51.100.1:443"),
        alerted(server="198.51.100.1:9443", protocols=("h2",)),
        alerted(server="203.0.113.77:9443"),
    ],
)
def test_a_near_miss_is_silent(handshake: Handshake) -> None:
    """One that was completed, not wholly recorded, or just begun; web pages of the server, or of anybody."""
    assert findings(handshake) == []


def test_any_port_of_a_host_that_speaks_sip_counts() -> None:
    """And so does ALPN of SIP with a host that was never heard."""
    assert len(findings(alerted(server="198.51.100.1:6061"))) == 1
    assert len(findings(alerted(server="203.0.113.77:9443", protocols=("sip/2",)))) == 1
