"""The whole flow on one screen: capture → trace → correlation → findings.

`read` is one capture's work and needs no other capture; `conclude` needs them all; `analyze` is both.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import msgspec

from sipdiag.calls import Carriage, Correlation, Window, correlate, window_of
from sipdiag.findings import Finding, Scene, Settings, caused, damages_in, diagnose, folded
from sipdiag.rules import RULES
from sipdiag.trace import NATIVE, CaptureFacts, Engine, Progress, Trace, aligned, joined_streams, read_trace

Place = str | os.PathLike[str]
"""Where a capture is: a file, or a URL."""


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of some captures."""

    captures: list[CaptureFacts]
    window: Window
    correlation: Correlation
    findings: list[Finding]
    """Worst first."""
    carriage: Carriage = Carriage(streams=[], calls={}, looked=False)
    """The RTP streams, and which calls they belong to."""


def read(
    path: Place,
    *,
    capture: int = 0,
    stream: BinaryIO | None = None,
    progress: Progress | None = None,
    media: bool = True,
    engine: Engine = NATIVE,
    helped: bool = False,
) -> Trace:
    """What the capture at `path` shows of SIP and `media` (`-`: what `stream` gives); raises `CaptureError`.

    `engine` has keys to what is encrypted, or asks for Wireshark. A large one may be `helped` by a second process.
    """
    meanwhile = _nothing if helped else None
    return read_trace(
        os.fspath(path),
        capture=capture,
        stream=stream,
        progress=progress,
        media=media,
        engine=engine,
        meanwhile=meanwhile,
    )


def _nothing() -> None:
    """What there is to do besides."""


def conclude(traces: Sequence[Trace], settings: Settings | None = None, *, helped: bool = False) -> Analysis:
    """What `traces` mean together; their order does not matter. Their clocks are taken as one: see `aligned`.

    If it may be `helped`, a second process judges a part of many calls.
    """
    sightings = [sighting for trace in traces for sighting in trace.sightings]
    sightings.sort(key=lambda seen: (seen.time, seen.capture, seen.frame))
    facts = [trace.facts for trace in traces]
    times = [(each.first_time, each.last_time) for each in facts if each.first_time is not None]
    window = window_of([(first, last) for first, last in times if last is not None], sightings)
    settings = settings or Settings()
    correlation = correlate(sightings, guess=settings.guess_legs)
    scene = Scene(
        window=window,
        correlation=correlation,
        traces=list(traces),
        settings=settings,
        streams=joined_streams([trace.streams for trace in traces]),
        with_media=all(trace.media for trace in traces),
        damages=damages_in(traces),
    )
    findings = caused(folded(diagnose(scene, RULES, helped=helped), correlation.arrivals), correlation)
    return Analysis(captures=facts, window=window, correlation=correlation, findings=findings, carriage=scene.carriage)


def analyze(paths: Place | Iterable[Place], settings: Settings | None = None) -> Analysis:
    """Read every capture of `paths`, or the one, and conclude; raises `CaptureError` for the first unreadable one."""
    places = [paths] if isinstance(paths, str | os.PathLike) else paths
    return conclude(aligned([read(path, capture=number) for number, path in enumerate(places)]), settings)
