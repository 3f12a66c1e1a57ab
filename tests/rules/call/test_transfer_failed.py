"""`transfer-failed`: a REFER whose call did not come about (RFC 3515)."""

from __future__ import annotations

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.findings import Finding, Severity
from sipdiag.rules.call import transfer_failed
from sipdiag.sip import parse


class Transfer(Exchange):
    """An answered call in which the caller refers the callee to somebody."""

    def __init__(self, code: int, fields: str = "") -> None:
        super().__init__()
        self.answered_call()
        refer = self.request(
            "REFER", 10, cseq=2, branch="refer", to_tag="callee", fields="Refer-To: <sip:carol@example.net>\r\n"
        )
        self.response(code, refer, 10.1, fields=fields)

    def notify(self, at: float, line: str, event: str = "refer") -> None:
        """The callee tells how its call to the target goes."""
        note = self.request(
            "NOTIFY",
            at,
            cseq=len(self.sightings),
            branch=f"n{len(self.sightings)}",
            from_tag="callee",
            to_tag="caller",
            source=CALLEE,
            destination=CALLER,
            fields=f"Event: {event}\r\n",
        )
        self._replace_body(note.frame - 1, line)
        self.response(200, note, at + 0.02)

    def _replace_body(self, at: int, line: str) -> None:
        sighting = self.sightings[at]
        message = parse((sighting.message.head + "\r\n\r\n" + line).encode())
        assert message is not None
        self.sightings[at] = type(sighting)(
            capture=0,
            frame=sighting.frame,
            time=sighting.time,
            source=sighting.source,
            destination=sighting.destination,
            transport="udp",
            message=message,
        )


def findings(talk: Exchange) -> list[Finding]:
    """What the rule says of the transactions of `talk`."""
    scene = talk.scene()
    return [each for one in scene.correlation.transactions for each in transfer_failed.check(one, scene)]


def test_a_refused_refer_follows_its_code() -> None:
    """403 is an error, 603 a person's decision."""
    assert [findings(Transfer(code))[0].severity for code in (403, 603)] == [Severity.ERROR, Severity.NOTE]


def test_the_outcome_stands_in_the_last_notify() -> None:
    """A sipfrag with the status line of the new call (section 2.4.5)."""
    talk = Transfer(202)
    talk.notify(11, "SIP/2.0 100 Trying")
    talk.notify(12, "SIP/2.0 404 Not Found")
    (found,) = findings(talk)
    assert (found.variant, found.evidence["code"], found.evidence["reason"]) == ("target-failed", 404, "Not Found")


def test_a_transfer_that_succeeds_is_silent() -> None:
    """200, or still on its way."""
    talk = Transfer(202)
    talk.notify(11, "SIP/2.0 100 Trying")
    talk.until = 90
    assert findings(talk) == []
    talk.notify(12, "SIP/2.0 200 OK")
    assert findings(talk) == []


def test_no_notify_at_all_is_a_warning() -> None:
    """One is due at once (section 2.4.4)."""
    talk = Transfer(202)
    talk.notify(11, "SIP/2.0 404 Not Found", event="dialog")
    talk.until = 60
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("no-notify", Severity.WARNING)
    talk.until = 15
    (found,) = findings(talk)
    assert (found.variant, found.severity) == ("capture-ended", Severity.NOTE)


def test_a_caller_that_hangs_up_or_wants_no_notify_is_silent() -> None:
    """Blind transfer; and `Refer-Sub: false` (RFC 4488)."""
    talk = Transfer(202)
    talk.request("BYE", 10.2, cseq=3, branch="bye", to_tag="callee")
    talk.until = 60
    assert findings(talk) == []
    talk = Transfer(202, fields="Refer-Sub: false\r\n")
    talk.until = 60
    assert findings(talk) == []


def test_a_refer_through_a_proxy_is_told_once() -> None:
    """At the hop nearest its sender."""
    talk = Exchange()
    talk.answered_call()
    refer = talk.request("REFER", 10, cseq=2, branch="refer", to_tag="callee", destination=PROXY)
    onward = talk.request("REFER", 10.01, cseq=2, branch="on", to_tag="callee", source=PROXY)
    talk.response(403, onward, 10.1)
    talk.response(403, refer, 10.11)
    (found,) = findings(talk)
    assert found.evidence["client"] == CALLER


def test_a_challenge_that_was_answered_is_silent() -> None:
    """The next REFER carries credentials."""
    talk = Transfer(407)
    again = talk.request("REFER", 10.2, cseq=3, branch="again", to_tag="callee")
    talk.response(202, again, 10.3)
    talk.request("BYE", 10.4, cseq=4, branch="bye", to_tag="callee")
    talk.until = 60
    assert findings(talk) == []
