"""Tests of `sipdiag.calls.subscription`."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, Exchange
from sipdiag.calls import SubscriptionState, correlate

EVENT = "Event: presence\r\n"


def subscribed(talk: Exchange, status: int = 202) -> None:
    request = talk.request("SUBSCRIBE", 0, fields=EVENT + "Expires: 600\r\n")
    talk.response(status, request, 0.1, fields="Expires: 600\r\n")


def notify(talk: Exchange, at: float, state: str) -> None:
    request = talk.request(
        "NOTIFY",
        at,
        branch=f"n{at}",
        source=CALLEE,
        destination=CALLER,
        from_tag="callee",
        to_tag="caller",
        fields=EVENT + f"Subscription-State: {state}\r\n",
        cseq=int(at * 10),
    )
    talk.response(200, request, at + 0.05)


@pytest.mark.parametrize(
    ("stated", "state"),
    [
        ("active;expires=599", SubscriptionState.ACTIVE),
        ("pending", SubscriptionState.PENDING),
        ("Terminated;reason=noresource", SubscriptionState.TERMINATED),
    ],
)
def test_the_newest_notify_gives_the_state(stated: str, state: SubscriptionState) -> None:
    """RFC 6665, section 4.1.3: Subscription-State tells."""
    talk = Exchange()
    subscribed(talk)
    notify(talk, 0.2, "active")
    notify(talk, 9, stated)
    (subscription,) = correlate(talk.sightings).subscriptions
    assert subscription.state is state
    assert (len(subscription.subscribes), len(subscription.notifies), subscription.expires) == (1, 2, 600)


def test_without_a_notify_the_answer_gives_the_state() -> None:
    """Accepted, and nothing more is known."""
    talk = Exchange()
    subscribed(talk)
    (subscription,) = correlate(talk.sightings).subscriptions
    assert subscription.state is SubscriptionState.ACCEPTED


def test_a_refusal_is_a_failure() -> None:
    """489: the event is not known there."""
    talk = Exchange()
    subscribed(talk, 489)
    (subscription,) = correlate(talk.sightings).subscriptions
    assert (subscription.state, subscription.expires) == (SubscriptionState.FAILED, None)


def test_events_of_one_dialog_are_subscriptions_of_their_own() -> None:
    """RFC 6665, section 4.5.1: the Event header field tells them apart, its id too."""
    talk = Exchange()
    for number, event in enumerate(("presence", "dialog", "dialog;id=7"), 1):
        talk.request("SUBSCRIBE", number, branch=f"s{number}", cseq=number, fields=f"Event: {event}\r\n")
    assert [each.event for each in correlate(talk.sightings).subscriptions] == ["presence", "dialog", "dialog;id=7"]


def test_the_notify_of_a_transfer_makes_no_subscription() -> None:
    """REFER opens it (RFC 3515); it is the call's affair."""
    talk = Exchange()
    talk.request("NOTIFY", 0, fields="Event: refer\r\nSubscription-State: active\r\n", to_tag="x")
    assert correlate(talk.sightings).subscriptions == []
