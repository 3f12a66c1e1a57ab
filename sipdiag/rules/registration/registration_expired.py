"""A binding ran out, because nobody refreshed it in time.

"The UA then issues a REGISTER request for each of its bindings before the expiration interval has elapsed" (RFC 3261,
section 10.2.4). A refresh that was tried and failed is reported by the rule on its failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sipdiag.calls import SECOND, Registration, Transaction, next_after, stated_expires, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "registration-expired"
SEVERITY = Severity.WARNING

SHORTEST = 10 * SECOND
"""No registrar grants less, so that requests closer together cannot have a gap between them."""


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """The refreshes that came too late, in one finding, and the one that never came."""
    attempts = registration.attempts
    if not attempts or scene.window.left(attempts[0].time) < scene.settings.expiry_grace_s * SECOND:
        return
    gaps = [(gap, one, other) for one, other in pairwise(attempts) if (gap := _gap(one, other, scene))]
    # A phone that started anew in between, or moved, was bound under another Call-ID.
    elsewhere = scene.accepted_anywhere(registration.aor) if gaps else []
    gaps = [each for each in gaps if not any(each[1].last_time < seen.time < each[2].time for seen in elsewhere)]
    if gaps:
        yield _late(registration, gaps)
    last = attempts[-1]
    final, granted = last.final, _granted(last)
    if (
        final is None
        or not granted
        or scene.window.left(final.time) <= (granted + scene.settings.expiry_grace_s) * SECOND
    ):
        return
    if next_after(final.time, scene.accepted_anywhere(registration.aor)) is None:
        yield from _not_refreshed(registration, final, granted, scene)


def _granted(transaction: Transaction) -> int:
    """Seconds that a 2xx states for the binding; 0 when there is none, or it may be for another binding."""
    final = transaction.final
    return (stated_expires(transaction) or 0) if final is not None and 200 <= status(final) < 300 else 0


def _gap(earlier: Transaction, later: Transaction, scene: Scene) -> int:
    """Nanoseconds from the end of a binding to the REGISTER that renewed it; 0 when it is too short to report."""
    final = earlier.final
    # A gap in the CSeq numbers shows that the recorder missed a REGISTER.
    if final is None or later.time - final.time < SHORTEST or later.cseq != earlier.cseq + 1:
        return 0
    granted, refresh = _granted(earlier), later.request
    gap = later.time - final.time - granted * SECOND
    if not granted or gap <= scene.settings.expiry_grace_s * SECOND or scene.window.end(final.time) < later.time:
        return 0
    return gap if refresh is not None and refresh.message.field("contact") else 0


def _late(registration: Registration, gaps: list[tuple[int, Transaction, Transaction]]) -> Finding:
    longest, earlier, later = max(gaps, key=lambda each: each[0])
    final, refresh = earlier.final, later.request
    assert final is not None, "a gap begins with a 2xx"  # noqa: S101
    assert refresh is not None, "and ends with a request"  # noqa: S101
    evidence = _evidence(registration, final, _granted(earlier)) | {
        "refresh_frame": refresh.frame,
        "actual_s": seconds(later.time - final.time),
        "gap_s": seconds(longest),
        "gaps": len(gaps),
    }
    shown_by = [seen for _, one, other in gaps for seen in (one.final, other.request) if seen is not None]
    return found(NAME, "late", SEVERITY, Confidence.CERTAIN, shown_by, evidence)


def _not_refreshed(registration: Registration, final: Sighting, granted: int, scene: Scene) -> Iterator[Finding]:
    if scene.lines_of(final.destination) > scene.settings.lines_count:
        return
    end = final.time + granted * SECOND
    alive = scene.last_heard(final.destination, final.source) > end
    evidence = _evidence(registration, final, granted) | {
        "recorded_after_s": seconds(scene.window.end(final.time) - end),
    }
    # A phone that is no longer heard was switched off, or moved where nobody records: it need not be broken.
    variant, severity = ("not-refreshed", SEVERITY) if alive else ("vanished", Severity.NOTE)
    yield found(NAME, variant, severity, Confidence.LIKELY, [final], evidence)


def _evidence(registration: Registration, final: Sighting, granted: int) -> Evidence:
    return {
        "aor": registration.aor,
        "contact": registration.contact,
        "response_frame": final.frame,
        "granted_s": granted,
        "server": final.source,
        "client": final.destination,
    }
