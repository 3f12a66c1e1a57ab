"""The figures of an audit for Prometheus, in the text format that node_exporter's textfile collector reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sipdiag.engine.summary import Summary
from sipdiag.report.escape import shown

Sample = tuple[dict[str, str], float]

RATIOS = {
    "asr": ("answer_seizure_ratio_percent", "Answered calls in those with a final response (ASR)."),
    "ner": ("network_effectiveness_ratio_percent", "Calls that the network carried to the callee (NER)."),
    "ser": ("session_establishment_ratio_percent", "RFC 6076, section 4.6."),
    "isa": ("ineffective_session_attempts_percent", "RFC 6076, section 4.8."),
}


def metrics_of(summary: Summary) -> str:
    """All metrics, each with its help and type."""
    return "".join(_families(summary))


def _families(summary: Summary) -> Iterator[str]:
    yield _family("calls", "Calls by how they went.", ((({"state": state}), n) for state, n in summary.calls.items()))
    figures = summary.figures
    for name, (key, text) in RATIOS.items():
        value = figures[key]
        yield _family(f"{name}_ratio", text, [] if value is None else [({}, value / 100)])
    delay, talking = figures["session_request_delay_ms"], figures["session_duration_s"]
    yield _family(
        "pdd_seconds", "Mean post-dial delay of answered calls.", [] if delay is None else [({}, delay / 1000)]
    )
    yield _family("acd_seconds", "Mean duration of answered calls.", [] if talking is None else [({}, talking)])
    rules = (({"rule": each.rule, "severity": each.severity}, each.findings) for each in summary.findings)
    yield _family("findings", "Findings by rule.", rules)
    yield _family("captures", "Captures by state.", (({"state": state}, n) for state, n in summary.captures.items()))
    yield _family("messages", "SIP messages read.", [({}, summary.sip_messages)])


def _family(name: str, text: str, samples: Iterable[Sample]) -> str:
    lines = [f"sipdiag_{name}{_labels(labels)} {value:g}" for labels, value in samples]
    return "\n".join([f"# HELP sipdiag_{name} {text}", f"# TYPE sipdiag_{name} gauge", *lines]) + "\n"


def _labels(labels: dict[str, str]) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return shown(value).replace("\\", "\\\\").replace('"', '\\"')
