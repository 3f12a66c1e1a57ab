"""Several branches answered one INVITE, and a dialog that the caller did not keep was left open.

Each 2xx of another To tag makes a dialog of its own; the caller acknowledges every one and ends those that it does not
want with BYE (RFC 3261, section 13.2.2.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import MILLISECOND, SECOND, TIMEOUT, Call, Trait, Transaction, acknowledges, tags_of
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "fork-answer-abandoned"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED

SURPLUS_ENDS = 5 * SECOND
"""A caller ends a dialog that it does not want as soon as it has sent the ACK; a later BYE ends the call it kept."""
CLEARLY_OPEN = 200 * MILLISECOND
"""An answer closer to the end of the capture than this is not reported: the BYE was on the way."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The dialogs of a forked INVITE that were acknowledged and never ended."""
    if call.answer is None:
        return
    for attempt in call.attempts:
        answers = attempt.first.answers
        if len(answers) > 1:
            yield from _told(call, attempt.first, answers, scene)


def _told(call: Call, invite: Transaction, answers: list[Sighting], scene: Scene) -> Iterator[Finding]:
    last = answers[-1]
    # An answer without ACK is reported by the rule on missing ACKs, and its callee gives up by itself.
    made = [each for each in answers if any(acknowledges(ack, each) for ack in call.acks)]
    byes = {tags_of(bye.request): bye.request for bye in reversed(call.byes) if bye.request is not None}
    left = [each for each in made if tags_of(each) not in byes]
    ended = [byes[tags_of(each)] for each in made if tags_of(each) in byes]
    by_caller = [bye for bye in ended if bye.message.from_tag == invite.from_tag]
    if not left or len(made) < 2:
        return
    recorded = scene.window.left(last.time)
    if any(bye.time - last.time <= SURPLUS_ENDS for bye in ended) and len(left) == 1:
        return  # the surplus was ended, and the one that is left is the call
    evidence: Evidence = {
        "answers": len(answers),
        "answer_frame": answers[0].frame,
        "abandoned_frame": left[-1].frame,
        "abandoned": [each.message.field("contact") or each.message.to_tag for each in left],
        "abandoned_frames": [each.frame for each in left],
        "caller": last.destination,
        "recorded_after_s": seconds(recorded),
    }
    if by_caller and scene.window.left(by_caller[-1].time) > SURPLUS_ENDS:
        bye = by_caller[-1]
        evidence |= {"bye_frame": bye.frame, "bye_after_s": seconds(bye.time - last.time)}
        yield found(NAME, "left-open", SEVERITY, Confidence.LIKELY, [*answers, bye], evidence)
    elif len(left) > 1 and recorded >= TIMEOUT:
        yield found(NAME, "both-kept", Severity.WARNING, Confidence.LIKELY, answers, evidence)
    elif len(left) > 1 and recorded > CLEARLY_OPEN:
        yield found(NAME, "capture-ended", SEVERITY, Confidence.INCONCLUSIVE, answers, evidence)
