"""A conversation as the page opens it: lanes, arrows, and behind each arrow its whole message."""

from __future__ import annotations

import re
from typing import Any, Final

from sipdiag.calls import Call, Certainty, Transaction
from sipdiag.report.escape import shown
from sipdiag.report.ladder import ladder_of, sent_in
from sipdiag.report.page.conversations import Conversation, Marks
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.streams import StreamTeller
from sipdiag.report.words import Words
from sipdiag.sip import Message, Request, Response
from sipdiag.trace import Sighting

MICROSECOND = 1_000
LONGEST: Final = 512
"""Characters of a Reason header field that are looked at."""
_TELLING: Final = re.compile(r"(?im)^(?:reason|warning)[ \t]*:")
# reason-value = protocol *(SEMI reason-params); protocol-cause = "cause" EQUAL cause (RFC 3326, section 2)
_CAUSE: Final = re.compile(r'(?i)(?<![\w.])(Q\.850|SIP)[ \t]*;[^,"]*?\bcause[ \t]*=[ \t]*"?([0-9]{1,3})(?![0-9])')
# warning-value = warn-code SP warn-agent SP warn-text (RFC 3261, section 20.43)
_WARN_CODE: Final = re.compile(r"\s*([0-9]{3})\s")
_SHELVES: Final = {"cause": "Q.850", "status": "SIP", "warning": "Warning"}


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
        likeness = self._words.catalogue.words["page"]["likeness"]
        ties = dict.fromkeys(likeness if each.by == "likeness" else self._shower.text(each.by) for each in call.links)
        return f"{told}: {', '.join(ties)}"

    def _meaning(self, sighting: Sighting, transaction: Transaction | None) -> dict[str, Any]:
        """Which entry explains the message; of a response also what it answers, and its meaning in one line."""
        message = sighting.message
        told: dict[str, Any] = {}
        if also := self._also(message):
            told["also"] = also
        if isinstance(message, Request):
            key = f"method/{message.method}"
            if self._words.entry(key) is not None:
                self.named.add(key)
                told["entry"] = key
            return told
        key = self._words.status_key(sighting)
        self.named.add(key)
        answered = self._words.answered(key, sighting, transaction)
        told |= {"entry": key, "meaning": self._words.meaning(key, answered)}
        if transaction is not None and transaction.request is not None:
            request = transaction.request
            told["answers"] = [request.frame, (sighting.time - request.time) // MICROSECOND]
        return told

    def _also(self, message: Message) -> list[list[str]]:
        """The entries on causes and warn-codes in Reason and Warning, each with its title."""
        told = []
        for key in _codes_in(message) if _TELLING.search(message.head) else ():
            entry = self._words.entry(key)
            if entry is not None and entry.key == key:
                self.named.add(key)
                told.append([key, f"{_SHELVES[key.partition('/')[0]]} {entry.title}"])
        return told


def _codes_in(message: Message) -> dict[str, None]:
    """Keys of entries: `cause/34`, `status/200`, `warning/399`, in the order in which they stand."""
    keys = [
        f"{'cause' if protocol.upper() == 'Q.850' else 'status'}/{int(code)}"
        for value in message.fields("reason")
        for protocol, code in _CAUSE.findall(value[:LONGEST])
    ]
    keys += [f"warning/{found[1]}" for each in message.values("warning") if (found := _WARN_CODE.match(each))]
    return dict.fromkeys(keys)


def _class(sighting: Sighting) -> int:
    """0 for a request, else the class of the response."""
    message = sighting.message
    return min(max(message.status // 100, 1), 6) if isinstance(message, Response) else 0
