"""Stories of the ledger: for every kind of duty and every way it can end, a conversation in which it ends so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from described import VOICE, sdp, with_body
from exchange import CALLEE, CALLER, Exchange, ladder
from sipdiag.calls import Outcome
from subscriber import Watch

if TYPE_CHECKING:
    from sipdiag.trace import Sighting

Story = Callable[[Exchange], None]
DONE, LATE, WRONG, UNDONE, UNKNOWN = Outcome
SDP = sdp(VOICE)
RELIABLE = "Require: 100rel\r\nRSeq: 7\r\n"
CHALLENGE = 'WWW-Authenticate: Digest realm="example.com", nonce="n"\r\n'
CREDENTIALS = 'Authorization: Digest username="alice", realm="example.com", nonce="n"\r\n'


def invited(talk: Exchange, *, fields: str = "", offer: bytes = b"", answer: bytes = b"") -> tuple[Sighting, Sighting]:
    """INVITE at 0 and its 200 at 1."""
    invite = with_body(talk, talk.request("INVITE", 0, fields=fields), offer)
    accepted = talk.response(200, invite, 1, fields=f"Contact: <sip:callee@{CALLEE}>\r\n")
    return invite, with_body(talk, accepted, answer)


def acknowledged(talk: Exchange, at: float = 1.1, *, cseq: int = 1, body: bytes = b"") -> None:
    """The ACK of that 200."""
    with_body(talk, talk.request("ACK", at, branch=f"ack{at}", to_tag="callee", cseq=cseq), body)


def ack_2xx(talk: Exchange, outcome: Outcome) -> None:
    """2xx → ACK."""
    _, accepted = invited(talk)
    if outcome in (LATE, UNDONE):
        talk.again(accepted, *([1.5] if outcome is LATE else ladder(1)))
    if outcome in (DONE, LATE, WRONG):
        acknowledged(talk, 1.6, cseq=9 if outcome is WRONG else 1)


def ack_failure(talk: Exchange, outcome: Outcome) -> None:
    """486 → ACK on the branch of its INVITE."""
    refused = talk.response(486, talk.request("INVITE", 0), 1)
    if outcome in (LATE, UNDONE):
        talk.again(refused, *([1.5] if outcome is LATE else ladder(1)))
    if outcome in (DONE, LATE, WRONG):
        talk.request("ACK", 1.6, branch="other" if outcome is WRONG else "one", to_tag="callee")


def prack(talk: Exchange, outcome: Outcome) -> None:
    """Reliable 183 → PRACK with its numbers."""
    response = talk.response(183, talk.request("INVITE", 0, fields="Supported: 100rel\r\n"), 1, fields=RELIABLE)
    if outcome in (LATE, UNDONE, WRONG):
        talk.again(response, *([1.5] if outcome is LATE else [1.5, 2.5, 4.5, 8.5, 16.5, 32.5]))
    if outcome in (DONE, LATE, WRONG):
        rack = "RAck: 8 1 INVITE\r\n" if outcome is WRONG else "RAck: 7 1 INVITE\r\n"
        talk.request("PRACK", 1.6, cseq=2, branch="prack", to_tag="callee", fields=rack)


def answer(talk: Exchange, outcome: Outcome) -> None:
    """Offer in the INVITE → answer in the 2xx."""
    invite = with_body(talk, talk.request("INVITE", 0), SDP)
    if outcome is WRONG:
        with_body(talk, talk.response(183, invite, 0.5), SDP)
    if outcome is not UNKNOWN:
        with_body(talk, talk.response(200, invite, 1), SDP if outcome is DONE else b"")


def answer_in_ack(talk: Exchange, outcome: Outcome) -> None:
    """Offer in the 2xx → answer in the ACK."""
    _, accepted = invited(talk, answer=SDP)
    if outcome is LATE:
        with_body(talk, talk.again(accepted, 1.5)[0], SDP)
    if outcome is not UNKNOWN:
        acknowledged(talk, 1.6, body=b"" if outcome is UNDONE else SDP)


def withdrawn(talk: Exchange) -> tuple[Sighting, Sighting]:
    """A ringing INVITE, and its CANCEL at 5."""
    invite = talk.request("INVITE", 0)
    talk.response(180, invite, 0.5)
    return invite, talk.request("CANCEL", 5)


def cancel_final(talk: Exchange, outcome: Outcome) -> None:
    """CANCEL → 200."""
    _, cancel = withdrawn(talk)
    _answered(talk, cancel, 5, outcome)


def cancel_invite(talk: Exchange, outcome: Outcome) -> None:
    """CANCEL → 487 to the INVITE."""
    invite, cancel = withdrawn(talk)
    talk.response(200, cancel, 5.1)
    if outcome in (DONE, LATE):
        talk.response(487, invite, 5.2 if outcome is DONE else 50)
    elif outcome is WRONG:
        talk.response(200, invite, 9)  # the callee had taken the CANCEL in, and answered all the same
    talk.until = 60 if outcome is UNDONE else 0


def cancel_bye(talk: Exchange, outcome: Outcome) -> None:
    """A 2xx that crossed the CANCEL → BYE."""
    invite, _ = withdrawn(talk)
    talk.response(200, invite, 5.01)
    acknowledged(talk, 5.1)
    if outcome in (DONE, LATE):
        talk.request("BYE", 5.2 if outcome is DONE else 50, cseq=2, branch="bye", to_tag="callee")
    talk.until = 60 if outcome is UNDONE else 0


def bye(talk: Exchange, outcome: Outcome) -> None:
    """BYE → 200."""
    talk.answered_call()
    _answered(talk, talk.request("BYE", 9, cseq=2, branch="bye", to_tag="callee"), 9, outcome)


def notify_final(talk: Exchange, outcome: Outcome) -> None:
    """NOTIFY → 200."""
    watch = Watch()
    watch.talk = talk
    watch.subscribes(0)
    _answered(talk, watch.notifies(1, code=0), 1, outcome)


def _answered(talk: Exchange, request: Sighting, at: float, outcome: Outcome) -> None:
    """The request gets what its kind calls done, late, wrong, or nothing."""
    if outcome in (LATE, UNDONE):
        talk.again(request, *([at + 0.5] if outcome is LATE else ladder(at)))
    if outcome in (DONE, LATE, WRONG):
        talk.response(481 if outcome is WRONG else 200, request, at + 0.6)
    talk.until = at + 5 if outcome is UNKNOWN else 0


def glare(talk: Exchange, outcome: Outcome) -> None:
    """491 → the same once more, by the owner of the Call-ID after 2.1 to 4 s."""
    talk.answered_call()
    talk.response(491, talk.request("INVITE", 10, cseq=2, branch="first", to_tag="callee"), 10.1)
    again = {DONE: 13.0, LATE: 20.0, WRONG: 10.3}.get(outcome)
    if again is not None:
        talk.response(200, talk.request("INVITE", again, cseq=3, branch="again", to_tag="callee"), again + 0.1)
    talk.until = 30 if outcome is UNDONE else 0


def notify_subscribe(talk: Exchange, outcome: Outcome) -> None:
    """SUBSCRIBE accepted → NOTIFY."""
    watch = Watch()
    watch.talk = talk
    watch.subscribes(0)
    if outcome in (DONE, LATE):
        watch.notifies(0.2 if outcome is DONE else 50)
    if outcome is WRONG:
        _note(talk, 1, "Event: dialog\r\n")
    talk.until = 50 if outcome is UNDONE else 0


def notify_refer(talk: Exchange, outcome: Outcome) -> None:
    """REFER accepted → NOTIFY with a status line."""
    talk.answered_call()
    target = "Refer-To: <sip:c@example.net>\r\n"
    refer = talk.request("REFER", 10, cseq=2, branch="refer", to_tag="callee", fields=target)
    talk.response(202, refer, 10.1)
    talk.request("INFO", 10.2, source=CALLEE, destination=CALLER, from_tag="callee", to_tag="caller", branch="info")
    if outcome in (DONE, LATE, WRONG):
        note = _note(talk, 60 if outcome is LATE else 10.3, "Event: refer\r\n")
        with_body(talk, note, b"" if outcome is WRONG else b"SIP/2.0 100 Trying")
    talk.until = 60 if outcome is UNDONE else 0


def _note(talk: Exchange, at: float, fields: str) -> Sighting:
    """A NOTIFY of the callee."""
    ends = {"source": CALLEE, "destination": CALLER, "from_tag": "callee", "to_tag": "caller"}
    return talk.request("NOTIFY", at, cseq=7, branch=f"note{at}", fields=fields, **ends)


def demand(
    talk: Exchange, outcome: Outcome, *, method: str, asks: str, code: int, states: str, keeps: str, within: bool
) -> None:
    """A refusal that says what would do → the same request with that."""
    tag = "callee" if within else ""
    if within:
        talk.answered_call()
    talk.response(code, talk.request(method, 10, cseq=2, branch="b2", to_tag=tag, fields=asks), 10.1, fields=states)
    if outcome in (WRONG, LATE):
        talk.request(method, 11, cseq=3, branch="b3", to_tag=tag, fields=asks)
    if outcome in (DONE, LATE):
        talk.request(method, 11.5, cseq=4, branch="b4", to_tag=tag, fields=keeps)
    talk.until = 60 if outcome is UNDONE else 0


def stay_away(talk: Exchange, outcome: Outcome, *, method: str) -> None:
    """503 with Retry-After → nothing until then."""
    talk.response(503, talk.request(method, 0), 0.1, fields="Retry-After: 30\r\n")
    if outcome in (WRONG, LATE):
        talk.request(method, 5, cseq=2, branch="soon")
    if outcome is LATE:
        talk.request(method, 40, cseq=3, branch="then")
    talk.until = 31 if outcome is DONE else 0


CHALLENGED = {"asks": "", "code": 401, "states": CHALLENGE, "keeps": CREDENTIALS}
DEMANDED: dict[str, list[dict[str, object]]] = {
    "credentials": [
        *({"method": each, "within": False, **CHALLENGED} for each in ("REGISTER", "INVITE", "SUBSCRIBE", "MESSAGE")),
        *({"method": each, "within": True, **CHALLENGED} for each in ("BYE", "INVITE", "REFER", "MESSAGE")),
    ],
    "extension": [
        {
            "method": "INVITE",
            "asks": "Require: gruu\r\n",
            "code": 420,
            "states": "Unsupported: gruu\r\n",
            "keeps": "",
            "within": within,
        }
        for within in (False, True)
    ],
    "session-interval": [
        {
            "method": "INVITE",
            "asks": "Session-Expires: 90\r\n",
            "code": 422,
            "states": "Min-SE: 1800\r\n",
            "keeps": "Session-Expires: 1800\r\n",
            "within": within,
        }
        for within in (False, True)
    ],
    "interval": [
        {
            "method": method,
            "asks": "Expires: 60\r\n",
            "code": 423,
            "states": "Min-Expires: 600\r\n",
            "keeps": "Expires: 600\r\n",
            "within": False,
        }
        for method in ("REGISTER", "PUBLISH")
    ],
}


def left_off(talk: Exchange, outcome: Outcome, *, method: str, asks: str, code: int, states: str) -> None:
    """A refusal of the method or the event → never again."""
    talk.response(code, talk.request(method, 0, fields=asks), 0.1, fields=states)
    if outcome is WRONG:
        talk.request(method, 5, cseq=2, branch="again", fields=asks)
    talk.until = 60 if outcome is DONE else 0


def unwanted(talk: Exchange, outcome: Outcome, *, code: int, states: str, asks: str, keeps: str) -> None:
    """A refusal of a body → another one."""
    talk.response(code, _sent(talk, 0, asks), 0.1, fields=states)
    if outcome in (WRONG, LATE):
        _sent(talk, 1, asks)
    if outcome in (DONE, LATE):
        _sent(talk, 2, keeps)
    talk.until = 60 if outcome is UNDONE else 0


def _sent(talk: Exchange, at: float, media_type: str) -> Sighting:
    seen = talk.request("MESSAGE", at, cseq=round(at) + 1, branch=f"m{at}", fields=f"Content-Type: {media_type}\r\n")
    changed = replace(seen, message=replace(seen.message, body=b"hello"))
    talk.sightings[talk.sightings.index(seen)] = changed
    return changed


KINDS: dict[str, list[Callable[[Exchange, Outcome], None]]] = {
    "ack-2xx": [ack_2xx],
    "ack-failure": [ack_failure],
    "prack": [prack],
    "answer": [answer],
    "answer-in-ack": [answer_in_ack],
    "cancel-final": [cancel_final],
    "cancel-invite": [cancel_invite],
    "cancel-bye": [cancel_bye],
    "bye": [bye],
    "glare": [glare],
    "notify-subscribe": [notify_subscribe],
    "notify-refer": [notify_refer],
    "notify-final": [notify_final],
    **{kind: [partial(demand, **each) for each in cases] for kind, cases in DEMANDED.items()},
    "media-type": [
        partial(unwanted, code=415, states="Accept: text/plain\r\n", asks="text/html", keeps="text/plain"),
    ],
    "method": [partial(left_off, method="MESSAGE", asks="", code=405, states="Allow: INVITE\r\n")],
    "event": [partial(left_off, method="SUBSCRIBE", asks="Event: presence\r\n", code=489, states="")],
    "retry-after": [partial(stay_away, method=method) for method in ("INVITE", "REGISTER")],
}
"""Kind → its stories, each told with the outcome that it is to have."""
