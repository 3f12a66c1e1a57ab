"""Tests of `sipdiag.rules.registration.registration_failed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exchange import CALLER, PROXY, Exchange
from sipdiag.rules.registration.registration_failed import NAME
from verdict import findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

CONTACT = "Contact: <sip:+12025550100@192.0.2.10>\r\n"
CREDENTIALS = 'Authorization: Digest username="+12025550100", realm="example.com"\r\n'
REMOVAL = "Expires: 0\r\n"
ALWAYS = {
    "aor",
    "contact",
    "code",
    "reason",
    "response_frame",
    "refusals",
    "server",
    "client",
    "request_frame",
}


class Registrar:
    """Answers one REGISTER after the other, each with the next CSeq number."""

    def __init__(self) -> None:
        self.talk = Exchange()
        self._cseq = 0

    def says(self, code: int, at: float, fields: str = CREDENTIALS, granted: str = "") -> Sighting:
        """The answer to a REGISTER sent at `at`."""
        """A REGISTER and, a tenth of a second later, the response."""
        self._cseq += 1
        request = self.talk.request(
            "REGISTER", at, branch=f"r{self._cseq}", cseq=self._cseq, destination=PROXY, fields=CONTACT + fields
        )
        return self.talk.response(code, request, at + 0.1, reason="No", fields=granted)


def not_allowed(registrar: Registrar) -> None:
    registrar.says(401, 0, fields="")
    registrar.says(403, 1)


def timeout(registrar: Registrar) -> None:
    registrar.says(408, 0)


def not_removed(registrar: Registrar) -> None:
    registrar.says(403, 0, fields=CREDENTIALS + REMOVAL)


def recovered(registrar: Registrar) -> None:
    registrar.says(503, 0)
    registrar.says(200, 60)


def refreshed_in_time(registrar: Registrar) -> None:
    registrar.says(200, 0, granted="Expires: 600\r\n")
    registrar.says(503, 300)
    registrar.says(200, 330, granted="Expires: 600\r\n")


def refreshed_too_late(registrar: Registrar) -> None:
    registrar.says(200, 0, granted="Expires: 60\r\n")
    registrar.says(503, 50)
    registrar.says(200, 90, granted="Expires: 60\r\n")


@pytest.mark.parametrize(
    ("story", "code", "variant", "severity"),
    [
        (not_allowed, 403, "refused", "error"),
        (timeout, 408, "refused", "warning"),
        (not_removed, 403, "removal-refused", "note"),
        (recovered, 503, "recovered", "warning"),
        (refreshed_in_time, 503, "recovered", "note"),
        (refreshed_too_late, 503, "recovered", "warning"),
    ],
)
def test_each_outage_is_told_by_what_it_cost(
    story: Callable[[Registrar], None], code: int, variant: str, severity: str
) -> None:
    """A refusal for good is an error, a gap that closed a warning, one that no caller noticed a note."""
    registrar = Registrar()
    story(registrar)
    finding = only_finding_of(registrar.talk, NAME)
    assert told(finding) == (variant, severity, "certain")
    assert finding.knowledge == f"status/{code}"
    further = {"recovered_frame", "recovered_after_s"} if variant == "recovered" else set()
    assert set(finding.evidence) == ALWAYS | further


def test_the_gravest_answer_of_a_run_tells_it() -> None:
    """Between timeouts a 503 says more; all refusals are shown, the gravest first."""
    registrar = Registrar()
    first = registrar.says(408, 0)
    gravest = registrar.says(503, 1)
    last = registrar.says(408, 2)
    finding = only_finding_of(registrar.talk, NAME)
    assert finding.frames == [gravest.frame - 1, gravest.frame, first.frame, last.frame]
    assert finding.evidence == {
        "aor": "sip:+12025550199@example.com",
        "contact": "<sip:+12025550100@192.0.2.10>",
        "code": 503,
        "reason": "No",
        "request_frame": gravest.frame - 1,
        "response_frame": gravest.frame,
        "refusals": 3,
        "server": PROXY,
        "client": CALLER,
    }


def test_a_recovery_says_when() -> None:
    """Seconds since the first refusal, and the frame of the 200."""
    registrar = Registrar()
    registrar.says(503, 0)
    registrar.says(503, 30)
    healed = registrar.says(200, 60)
    finding = only_finding_of(registrar.talk, NAME)
    assert finding.evidence["recovered_frame"] == healed.frame
    assert finding.evidence["recovered_after_s"] == 60.0
    assert finding.frames[-1] == healed.frame


def test_each_outage_is_a_finding() -> None:
    """What came back and went again is two."""
    registrar = Registrar()
    registrar.says(503, 0)
    registrar.says(200, 10, granted="Expires: 60\r\n")
    registrar.says(403, 100)
    assert [told(each)[:2] for each in findings_of(registrar.talk, NAME)] == [
        ("refused", "error"),
        ("recovered", "warning"),
    ]


def challenged(registrar: Registrar) -> None:
    registrar.says(401, 0, fields="")
    registrar.says(200, 1)


def challenged_at_the_end(registrar: Registrar) -> None:
    registrar.says(401, 0, fields="")


def interval_too_brief(registrar: Registrar) -> None:
    registrar.says(423, 0)
    registrar.says(200, 1)


def credentials_rejected(registrar: Registrar) -> None:
    registrar.says(401, 0, fields="")
    registrar.says(401, 1)
    registrar.says(403, 2)


@pytest.mark.parametrize("story", [challenged, challenged_at_the_end, interval_too_brief, credentials_rejected])
def test_a_near_miss_is_silent(story: Callable[[Registrar], None]) -> None:
    """A challenge belongs to every registration; 423 asks for a longer interval; credentials have their own rule."""
    registrar = Registrar()
    story(registrar)
    assert findings_of(registrar.talk, NAME) == []
