"""The two sides of a call's dialogs: who speaks, and which tags the capture knows (RFC 3261, section 12)."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.calls.call import Call
from sipdiag.calls.passage import Passage
from sipdiag.trace import Sighting


def side_of(call: Call, sighting: Sighting) -> str:
    """`caller` or `callee`: whose request this is; `one side` where the capture does not show who called."""
    if not call.attempts:
        return "one side"
    return "caller" if sighting.message.from_tag == call.attempts[0].first.from_tag else "callee"


def dialogs_of(call: Call) -> set[frozenset[str]]:
    """The tag pairs of every dialog that a response to an INVITE of `call` made, early ones included."""
    return {
        frozenset((seen.message.from_tag, seen.message.to_tag))
        for each in call.transactions
        if each.method == "INVITE"
        for seen in each.responses
        if seen.message.to_tag
    }


def tags_of(sighting: Sighting) -> frozenset[str]:
    """Both tags of a message, whichever way it goes."""
    return frozenset((sighting.message.from_tag, sighting.message.to_tag))


def all_byes_missed(call: Call) -> list[Sighting]:
    """Responses to BYEs of `call` that the recorder missed: each shows that its BYE was sent."""
    return [each.responses[0] for each in call.byes if each.request is None and each.responses]


def byes_missed(call: Call, tags: frozenset[str]) -> list[Sighting]:
    """Those responses to missed BYEs that are of the dialog with `tags`."""
    return [each for each in all_byes_missed(call) if tags_of(each) == tags]


def of_the_other_side(passage: Passage, others: Iterable[Passage]) -> list[Passage]:
    """Those of `others` that the other side of the same dialog sent."""
    tags, sender = tags_of(passage.request), passage.request.message.from_tag
    return [other for other in others if tags_of(other.request) == tags and other.request.message.from_tag != sender]


def later_of_the_same_side(passage: Passage, others: Iterable[Passage]) -> list[Passage]:
    """Those of `others` that the sender of `passage` sent after it in the same dialog."""
    tags, sender = tags_of(passage.request), passage.request.message.from_tag
    return [
        other
        for other in others
        if other.request.time > passage.request.time
        and tags_of(other.request) == tags
        and other.request.message.from_tag == sender
    ]
