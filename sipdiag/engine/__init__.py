"""The batch: many captures, judged in shards, with the same result as all of them read serially.

The door of the room: `audit` does the work of an `Order` with a crew and gives a `Report`; `summary_of` gives the
picture of what lies there. What needs the heavy packages is imported when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sipdiag.engine.answers import answer
    from sipdiag.engine.auditing import Order, Report, audit
    from sipdiag.engine.cluster import Cluster
    from sipdiag.engine.crew import Alone, Crew, Processes
    from sipdiag.engine.files import becoming
    from sipdiag.engine.halves import told_in_halves
    from sipdiag.engine.metrics import metrics_of
    from sipdiag.engine.page import page_of
    from sipdiag.engine.part import Judging
    from sipdiag.engine.places import Place, places_of
    from sipdiag.engine.reading import How, Outcome
    from sipdiag.engine.results import described
    from sipdiag.engine.store import is_audit
    from sipdiag.engine.summary import Summary, summary_of
    from sipdiag.engine.terminal import print_summary
    from sipdiag.engine.watching import Watch

_HOMES = {
    "Alone": "crew",
    "Cluster": "cluster",
    "Crew": "crew",
    "How": "reading",
    "Judging": "part",
    "Order": "auditing",
    "Outcome": "reading",
    "Place": "places",
    "Processes": "crew",
    "Report": "auditing",
    "Summary": "summary",
    "Watch": "watching",
    "answer": "answers",
    "audit": "auditing",
    "becoming": "files",
    "described": "results",
    "is_audit": "store",
    "metrics_of": "metrics",
    "page_of": "page",
    "places_of": "places",
    "print_summary": "terminal",
    "summary_of": "summary",
    "told_in_halves": "halves",
}

__all__ = [
    "Alone",
    "Cluster",
    "Crew",
    "How",
    "Judging",
    "Order",
    "Outcome",
    "Place",
    "Processes",
    "Report",
    "Summary",
    "Watch",
    "answer",
    "audit",
    "becoming",
    "described",
    "is_audit",
    "metrics_of",
    "page_of",
    "places_of",
    "print_summary",
    "summary_of",
    "told_in_halves",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (each name has a type of its own, told above)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"sipdiag.engine.{_HOMES[name]}"), name)
