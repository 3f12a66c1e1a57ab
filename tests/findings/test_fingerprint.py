"""Tests of `sipdiag.findings.fingerprint`: what makes two findings the same from run to run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from another_run import retold
from reporting import SAMPLES, analysis_of, sample
from sipdiag.analysis import Analysis, conclude, read
from sipdiag.findings import fingerprint_of, without_ports

TIME_SIGNED = {"identity-stale", "identity-mismatched", "identity-unverified", "identity-invalid", "identity-missing"}
"""Samples whose messages carry the day on which they were signed."""
BELOW_SIP = {"tcp-refused", "message-oversized", "fragment-lost"}
"""Samples where a port itself is what the rule goes by, the length of a message, or the raw bytes of a fragment."""
RETOLD = [path for path in SAMPLES if path.parent.name not in TIME_SIGNED | BELOW_SIP]


def fingerprints(analysis: Analysis) -> Counter[tuple[str, str, str]]:
    """How often each is found."""
    return Counter((each.rule, each.variant, fingerprint_of(each)) for each in analysis.findings)


@pytest.mark.parametrize("capture", RETOLD, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_another_run_of_the_same_story_has_the_same_fingerprints(capture: Path) -> None:
    """Call-IDs, tags, branches, nonces, ports, times and the file's name change nothing."""
    again = conclude([retold(read(str(capture)))])
    assert fingerprints(again) == fingerprints(analysis_of(capture))


@pytest.mark.parametrize("rule", sorted({path.parent.name for path in RETOLD}))
def test_a_fingerprint_is_short_and_plain(rule: str) -> None:
    """16 hexadecimal digits."""
    told = fingerprints(analysis_of(sample(f"{rule}/{rule}")))
    assert all(len(each) == 16 and set(each) <= set("0123456789abcdef") for _, _, each in told)


def test_other_trouble_has_another_fingerprint() -> None:
    """Another code, another host, another variant of the rule."""
    (finding,) = analysis_of(sample("ack-missing/ack-missing")).findings
    others = [
        msgspec.structs.replace(finding, rule="ack-late"),
        msgspec.structs.replace(finding, variant="given-up"),
        msgspec.structs.replace(finding, evidence={**finding.evidence, "callee": "198.51.100.99:5060"}),
        msgspec.structs.replace(finding, evidence={**finding.evidence, "code": 486}),
        msgspec.structs.replace(finding, evidence={**finding.evidence, "aor": "sip:1001@example.com"}),
        msgspec.structs.replace(finding, evidence={**finding.evidence, "aor": "sip:1002@example.com"}),
    ]
    assert len({fingerprint_of(each) for each in (finding, *others)}) == 7


@pytest.mark.parametrize(
    "change",
    [
        {"callee": "198.51.100.20:5999"},
        {"repeats": 3},
        {"repeated_for_s": 2.5},
        {"answer_frame": 400},
        {"contact": "<sip:k3j2x9@198.51.100.20:5060;transport=udp>"},
    ],
)
def test_what_a_run_chooses_is_left_out(change: dict[str, str | int | float]) -> None:
    """Ports, counts, durations, frames, and the user that a client makes up for its Contact."""
    (finding,) = analysis_of(sample("ack-missing/ack-missing")).findings
    other = msgspec.structs.replace(finding, evidence={**finding.evidence, **change}, frames=[1], time=0, call_id="x")
    assert fingerprint_of(other) == fingerprint_of(finding)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("192.0.2.10:5060", "192.0.2.10"),
        ("[2001:db8::10]:5060", "[2001:db8::10]"),
        ("2001:db8:1::20", "2001:db8:1::20"),
        ("2001:db8::a:20", "2001:db8::a:20"),
        ("sip:192.0.2.10:5060", "sip:192.0.2.10"),
        ("sip:1001@192.0.2.10:5060", "sip:1001@192.0.2.10"),
        ("sip:1001@example.com", "sip:1001@example.com"),
        ("a.example.com:5061 → b:5062", "a.example.com → b"),
        ("192.0.2.10:5060: Q.850;cause=17", "192.0.2.10: Q.850;cause=17"),
        ("09:00:05", "09:00:05"),
    ],
)
def test_only_ports_are_taken_for_ports(text: str, told: str) -> None:
    """Neither a user, nor a group of an IPv6 address, nor a time."""
    assert without_ports(text) == told


def test_hostile_text_has_a_fingerprint_too() -> None:
    """Bytes that are not UTF-8, and as many characters as you like."""
    (finding,) = analysis_of(sample("ack-missing/ack-missing")).findings
    evidence = {"reason": "\udcff\x00;" * 100_000, "aor": "sip:" * 100_000}
    assert len(fingerprint_of(msgspec.structs.replace(finding, evidence=evidence))) == 16
