"""Tests of `sipdiag.calls.flaws`."""

from __future__ import annotations

from msgspec.structs import replace

from described import with_body, with_head
from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import Flaw, flaws_of, harm_of, kinds_of

REQUIRED = "Max-Forwards: 70\r\n"
GOOD = "From: <sip:+12025550100@example.com>"
BAD = 'From: "Alice <sip:+12025550100@example.com>'


def flaws(talk: Exchange) -> list[tuple[str, str, int]]:
    return [(each.sender, each.kind, len(each.arrivals)) for each in found(talk)]


def found(talk: Exchange) -> list[Flaw]:
    arrivals = talk.scene().correlation.arrivals
    return flaws_of(arrivals, kinds_of(arrivals))


def test_each_kind_is_noted_once_for_each_sender() -> None:
    """However many messages have it."""
    talk = Exchange()
    for number in range(3):
        request = talk.request("OPTIONS", number, call_id=f"call-{number}", fields=REQUIRED)
        talk.response(200, with_head(talk, request, GOOD, BAD), number + 0.1)
    assert flaws(talk) == [("192.0.2.10", "quote-unbalanced", 3)]


def test_repeats_and_copies_are_left_out() -> None:
    """A message sent again, or seen on a second link, is no second message; one cut off tells nothing."""
    talk = Exchange()
    request = with_head(talk, talk.request("OPTIONS", 0, fields=REQUIRED), GOOD, BAD)
    talk.again(request, 0.5)
    talk.elsewhere(request, 0.01, source=PROXY, destination=CALLEE)
    cut = with_head(talk, talk.request("OPTIONS", 2, call_id="cut", fields=REQUIRED), GOOD, BAD)
    talk.sightings[talk.sightings.index(cut)] = replace(cut, complete=False)
    assert flaws(talk) == [("192.0.2.10", "quote-unbalanced", 1)]


def test_what_the_shape_does_not_show_is_looked_at_all_the_same() -> None:
    """The length of each body, and a CSeq out of range."""
    talk = Exchange()
    for number, stated in enumerate((5, 5, 9)):
        request = talk.request("OPTIONS", number, call_id=f"call-{number}", fields=REQUIRED)
        with_body(talk, request, b"v=0\r\n", stated=stated)
    with_body(talk, talk.request("OPTIONS", 5, call_id="large", fields=REQUIRED, cseq=2**31), b"v=0\r\n")
    assert flaws(talk) == [("192.0.2.10", "content-length-too-large", 1), ("192.0.2.10", "cseq-too-large", 1)]


def test_a_cseq_out_of_range_is_noted_over_a_connection_too() -> None:
    """Whichever of two messages of one shape comes first: neither is judged by the other's number."""
    for numbers in ((1, 2**31), (2**31, 1)):
        talk = Exchange()
        for place, number in enumerate(numbers):
            talk.request("OPTIONS", place, call_id=f"call-{place}", fields=REQUIRED, cseq=number, transport="tcp")
        assert ("192.0.2.10", "cseq-too-large", 1) in flaws(talk)


def test_of_what_comes_in_masses_samples_are_looked_at_and_all_harm() -> None:
    """What was refused is always found, however many went before."""
    talk = Exchange()
    for number in range(600):
        talk.response(200, talk.request("OPTIONS", number, call_id=f"call-{number}", fields=REQUIRED), number + 0.1)
    for number in range(80):
        bad = talk.request("OPTIONS", 700 + number, call_id=f"bad-{number}", fields=REQUIRED)
        talk.response(400 if number < 40 else 200, with_head(talk, bad, GOOD, BAD), 700.1 + number)
    (flaw,) = found(talk)
    names = [each.sighting.message.call_id for each in flaw.arrivals]
    assert names[:40] == [f"bad-{number}" for number in range(40)]
    assert 40 < len(names) < 80
    assert harm_of(flaw).kind == "refused"


def test_harm_is_told_by_what_came_of_it() -> None:
    """Refused, ignored or accepted; the worst counts."""
    talk = Exchange()
    ignored = with_head(talk, talk.request("OPTIONS", 0, fields=REQUIRED), GOOD, BAD)
    talk.again(ignored, 0.5, 1.5)
    (flaw,) = found(talk)
    assert (harm_of(flaw).kind, len(harm_of(flaw).shown_by)) == ("ignored", 3)
    talk.response(200, ignored, 2)
    (flaw,) = found(talk)
    assert harm_of(flaw).kind == "accepted"


def test_who_said_it_first_is_to_blame() -> None:
    """A proxy passes it on."""
    talk = Exchange()
    with_head(talk, talk.request("OPTIONS", 0, destination=PROXY, fields=REQUIRED), GOOD, BAD)
    with_head(talk, talk.request("OPTIONS", 0.1, source=PROXY, branch="two", fields=REQUIRED), GOOD, BAD)
    assert flaws(talk) == [(CALLER.partition(":")[0], "quote-unbalanced", 1)]


def test_what_the_capture_does_not_show_is_not_taken_for_harmless() -> None:
    """A request without an answer, and an answer without its request, show nothing of what came of them."""
    talk = Exchange()
    request = with_head(talk, talk.request("OPTIONS", 0, fields=REQUIRED), GOOD, BAD)
    assert [harm_of(each).kind for each in found(talk)] == ["unseen"]
    talk.response(200, request, 0.1)
    assert [harm_of(each).kind for each in found(talk)] == ["accepted"]
    alone = Exchange()
    lost = alone.request("OPTIONS", 0, fields=REQUIRED)
    with_head(alone, alone.response(200, lost, 0.1), "To: <sip:", 'To: "x <sip:')
    alone.sightings.remove(lost)
    assert [harm_of(each).kind for each in found(alone)] == ["unseen"]


def test_the_first_that_shows_it_is_named() -> None:
    """Of several messages with one flaw the one that was answered says that it did no harm."""
    talk = Exchange()
    with_head(talk, talk.request("OPTIONS", 0, call_id="one", fields=REQUIRED), GOOD, BAD)
    second = with_head(talk, talk.request("OPTIONS", 1, call_id="two", fields=REQUIRED), GOOD, BAD)
    talk.response(200, second, 1.1)
    (flaw,) = found(talk)
    assert (harm_of(flaw).kind, harm_of(flaw).arrival.sighting) == ("accepted", second)
