"""Runs audits as the command does, without its words, and reads what they leave."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sipdiag.analysis import Analysis, conclude, read
from sipdiag.engine import Alone, Crew, Order, Report, audit, places_of
from sipdiag.engine.results import call_table, finding_table, response_table, stream_table
from sipdiag.findings import Policy, Settings
from sipdiag.knowledge import Catalogue
from sipdiag.report import Words
from sipdiag.report.streams import stream_rows
from sipdiag.trace import aligned

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FOLDERS = sorted({path.parent for path in SAMPLES.glob("*/*.pcap*")})
SPEAKING = [folder for folder in FOLDERS if "media" in folder.name]
"""Samples with media: all together they would be a crowd of calls at one port, of which a stream is the nearest's."""
SILENT = [folder for folder in FOLDERS if folder not in SPEAKING]
TODAY = date(2026, 3, 2)
ORDER = {"calls": ("time", "call_id"), "responses": ("time", "capture", "frame"), "findings": ("number",)}


class Steps:
    """Counts the stages of an audit and what they did."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int]] = []
        self.done = 0
        self.counts: dict[str, int] = {}

    def begin(self, stage: str, total: int) -> None:
        """A stage begins."""
        self.stages.append((stage, total))

    def step(self, **counts: int) -> None:
        """Something is done."""
        self.done += 1
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count


@cache
def words() -> Words:
    return Words(Catalogue("en"))


def audited(paths: list[str], target: Path, crew: Crew | None = None, steps: Steps | None = None) -> Report:
    """Audit `paths` into `target`."""
    places, missing = places_of(paths)
    assert missing == []
    order = Order(places=places, target=target, settings=Settings(), policy=Policy(), today=TODAY)
    return audit(order, words(), crew or Alone(), steps or Steps())


def rows(target: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a dataset, in an order that does not depend on shards."""
    told: list[dict[str, Any]] = pq.read_table(target / "latest" / name).to_pylist()
    keys = ORDER.get(name, ())
    return sorted(told, key=lambda row: tuple(row[key] for key in keys)) if keys else told


def serially(target: Path) -> Analysis:
    """The analysis of the captures of an audit, read one after the other."""
    named = [row for row in rows(target, "captures") if row["state"] == "read"]
    return conclude(aligned([read(row["path"], capture=row["number"]) for row in named]))


def expected(analysis: Analysis, name: str) -> list[dict[str, Any]]:
    """What a dataset must hold."""
    tables = {
        "calls": lambda: call_table(analysis.correlation.calls),
        "responses": lambda: response_table(analysis.correlation.arrivals),
        "findings": lambda: finding_table(analysis.findings, words()),
        "streams": lambda: stream_table(stream_rows(analysis.carriage)),
    }
    told: list[dict[str, Any]] = tables[name]().to_pylist()
    keys = ORDER.get(name, ())
    return sorted(told, key=lambda row: tuple(row[key] for key in keys)) if keys else told
