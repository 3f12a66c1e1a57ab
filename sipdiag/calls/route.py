"""Route sets: the way that the requests of a dialog have to take, and the way they took (RFC 3261, section 12)."""

from __future__ import annotations

import msgspec

from sipdiag.calls.call import Call, acknowledges
from sipdiag.calls.dialog import tags_of
from sipdiag.calls.transaction import Transaction, status
from sipdiag.sip import parse_name_addr
from sipdiag.trace import Sighting, host


class RouteSet(msgspec.Struct, frozen=True, kw_only=True):
    """The route set of one side of a dialog: the proxies that asked to stay in the path (section 12.1)."""

    learned: Sighting
    """The message that the side learned it from: the caller from the 2xx, the callee from the INVITE."""
    routes: list[str]
    """URIs, in the order that the Route header fields of this side's requests must have."""


class Astray(msgspec.Struct, frozen=True, kw_only=True):
    """A request inside the dialog, as it left its sender, that does not follow the route set."""

    request: Sighting
    transaction: Transaction | None
    """None for an ACK."""
    due: RouteSet
    """The route set that it should follow."""
    given: list[str]
    """The URIs in its Route header fields."""

    @property
    def variant(self) -> str:
        """`no-route` or `other-route`."""
        return "other-route" if self.given else "no-route"

    @property
    def failed(self) -> bool:
        """Whether it got no final response, or one that a request on a wrong way gets."""
        each = self.transaction
        return each is not None and (each.final is None or status(each.final) in (404, 408, 481, 483))


def astray(call: Call) -> list[Astray]:
    """The requests of both sides of `call` that leave their sender with another Route than the dialog's route set."""
    answer = call.answer
    if answer is None or answer.message.field("record-route") is None:
        return []
    caller = _of_caller(answer)
    strays = [] if caller is None else _strays(call, answer, caller, answer.message.from_tag, answer.destination)
    callee = _of_callee(call, answer)
    if callee is not None:
        strays += _strays(call, answer, callee, answer.message.to_tag, callee.learned.destination)
    return strays


def _of_caller(answer: Sighting) -> RouteSet | None:
    """The Record-Route of the 2xx in reverse order (section 12.1.2), where it was seen at the caller itself."""
    return _route_set(answer, answer.message.values("record-route")[::-1]) if len(answer.message.vias) == 1 else None


def _of_callee(call: Call, answer: Sighting) -> RouteSet | None:
    """The Record-Route of the INVITE as it is (section 12.1.1), where it was seen at the callee itself."""
    hops = [hop for attempt in call.attempts for hop in attempt.hops if hop.request is not None]
    hops = [hop for hop in hops if any(each.message.to_tag == answer.message.to_tag for each in hop.answers)]
    if not hops:
        return None
    last = max(hops, key=lambda hop: hop.time)
    recorded = [] if last.request is None else last.request.message.values("record-route")
    if last.request is None or len(recorded) != len(answer.message.values("record-route")):
        return None  # not the last hop, or one that writes its own legs
    return _route_set(last.request, recorded)


def _route_set(learned: Sighting, values: list[str]) -> RouteSet | None:
    routes = [parse_name_addr(value).uri.text for value in values]
    # A strict router takes the place of the Request-URI, which then says nothing of the way.
    loose = all(";lr" in route.lower() for route in routes)
    return RouteSet(learned=learned, routes=routes) if routes and loose else None


def _strays(call: Call, answer: Sighting, due: RouteSet, tag: str, endpoint: str) -> list[Astray]:
    strays = []
    for request, transaction in _requests(call, answer, tag):
        # Only with a single Via is it still as its sender wrote it.
        if host(request.source) != host(endpoint) or len(request.message.vias) != 1:
            continue
        given = [parse_name_addr(value).uri.text for value in request.message.values("route")]
        if not _follows([_place(each) for each in given], [_place(each) for each in due.routes]):
            strays.append(Astray(request=request, transaction=transaction, due=due, given=given))
    return strays


def _requests(call: Call, answer: Sighting, tag: str) -> list[tuple[Sighting, Transaction | None]]:
    """The requests of one side inside the dialog, after the answer."""
    dialog = tags_of(answer)
    found: list[tuple[Sighting, Transaction | None]] = [
        (each.request, each)
        for each in call.transactions
        if each.request is not None
        and each.origin is None
        and each.method != "CANCEL"
        and each.request.time > answer.time
        and each.from_tag == tag
        and tags_of(each.request) == dialog
    ]
    return found + [(ack, None) for ack in call.acks if ack.message.from_tag == tag and acknowledges(ack, answer)]


def _follows(given: list[str], due: list[str]) -> bool:
    """Whether the proxies of `due` stand in `given` in their order; an outbound proxy may stand before them."""
    return given[-len(due) :] == due


def _place(uri: str) -> str:
    """`host:port` of a SIP URI, for comparing."""
    rest = uri.partition(":")[2].partition(";")[0].partition("?")[0].rpartition("@")[2].lower()
    return rest.removesuffix(":5060")
