"""Tests of `sipdiag.findings.notices`: which message an ICMP error is about, and how sure that makes of anything."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exchange import CALLEE, CALLER, SECOND, START, Exchange
from sipdiag.findings import Confidence, Notice, Notices
from sipdiag.transport import Report, Undelivered

BEGUN = b"INFO sip:+12025550199@example.com SIP/2.0\r\n"


def error(at: float, *, frame: int = 90, ip_id: int = 0, quote: bytes = b"") -> Report:
    """An error so many seconds after the beginning."""
    return Report(frame=frame, time=START + round(at * SECOND), ip_id=ip_id, quote=quote)


def notices(*errors: Report, kind: str = "port-closed", destination: str = CALLEE) -> Notices:
    """What a scene holds in which these errors were seen."""
    told = Undelivered(
        source=CALLER,
        destination=destination,
        transport="udp",
        reporter="203.0.113.20",
        kind=kind,
        words="port unreachable (type 3, code 3)",
        count=len(errors),
        last_time=max(each.time for each in errors),
        reports=list(errors),
    )
    return Notices([told])


def asked(*times: float, ip_id: int = 0) -> Exchange:
    """A request that was sent again at each time after the first."""
    talk = Exchange()
    first = talk.request("INFO", times[0], ip_id=ip_id)
    talk.again(first, *times[1:], ip_id=ip_id)
    return talk


@pytest.mark.parametrize(
    ("report", "belongs"),
    [
        (error(1.001), True),
        (error(0.9), False),
        (error(8), False),
        (error(1.001, ip_id=7), True),
        (error(1.001, ip_id=8), False),
        (
            error(1.001, quote=BEGUN + b"Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKone"),
            True,
        ),
        (
            error(1.001, quote=BEGUN + b"Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKtwo"),
            False,
        ),
        (error(1.001, quote=b"INFO sip:+12"), True),
        (error(1.001, quote=b"OPTIONS sip:"), False),
    ],
    ids=["soon", "before", "long after", "number", "other number", "branch", "other branch", "start", "other start"],
)
def test_an_error_is_about_the_message_that_it_quotes(report: Report, belongs: bool) -> None:  # noqa: FBT001
    """By IP identification, by branch, by how it begins, or else by time."""
    sent = asked(1, ip_id=7 if report.ip_id else 0).sightings
    assert (notices(report).on(sent) is not None) == belongs


def test_errors_on_another_way_say_nothing() -> None:
    """To another port of the same host."""
    assert notices(error(1.001), destination="203.0.113.20:5070").on(asked(1).sightings) is None
    assert not Notices([])


def test_an_error_that_names_nothing_is_about_the_last_copy_before_it() -> None:
    """So that one error on the second copy does not make two."""
    notice = notices(error(1.501)).on(asked(1, 1.5).sightings)
    assert notice is not None
    assert (len(notice.reports), notice.every) == (1, False)


@pytest.mark.parametrize(
    ("recorded", "every", "sure"),
    [
        (1, True, Confidence.INCONCLUSIVE),
        (3, True, Confidence.LIKELY),
        (10, True, Confidence.CERTAIN),
        (10, False, Confidence.LIKELY),
    ],
)
def test_it_is_certain_where_no_copy_arrived_and_time_went_by(recorded: int, every: bool, sure: Confidence) -> None:  # noqa: FBT001
    """A server that is only starting answers a repeat."""
    notice = notices(error(1.001)).on(asked(1).sightings)
    assert isinstance(notice, Notice)
    assert replace(notice, every=every).confidence(recorded * SECOND) is sure


@pytest.mark.parametrize(
    ("times", "kind", "told"),
    [
        ((10.1, 11, 12, 13, 14, 15, 16, 17, 18, 19), "port-closed", True),
        ((10.1, 11, 12), "port-closed", False),
        ((17, 18, 19), "port-closed", False),
        ((10.1, 19), "port-closed", False),
        ((10.1, 13, 16, 19), "too-big", False),
    ],
)
def test_media_are_refused_where_errors_come_all_the_time(times: tuple[float, ...], kind: str, told: bool) -> None:  # noqa: FBT001
    """Not where a port opened late, or closed early, as at the end of every call."""
    said = notices(*map(error, times), kind=kind)
    assert (said.against(CALLEE, START + 10 * SECOND, START + 20 * SECOND) is not None) == told
