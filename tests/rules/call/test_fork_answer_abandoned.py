"""`fork-answer-abandoned`: a dialog of a forked INVITE that nobody ended (RFC 3261, section 13.2.2.4)."""

from __future__ import annotations

from exchange import Exchange
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import fork_answer_abandoned


class Fork(Exchange):
    """An INVITE with two 2xx, both acknowledged."""

    def __init__(self, *, acknowledged: tuple[str, ...] = ("bob", "carol")) -> None:
        super().__init__()
        invite = self.request("INVITE", 0)
        for at, tag in ((1.0, "bob"), (1.1, "carol")):
            self.response(200, invite, at, to_tag=tag)
        for tag in acknowledged:
            self.request("ACK", 1.2, branch=f"ack-{tag}", to_tag=tag)

    def bye(self, tag: str, at: float) -> None:
        """The caller ends one of the two."""
        self.response(200, self.request("BYE", at, cseq=2, branch=f"bye-{tag}", to_tag=tag), at + 0.02)


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in fork_answer_abandoned.check(call, scene)]


def test_a_dialog_left_open_when_the_call_ends_is_an_error() -> None:
    """The caller hung up with one and forgot the other."""
    talk = Fork()
    talk.bye("bob", 20)
    talk.until = 40
    (found,) = findings(talk)
    assert (found.variant, found.severity, found.evidence["abandoned"]) == ("left-open", Severity.ERROR, ["carol"])


def test_a_surplus_that_is_ended_at_once_is_silent() -> None:
    """The other dialog is the call."""
    talk = Fork()
    talk.bye("carol", 1.5)
    talk.until = 60
    assert findings(talk) == []


def test_both_ended_is_silent() -> None:
    """Whenever that was."""
    talk = Fork()
    talk.bye("carol", 9)
    talk.bye("bob", 20)
    talk.until = 60
    assert findings(talk) == []


def test_two_dialogs_that_go_on_are_a_warning() -> None:
    """Half a minute is no surplus that is about to be ended."""
    talk = Fork()
    talk.until = 60
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("both-kept", Severity.WARNING)


def test_a_capture_that_ends_cannot_tell() -> None:
    """The BYE may come yet."""
    talk = Fork()
    talk.until = 5
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("capture-ended", Severity.NOTE)


def test_an_answer_without_ack_is_left_to_the_rule_on_acks() -> None:
    """Its callee gives up by itself."""
    talk = Fork(acknowledged=("bob",))
    talk.until = 60
    assert findings(talk) == []
