"""What stands at the head of the page: the captures, the verdict, the figures, and the responses by code."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any, Final

from sipdiag.analysis import Analysis
from sipdiag.calls import MILLISECOND, SECOND, Repeat
from sipdiag.findings import Severity
from sipdiag.report.numbers import Numbers
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.prose import anchor, inline
from sipdiag.report.rows import summary_of
from sipdiag.report.times import clock, day
from sipdiag.report.words import Words
from sipdiag.sip import Response

FIGURES: Final = {
    "ASR": ("answer_seizure_ratio_percent", "%"),
    "SER": ("session_establishment_ratio_percent", "%"),
    "NER": ("network_effectiveness_ratio_percent", "%"),
    "SRD": ("session_request_delay_ms", "ms"),
    "SDD": ("session_disconnect_delay_ms", "ms"),
    "ACD": ("average_call_duration_s", "s"),
    "RRD": ("registration_request_delay_ms", "ms"),
}
"""Abbreviation → key in `summary.kpi`, unit; what each means is a label of the page (RFC 6076; ITU-T E.411)."""
STATES: Final = ("answered", "failed", "cancelled", "unfinished")


def captures_of(analysis: Analysis, words: Words, shower: Shower) -> list[dict[str, Any]]:
    """Each input in one line, with its damage."""
    told = []
    for facts in analysis.captures:
        line = [
            words.counted(facts.packets, "packet"),
            words.counted(facts.sip_messages, "sip_message"),
        ]
        if facts.first_time is not None and facts.last_time is not None:
            line += [
                f"{day(facts.first_time)} {clock(facts.first_time, 0)} UTC",
                words.numbers.span(facts.last_time - facts.first_time),
            ]
        defects = [
            shower.text(words.defect(each)) + (f" ({words.label('frame')} {each.frame})" if each.frame else "")
            for each in facts.defects[:20]
        ]
        told.append({"path": shower.text(facts.path), "facts": line, "defects": defects})
    return told


def verdict_of(analysis: Analysis, words: Words, shower: Shower) -> dict[str, Any]:
    """How it stands: the severity of the worst finding, how many there are, and the worst in one sentence."""
    counts = Counter(finding.severity for finding in analysis.findings)
    told = [words.counted(counts[each], each.value) for each in Severity if counts[each]]
    if not analysis.correlation.arrivals:
        return {"severity": "warning", "counts": "", "text": words.nothing(analysis)}
    if counts[Severity.ERROR] or counts[Severity.WARNING]:
        worst = analysis.findings[0]
        return {
            "severity": worst.severity.value,
            "counts": ", ".join(told),
            "text": shower.text(words.message(worst)),
        }
    text = words.label("verdict_notes_only" if told else "verdict_healthy")
    return {"severity": "healthy", "counts": ", ".join(told), "text": f"{text}."}


def figures_of(analysis: Analysis, words: Words) -> list[dict[str, Any]]:
    """The summary as name and value, what is zero left out, states with a colour of their own."""
    summary = summary_of(analysis)
    page: dict[str, str] = words.catalogue.words["page"]
    numbers = words.numbers
    figures = [{"name": words.label("calls"), "value": numbers.count(summary.calls), "state": "", "meaning": ""}]
    figures += [
        {"name": words.label(state), "value": numbers.count(count), "state": state, "meaning": ""}
        for state in STATES
        if (count := getattr(summary, state))
    ]
    counted = {
        words.label("registrations"): summary.registrations,
        words.label("subscriptions"): summary.subscriptions,
        page["requests"]: summary.sip_requests,
        words.label("responses"): summary.sip_responses,
    }
    figures += [
        {"name": name, "value": numbers.count(count), "state": "", "meaning": ""}
        for name, count in counted.items()
        if count
    ]
    for name, (key, unit) in FIGURES.items():
        if (value := summary.kpi.get(key)) is not None:
            figures.append(
                {
                    "name": name,
                    "value": _figure(value, unit, words.numbers),
                    "state": "",
                    "meaning": page[f"kpi_{name}"],
                }
            )
    return figures


def responses_of(analysis: Analysis, words: Words) -> list[dict[str, Any]]:
    """Responses by code and the method that they answered: how many, how soon, what they mean; repeats not counted."""
    seen: dict[tuple[int, str, str], list[int]] = {}
    for arrival in analysis.correlation.arrivals:
        message = arrival.sighting.message
        if not isinstance(message, Response) or arrival.repeat is not Repeat.FIRST:
            continue
        key = words.status_key(arrival.sighting)
        kind = message.status, key, words.answered(key, arrival.sighting, arrival.transaction)
        delays = seen.setdefault(kind, [])
        request = None if arrival.transaction is None else arrival.transaction.request
        delays.append(-1 if request is None else arrival.sighting.time - request.time)
    told = []
    for (code, key, method), delays in sorted(seen.items()):
        entry = words.entry(key)
        known = [each for each in delays if each >= 0]
        told.append(
            {
                "code": code,
                "title": str(code) if entry is None or not key.startswith("status/") else entry.title,
                "anchor": None if entry is None else anchor(entry.key),
                "method": method,
                "count": len(delays),
                "delay": words.numbers.span(round(median(known))) if known else "",
                "meaning": inline(words.meaning(key, method)),
            }
        )
    return told


def keys_of(analysis: Analysis, words: Words) -> set[str]:
    """The entries that explain the responses."""
    arrivals = (each.sighting for each in analysis.correlation.arrivals)
    return {words.status_key(each) for each in arrivals if isinstance(each.message, Response)}


def methods_of(analysis: Analysis) -> set[str]:
    """The methods of all messages."""
    return {each.sighting.message.cseq_method for each in analysis.correlation.arrivals}


def _figure(value: float, unit: str, numbers: Numbers) -> str:
    if unit == "%":
        return f"{numbers.short(value, 1)} %"
    return numbers.span(round(value * (SECOND if unit == "s" else MILLISECOND)))
