"""Tests of `sipdiag.findings.attribution`: one attack or one connection, with everything that it explains."""

from __future__ import annotations

from msgspec.structs import replace

from exchange import CALLER, PROXY, Exchange
from sipdiag.findings import Confidence, Evidence, Finding, Severity, caused, unfolded

SCANNER = "203.0.113.66:5060"


def finding(
    rule: str, call_id: str | None = None, evidence: Evidence | None = None, confidence: Confidence = Confidence.CERTAIN
) -> Finding:
    return Finding(
        rule=rule,
        variant="any",
        severity=Severity.WARNING,
        confidence=confidence,
        knowledge=f"rule/{rule}",
        capture=0,
        time=0,
        frames=[1],
        call_id=call_id,
        evidence=evidence or {},
    )


def scanned() -> Exchange:
    """Two REGISTERs of a scanner, one of an honest phone, all refused."""
    talk = Exchange()
    for number, source in enumerate((SCANNER, SCANNER, CALLER)):
        agent = "User-Agent: friendly-scanner\r\n" if source == SCANNER else "User-Agent: Deskphone\r\n"
        asked = talk.request(
            "REGISTER",
            number,
            source=source,
            destination=PROXY,
            call_id=f"r{number}",
            branch=f"r{number}",
            fields=agent,
        )
        talk.response(403, asked, number + 0.1)
    return talk


REFUSED = [finding("registration-failed", f"r{number}") for number in range(3)]


def test_what_an_attacker_was_refused_is_told_with_the_attack() -> None:
    """The phone that was refused at the same time keeps its own finding."""
    attack = finding("password-guessing", evidence={"source": "203.0.113.66"})
    told = caused([attack, *REFUSED], scanned().scene().correlation)
    assert [(each.rule, each.call_id) for each in told] == [("password-guessing", None), ("registration-failed", "r2")]
    assert [each.call_id for each in told[0].consequences] == ["r0", "r1"]


def test_a_scanner_is_known_by_its_user_agent() -> None:
    """Whoever else speaks from its address does not scan."""
    evidence: Evidence = {"source": "203.0.113.66", "user_agent": "friendly-scanner", "passed_on_by": ""}
    told = caused([finding("scanner-seen", evidence=evidence), *REFUSED], scanned().scene().correlation)
    assert len(told) == 2
    other = caused(
        [finding("scanner-seen", evidence={**evidence, "user_agent": "sipcli"}), *REFUSED],
        scanned().scene().correlation,
    )
    assert len(other) == 4


def test_a_flood_hides_no_refusals() -> None:
    """A server that is down looks like one that is flooded."""
    given = [finding("request-flood", evidence={"source": "203.0.113.66"}), *REFUSED]
    assert caused(given, scanned().scene().correlation) == given


def test_what_is_not_sure_explains_nothing() -> None:
    """An inconclusive attack leaves the refusals where they are."""
    attack = finding("password-guessing", evidence={"source": "203.0.113.66"}, confidence=Confidence.INCONCLUSIVE)
    given = [attack, *REFUSED]
    assert caused(given, scanned().scene().correlation) == given


def test_a_connection_is_told_with_all_the_calls_that_it_broke() -> None:
    """And with nothing else of these calls."""
    connection = finding("tcp-reset", evidence={"call_ids": ["r0", "r1"]})
    given = [connection, *REFUSED, finding("contact-private", "r0")]
    told = caused(given, scanned().scene().correlation)
    assert [each.rule for each in told] == ["tcp-reset", "registration-failed", "contact-private"]
    assert len(told[0].consequences) == 2


def test_a_connection_that_broke_one_call_is_its_cause() -> None:
    """What the user noticed speaks first."""
    connection = replace(finding("tcp-refused", "r0", {"call_ids": ["r0"]}), severity=Severity.ERROR)
    failed = replace(finding("call-failed", "r0", {"code": 503}), severity=Severity.ERROR)
    (told,) = caused([connection, failed], scanned().scene().correlation)
    assert (told.rule, [each.rule for each in told.causes]) == ("call-failed", ["tcp-refused"])


def test_a_refusal_for_another_reason_has_another_cause() -> None:
    """Nobody says 486 for want of a connection."""
    given = [finding("tcp-refused", "r0"), finding("call-failed", "r0", {"code": 486})]
    assert caused(given, scanned().scene().correlation) == given


def test_unfolding_gives_every_finding_back() -> None:
    """Nothing is lost in telling it together."""
    attack = finding("password-guessing", evidence={"source": "203.0.113.66"})
    told = caused([attack, *REFUSED], scanned().scene().correlation)
    assert len(unfolded(told)) == 4
