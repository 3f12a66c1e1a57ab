"""Tests of `sipdiag.findings.policy`."""

from __future__ import annotations

from datetime import date

from sipdiag.findings import Confidence, Finding, Policy, Severity, Silence, taken

TODAY = date(2026, 3, 2)


def finding(rule: str = "contact-private", severity: Severity = Severity.WARNING, **evidence: str) -> Finding:
    return Finding(
        rule=rule,
        variant="any",
        severity=severity,
        confidence=Confidence.CERTAIN,
        knowledge=f"rule/{rule}",
        capture=0,
        time=0,
        frames=[1],
        evidence=dict(evidence),
    )


def test_a_severity_of_ones_own_replaces_the_rules() -> None:
    """And the order follows it: what became an error comes first."""
    policy = Policy(severities={"ack-late": Severity.ERROR})
    told = taken([finding(), finding("ack-late")], policy, TODAY)
    assert [(each.rule, each.severity) for each in told] == [
        ("ack-late", Severity.ERROR),
        ("contact-private", Severity.WARNING),
    ]


def test_what_is_only_a_note_is_never_raised() -> None:
    """A rule that calls something healed or inconclusive knows better than a table of severities."""
    policy = Policy(severities={"ack-late": Severity.ERROR})
    assert taken([finding("ack-late", Severity.NOTE)], policy, TODAY)[0].severity is Severity.NOTE


def test_a_known_peer_is_silenced_for_one_rule() -> None:
    """By address, with or without its port in the evidence; other rules and other peers still speak."""
    silence = Silence(rule="contact-private", peer="198.51.100.7", reason="old door phone")
    known, other = finding(callee="198.51.100.7:5060"), finding(callee="198.51.100.8:5060")
    elsewhere = finding("ack-late", callee="198.51.100.7:5060")
    assert taken([known, other, elsewhere], Policy(silences=[silence]), TODAY) == [elsewhere, other]


def test_a_silence_ends_after_its_last_day() -> None:
    """On the day itself it still holds."""
    for until, kept in ((TODAY, 0), (date(2026, 3, 1), 1)):
        silence = Silence(rule="contact-private", peer="198.51.100.7", reason="old", until=until)
        assert len(taken([finding(callee="198.51.100.7:5060")], Policy(silences=[silence]), TODAY)) == kept
