"""Packets of a stream never came: listeners miss syllables.

Loss is what is missing between the lowest and the highest sequence number (RFC 3550, section 6.4.1 and appendix A.3);
what came late or twice is none, nor is a pause in which nothing was sent. What is lost at one point was lost before it.
A fax sends each packet again with those behind it, or parity of several (ITU-T T.38, section 9.1): what counts is what
none of them brought.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, Trait
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found_heard, names_of
from sipdiag.media import Stream

NAME = "media-loss"
SEVERITY = Severity.WARNING
NEEDS = Trait.HEARD


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Each stream of the call that lost too much."""
    settings = scene.settings
    for each in scene.carriage.of(call).carried if scene.streams else ():
        stream = each.stream
        if each.line is None or each.line.call_id != call.call_id:
            continue
        torn = stream.is_fax and stream.lost_for_good >= settings.media_loss_count
        lossy = stream.loss_percent >= settings.media_loss_percent and stream.lost >= settings.media_loss_count
        if not torn and not lossy:
            continue
        variant = "fax" if torn else "fax-repaired" if stream.is_fax else "lossy"
        sender, hearer = names_of(call, "callee" if each.toward == "caller" else "caller")
        evidence: Evidence = {
            "source": stream.source,
            "destination": stream.destination,
            "sender": sender,
            "hearer": hearer,
            "packets": stream.packets,
            "expected": stream.expected,
            "lost": stream.lost,
            "lost_for_good": stream.lost_for_good if stream.is_fax else stream.lost,
            "loss_percent": round(stream.loss_percent, 1),
            "worst_second": _worst(stream),
        }
        yield found_heard(
            NAME,
            variant,
            Severity.NOTE if variant == "fax-repaired" else SEVERITY,
            Confidence.LIKELY,
            call=call,
            told=[call.opening],
            streams=[(stream, stream.first_frame), (stream, stream.last_frame)],
            evidence=evidence,
            time=stream.first_time,
        )


def _worst(stream: Stream) -> float:
    """Seconds from the beginning of the stream to the step that lost most."""
    missing = stream.steps.missing
    worst = max(range(len(missing)), key=missing.__getitem__)
    begin = (stream.first_time // stream.step + worst) * stream.step
    return round(max(0, begin - stream.first_time) / SECOND, 1)
