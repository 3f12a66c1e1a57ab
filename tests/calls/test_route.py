"""Route sets, and requests that do not follow them (RFC 3261, section 12)."""

from __future__ import annotations

from exchange import PROXY, Exchange
from sipdiag.calls import Astray, astray

OTHER = "<sip:198.51.100.2;lr>"
RECORDED = f"<sip:{PROXY};lr>"


def strays(recorded: str, route: str) -> list[Astray]:
    """What is astray of a caller's BYE with `route`, after a 200 with `recorded` as its Record-Route."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, destination=PROXY)
    talk.response(200, invite, 1, fields=f"Record-Route: {recorded}\r\n")
    fields = f"Route: {route}\r\n" if route else ""
    bye = talk.request("BYE", 9, cseq=2, branch="bye", to_tag="callee", destination=PROXY, fields=fields)
    talk.response(200, bye, 9.1)
    return astray(talk.scene().correlation.calls[0])


def test_the_caller_reverses_the_record_route() -> None:
    """Section 12.1.2: the last value is the first hop."""
    assert strays(f"{OTHER}, {RECORDED}", f"{RECORDED}, {OTHER}") == []
    (stray,) = strays(f"{OTHER}, {RECORDED}", f"{OTHER}, {RECORDED}")
    assert (stray.variant, stray.failed) == ("other-route", False)


def test_no_route_at_all_is_told_apart() -> None:
    """Nothing given."""
    (stray,) = strays(RECORDED, "")
    assert (stray.variant, stray.given, stray.due.routes) == ("no-route", [], [f"sip:{PROXY};lr"])


def test_the_default_port_and_parameters_do_not_matter() -> None:
    """The host and port are what is compared."""
    assert strays("<sip:198.51.100.1:5060;lr;ftag=a>", "<sip:198.51.100.1;lr>") == []


def test_strict_routers_are_not_judged() -> None:
    """Their route stands in the Request-URI."""
    assert strays(f"<sip:{PROXY}>", "") == []


def test_a_request_that_a_proxy_has_touched_is_not_judged() -> None:
    """It has taken its own Route off already."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, destination=PROXY)
    talk.response(200, invite, 1, fields=f"Record-Route: {RECORDED}\r\n")
    talk.request(
        "BYE",
        9,
        cseq=2,
        branch="bye",
        to_tag="callee",
        fields="Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKbelow\r\n",
    )
    assert astray(talk.scene().correlation.calls[0]) == []
