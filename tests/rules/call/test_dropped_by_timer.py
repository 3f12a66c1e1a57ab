"""`dropped-by-timer`: a gap before an end that fits a clock, and what chance would give."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, Exchange, ladder
from sipdiag.findings import Confidence, Finding, Severity, checked
from sipdiag.rules.call import dropped_by_timer


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the whole of `talk`."""
    scene = talk.scene()
    return list(checked(dropped_by_timer, scene.correlation, scene))


def calls(*lengths: float, fields: str = "") -> Exchange:
    """Answered calls of these lengths, which the callee ends."""
    talk = Exchange()
    at = 0.0
    for number, length in enumerate(lengths, 1):
        name = f"call-{number}"
        invite = talk.request("INVITE", at, call_id=name, branch=f"i{number}")
        talk.response(200, invite, at + 1)
        talk.request("ACK", at + 1.1, call_id=name, branch=f"a{number}", to_tag="callee")
        bye = talk.request(
            "BYE",
            at + 1 + length,
            call_id=name,
            branch=f"b{number}",
            from_tag="callee",
            to_tag="caller",
            source=CALLEE,
            destination=CALLER,
            fields=fields,
        )
        talk.response(200, bye, at + 1.1 + length)
        at += length + 10
    return talk


def test_three_calls_that_end_at_64_t1_are_a_warning() -> None:
    """32 s is nobody's wish (section 13.3.1.4)."""
    (found,) = findings(calls(32.1, 32.0, 32.05))
    assert (found.variant, found.severity, found.evidence["calls"]) == ("ack-timer", Severity.WARNING, 3)
    assert (found.evidence["clock"], found.evidence["whose"]) == ("64*T1", "callee")
    assert (found.evidence["runner_up"], found.evidence["runner_up_s"]) == ("max-duration", 30.0)


def test_a_call_that_lasts_exactly_fifteen_minutes_is_a_note() -> None:
    """A limit of a PBX, or chance: no more than a note."""
    (found,) = findings(calls(900.05))
    assert (found.variant, found.severity, found.evidence["off_s"]) == ("call-limit", Severity.NOTE, 0.05)


@pytest.mark.parametrize("length", [60.05, 33.5, 45.0, 901.0, 7.0])
def test_one_call_of_another_length_is_silent(length: float) -> None:
    """A minute to the tenth of a second happens by chance."""
    assert findings(calls(length)) == []


def test_round_lengths_among_many_others_are_chance() -> None:
    """As many calls last a little more or less."""
    assert findings(calls(60.05, 60.1, *(58.6 + number * 0.27 for number in range(10)))) == []


def test_a_bye_that_names_the_timer_is_certain() -> None:
    """Q.850 cause 102: recovery on timer expiry (RFC 3326)."""
    (found,) = findings(calls(47.0, fields='Reason: Q.850;cause=102;text="Recovery on timer expiry"\r\n'))
    assert (found.variant, found.confidence) == ("stated", Confidence.CERTAIN)


def test_a_missing_ack_is_left_to_its_own_rule() -> None:
    """The callee gave up because of it."""
    talk = Exchange()
    answer = talk.answered_call(ack=False)
    talk.again(answer, *ladder(1.5))
    bye = talk.request("BYE", 33.5, branch="bye", from_tag="callee", to_tag="caller", source=CALLEE, destination=CALLER)
    talk.response(200, bye, 33.6)
    assert findings(talk) == []


def refused(code: int, after: float, *, ringing: bool = False, fields: str = "") -> Exchange:
    """An INVITE that gets a provisional response, and `code` so long after it was sent."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, fields=fields)
    talk.response(180 if ringing else 100, invite, 0.05)
    talk.response(code, invite, after)
    return talk


def test_the_clocks_of_an_attempt_are_told_apart() -> None:
    """Timer B without ringing, timer C after it, Expires where it is stated."""
    (b,) = findings(refused(408, 32.1))
    (c,) = findings(refused(408, 180.1, ringing=True))
    (e,) = findings(refused(487, 37.2, ringing=True, fields="Expires: 37\r\n"))
    assert [each.variant for each in (b, c, e)] == ["timer-b", "timer-c", "expires"]
    assert {each.severity for each in (b, c, e)} == {Severity.NOTE}


def test_what_people_decide_fits_no_clock() -> None:
    """Busy after 32 s is busy."""
    assert findings(refused(486, 32.0)) == []


def test_a_bye_that_is_lost_after_a_long_silence_names_the_idle_time() -> None:
    """A NAT that forgets after five minutes has forgotten."""
    talk = Exchange()
    talk.answered_call()
    bye = talk.request("BYE", 403, cseq=2, branch="bye", to_tag="callee")
    talk.again(bye, *ladder(403))
    (found,) = findings(talk)
    assert (found.variant, found.evidence["clock_s"], found.evidence["runner_up_s"]) == ("idle", 300.0, 180.0)
