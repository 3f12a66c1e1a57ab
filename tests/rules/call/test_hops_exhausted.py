"""`hops-exhausted`: a request that used up its hops (RFC 3261, section 16.3)."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.findings import Confidence, Finding
from sipdiag.rules.call import hops_exhausted


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the transactions of `talk`."""
    scene = talk.scene()
    return [each for one in scene.correlation.transactions for each in hops_exhausted.check(one, scene)]


def refused(code: int, hops: int, method: str = "INVITE") -> Exchange:
    """A request with so many hops that gets `code`."""
    talk = Exchange()
    request = talk.request(method, 0, fields=f"Max-Forwards: {hops}\r\n")
    talk.response(code, request, 0.1)
    return talk


def test_hops_that_are_used_up_behind_the_recorder_are_likely_a_loop() -> None:
    """A request that began with 70 has met far too many proxies."""
    (found,) = findings(refused(483, 70))
    assert (found.variant, found.confidence) == ("exhausted", Confidence.LIKELY)


def test_a_loop_that_is_seen_is_certain_and_told_once() -> None:
    """The same Request-URI comes to the same host twice."""
    talk = Exchange()
    hops = [
        talk.request(
            "INVITE",
            number / 100,
            source=source,
            destination=destination,
            branch=f"hop{number}",
            fields=f"Max-Forwards: {12 - number}\r\n",
        )
        for number, (source, destination) in enumerate(
            [(CALLER, PROXY), (PROXY, CALLEE), (CALLEE, PROXY), (PROXY, CALLEE)]
        )
    ]
    for number, hop in enumerate(reversed(hops)):
        talk.response(483, hop, 0.1 + number / 100)
    (found,) = findings(talk)
    assert (found.variant, found.confidence, found.evidence["hops_seen"]) == ("loop", Confidence.CERTAIN, 4)
    assert found.evidence["path"] == [PROXY, CALLEE]


def test_a_request_that_begins_with_few_hops_is_named() -> None:
    """It says itself how far it may go."""
    (found,) = findings(refused(483, 2))
    assert (found.variant, found.evidence["max_forwards_first"]) == ("too-few", 2)


def test_a_loop_that_a_proxy_reports_is_named() -> None:
    """482."""
    (found,) = findings(refused(482, 70))
    assert found.variant == "loop-reported"


def test_options_with_few_hops_is_a_probe() -> None:
    """Section 11: the client wants to hear of the proxy at that distance."""
    assert findings(refused(483, 0, "OPTIONS")) == []


def test_a_branch_beside_one_that_answers_is_silent() -> None:
    """A fork that comes together again gives 482 on one branch (section 8.2.2.2)."""
    talk = refused(482, 70)
    other = talk.request("INVITE", 0.2, branch="other", source=PROXY)
    talk.response(200, other, 1)
    assert findings(talk) == []


def test_a_branch_that_came_together_with_another_is_silent() -> None:
    """The caller has not got the 482: other branches go on."""
    talk = Exchange()
    talk.request("INVITE", 0, destination=PROXY, fields="Max-Forwards: 70\r\n")
    branch = talk.request("INVITE", 0.1, source=PROXY, branch="two", fields="Max-Forwards: 69\r\n")
    talk.response(482, branch, 0.2)
    assert findings(talk) == []


def test_a_branch_beside_one_that_began_before_the_capture_is_silent() -> None:
    """The proxy sent the request to one phone twice: it refuses the second copy, and rings for the first."""
    talk = Exchange()
    first = talk.request("INVITE", 0, branch="first", source=PROXY)
    talk.sightings.remove(first)
    talk.response(482, talk.request("INVITE", 0.01, branch="second", source=PROXY), 0.02)
    talk.response(180, first, 0.1)
    assert findings(talk) == []
    talk.response(200, first, 2)
    assert findings(talk) == []


def test_other_failures_are_silent() -> None:
    """486."""
    assert findings(refused(486, 70)) == []
