"""`route-bypassed`: requests inside a dialog that do not follow its route set (RFC 3261, section 12.2.1.1)."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange, ladder
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import route_bypassed

RECORDED = f"<sip:{PROXY};lr>"


class Routed(Exchange):
    """A call through a proxy that stays in the path, seen at both of its hops; the ACK follows the route."""

    def __init__(self, recorded: str = RECORDED) -> None:
        super().__init__()
        record = f"Record-Route: {recorded}\r\n" if recorded else ""
        invite = self.request("INVITE", 0, destination=PROXY)
        via = f"SIP/2.0/UDP {PROXY};branch=z9hG4bKtwo"
        onward = self.request("INVITE", 0.01, source=PROXY, branch="two", fields=record)
        self.response(200, onward, 1, fields=record, via=via)
        self.response(200, invite, 1.01, source=PROXY, fields=record)
        self.request("ACK", 1.1, branch="ack", to_tag="callee", destination=PROXY, fields=f"Route: {RECORDED}\r\n")

    def bye(self, fields: str = "", *, answered: bool = True) -> None:
        """The caller's BYE straight to the callee."""
        bye = self.request("BYE", 9, cseq=2, branch="bye", to_tag="callee", fields=fields)
        if answered:
            self.response(200, bye, 9.1)
        else:
            self.again(bye, *ladder(9))


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in route_bypassed.check(call, scene)]


def test_a_bye_without_route_that_fails_is_an_error() -> None:
    """The proxy would have known the way."""
    talk = Routed()
    talk.bye(answered=False)
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("no-route-failed", Severity.ERROR)
    assert found.evidence["due"] == [f"sip:{PROXY};lr"]


def test_a_bye_without_route_that_arrives_is_a_note() -> None:
    """It works here."""
    talk = Routed()
    talk.bye()
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("no-route", Severity.NOTE)


def test_another_route_is_told_apart() -> None:
    """It names proxies that the dialog does not."""
    talk = Routed()
    talk.bye("Route: <sip:203.0.113.99;lr>\r\n")
    (found,) = findings(talk)
    assert (found.variant, found.evidence["given"]) == ("other-route", ["sip:203.0.113.99;lr"])


def test_the_callee_is_held_to_its_route_too() -> None:
    """It learned the route from the INVITE (section 12.1.1)."""
    talk = Routed()
    bye = talk.request("BYE", 9, branch="bye", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER)
    talk.response(200, bye, 9.1)
    (found,) = findings(talk)
    assert found.evidence["client"] == CALLEE


def test_a_request_that_follows_the_route_is_silent() -> None:
    """An outbound proxy before it does no harm."""
    for route in (RECORDED, f"<sip:192.0.2.1;lr>, {RECORDED}", f"<sip:{PROXY.lower()};lr;ftag=x>"):
        talk = Routed()
        talk.bye(f"Route: {route}\r\n")
        assert findings(talk) == []


def test_without_record_route_there_is_no_route_to_follow() -> None:
    """And a strict router writes the way into the Request-URI."""
    for recorded in ("", f"<sip:{PROXY}>"):
        talk = Routed(recorded)
        talk.bye()
        assert findings(talk) == []
