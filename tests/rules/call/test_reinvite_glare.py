"""`reinvite-glare`: both sides changed the call at once (RFC 3261, section 14.1)."""

from __future__ import annotations

from exchange import CALLEE, CALLER, SECOND, START, Exchange
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import reinvite_glare


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the calls of `talk`."""
    scene = talk.scene()
    return [each for call in scene.correlation.calls for each in reinvite_glare.check(call, scene)]


class Glare(Exchange):
    """An answered call in which re-INVITEs are sent."""

    def __init__(self) -> None:
        super().__init__()
        self.answered_call()

    def change(self, at: float, code: int, *, by_caller: bool = True) -> None:
        """A re-INVITE and its final response 20 ms later."""
        number = len(self.sightings)
        if by_caller:
            change = self.request("INVITE", at, cseq=number, branch=f"re{number}", to_tag="callee")
        else:
            change = self.request(
                "INVITE",
                at,
                cseq=number,
                branch=f"re{number}",
                from_tag="callee",
                to_tag="caller",
                source=CALLEE,
                destination=CALLER,
            )
        self.response(code, change, at + 0.02)


def test_a_glare_that_resolved_is_a_note() -> None:
    """Both 491s are one glare, and the next try went through."""
    talk = Glare()
    talk.change(10, 491)
    talk.change(10.001, 491, by_caller=False)
    talk.change(11, 200, by_caller=False)
    talk.change(13, 200)
    (found,) = findings(talk)
    assert (found.variant, found.severity, found.evidence["refusals"]) == ("resolved", Severity.NOTE, 2)


def test_a_change_that_nobody_tried_again_is_a_warning() -> None:
    """It is lost."""
    talk = Glare()
    talk.change(10, 491)
    talk.until = 30
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("not-retried", Severity.WARNING)


def test_a_caller_that_does_not_wait_and_collides_again_is_named() -> None:
    """The owner of the Call-ID waits at least 2.1 s."""
    talk = Glare()
    talk.change(10, 491)
    talk.change(10.3, 491)
    talk.until = 30
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("too-early", Severity.WARNING)
    assert found.evidence["retried_after_s"] == 0.28


def test_a_capture_that_ends_before_the_next_try_cannot_tell() -> None:
    """The wait is up to four seconds long."""
    talk = Glare()
    talk.change(10, 491)
    talk.until = 12
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("capture-ended", Severity.NOTE)


def test_a_next_try_that_the_recorder_missed_is_silent() -> None:
    """Its 200 is there."""
    talk = Glare()
    talk.change(10, 491)
    talk.change(13, 200)
    talk.sightings = [each for each in talk.sightings if each.time != START + 13 * SECOND]
    talk.until = 60
    assert findings(talk) == []


def test_a_call_that_ends_first_is_silent() -> None:
    """Nobody had to try again."""
    talk = Glare()
    talk.change(10, 491)
    talk.request("BYE", 12, cseq=9, branch="bye", to_tag="callee")
    talk.until = 60
    assert findings(talk) == []


def test_changes_without_a_glare_are_silent() -> None:
    """One after the other."""
    talk = Glare()
    talk.change(10, 200)
    talk.change(10.1, 200, by_caller=False)
    assert findings(talk) == []
