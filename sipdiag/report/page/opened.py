"""A conversation as the page opens it: lanes, arrows, and behind each arrow its whole message."""

from __future__ import annotations

from typing import Any

from sipdiag.calls import Call, Certainty, Transaction
from sipdiag.report.escape import shown
from sipdiag.report.ladder import ladder_of, sent_in
from sipdiag.report.page.conversations import Conversation, Marks
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.streams import StreamTeller
from sipdiag.report.words import Words
from sipdiag.sip import Request, Response
from sipdiag.trace import Sighting

MICROSECOND = 1_000


class Opener:
    """Tells conversations in full, in one language."""

    def __init__(self, words: Words, shower: Shower, marks: Marks, streams: StreamTeller | None = None) -> None:
        self._words = words
        self._streams = streams
        self._shower = shower
        self._marks = marks
        self.named: set[str] = set()
        """The entries of the catalogue that the messages told so far name."""

    def opened(self, conversation: Conversation) -> dict[str, Any]:
        """Lanes and arrows, with times in microseconds since the first message."""
        call = conversation.call
        ladder = ladder_of(call, self._marks)
        answering = {id(each): known for known in call.transactions for each in known.responses}
        sent = sent_in(call)
        start = sent[0][0].time if sent else conversation.start
        arrows = []
        for arrow, (first, repeats) in zip(ladder.arrows, sent, strict=True):
            row: dict[str, Any] = {
                "frame": arrow.frame,
                "at": (arrow.time - start) // MICROSECOND,
                "lanes": [arrow.source, arrow.destination],
                "label": arrow.label,
                "class": _class(first),
                "ends": [first.source, first.destination, first.transport],
                **self._meaning(first, answering.get(id(first))),
                **self._shower.message(first),
            }
            if first.capture:
                row["capture"] = first.capture
            if arrow.findings:
                row["findings"] = arrow.findings
            if repeats:
                row["repeats"] = [[each.frame, (each.time - start) // MICROSECOND] for each in repeats]
            arrows.append(row)
        lanes = [shown(each) for each in ladder.lanes]
        streams = [] if self._streams is None else self._streams.opened(conversation, lanes, start)
        told: dict[str, Any] = {"start": start // MICROSECOND, "lanes": lanes, "arrows": arrows}
        if streams:
            told["streams"] = streams
        if call.legs:
            told["legs"] = self._legs(call)
        return told

    def _legs(self, call: Call) -> str:
        """How many legs the call has, how sure it is that they are one call, and what says so."""
        guessed = any(link.certainty is Certainty.LIKELY for link in call.links)
        told = self._words.label("legs").format(
            count=len(call.legs), certainty=self._words.label("likely" if guessed else "certain")
        )
        return f"{told}: {', '.join(dict.fromkeys(self._shower.text(link.by) for link in call.links))}"

    def _meaning(self, sighting: Sighting, transaction: Transaction | None) -> dict[str, Any]:
        """Which entry explains the message; of a response also what it answers, and its meaning in one line."""
        message = sighting.message
        if isinstance(message, Request):
            key = f"method/{message.method}"
            if self._words.entry(key) is None:
                return {}
            self.named.add(key)
            return {"entry": key}
        key = self._words.status_key(sighting)
        self.named.add(key)
        told: dict[str, Any] = {"entry": key, "meaning": self._words.meaning(key, message.cseq_method)}
        if transaction is not None and transaction.request is not None:
            request = transaction.request
            told["answers"] = [request.frame, (sighting.time - request.time) // MICROSECOND]
        return told


def _class(sighting: Sighting) -> int:
    """0 for a request, else the class of the response."""
    message = sighting.message
    return min(max(message.status // 100, 1), 6) if isinstance(message, Response) else 0
