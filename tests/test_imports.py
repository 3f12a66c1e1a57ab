"""Starting is quick because little is imported: only what is listed here, and less where less is needed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from command import environment
from reporting import sample

if TYPE_CHECKING:
    from pathlib import Path

CAPTURE = sample("call-answered/call-answered")
WITH_MEDIA = sample("call-with-media/call-with-media")
ENGINE = {"sipdiag", "msgspec", "click"}
COLUMNS = {"numpy"}
"""A small capture of signalling alone is read without it: it takes longer to import than such a capture takes."""
NOT_OURS = {"typing_extensions", "org"}
"""What msgspec takes if it is there, and what `copy` tries on Jython."""
DRAWING = {"rich"}
"""Only the text report draws; of what rich can use (pygments, markdown_it) nothing is needed."""
COSTLY = {"asyncio", "email", "http", "ssl", "unittest", "xml", "multiprocessing", "concurrent", "tkinter", "sqlite3"}
"""Of the standard library: what no report needs, and what takes longer than the rest together."""


def imported(*arguments: str | Path) -> set[str]:
    """The top-level modules that one run imports, beyond what an empty Python does in this environment."""
    return _modules("-m", "sipdiag", *map(str, arguments)) - _modules("-c", "")


def _modules(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    told = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {name.partition(".")[0] for name in told[1:]}


def foreign(modules: set[str]) -> set[str]:
    """Those that are not of the standard library."""
    return {name for name in modules if not name.startswith("_")} - sys.stdlib_module_names - NOT_OURS


@pytest.mark.parametrize(
    ("options", "allowed"),
    [([], ENGINE | DRAWING), (["--format", "json"], ENGINE), (["-v", "--lang", "pt"], ENGINE | DRAWING)],
)
def test_a_report_imports_only_what_it_needs(options: list[str], allowed: set[str]) -> None:
    """No scapy, pyshark or rich_click; and no rich for JSON."""
    modules = imported(*options, CAPTURE)
    assert foreign(modules) == allowed
    assert modules & COSTLY == set()


def test_media_are_read_by_columns() -> None:
    """Then, and only then, with NumPy."""
    modules = imported(WITH_MEDIA)
    assert foreign(modules) == ENGINE | DRAWING | COLUMNS
    assert modules & COSTLY == set()


def test_halves_of_a_large_capture_are_made_without_the_tables_of_an_audit() -> None:
    """No pyarrow, which takes longer to import than 1,000 messages to read."""
    modules = _modules("-c", "import sipdiag.engine.halves") - _modules("-c", "")
    assert foreign(modules) <= {"sipdiag", "msgspec"} | COLUMNS


@pytest.mark.parametrize("arguments", [["--version"], ["analyze", "--schema"]])
def test_what_reads_no_capture_imports_no_reader(arguments: list[str]) -> None:
    """Neither NumPy nor rich."""
    assert foreign(imported(*arguments)) & {"numpy", "rich", "scapy"} == set()


def test_importing_the_package_is_next_to_nothing() -> None:
    """The front door loads lazily (PEP 562)."""
    assert foreign(_modules("-c", "import sipdiag") - _modules("-c", "")) <= {"sipdiag"}


@pytest.mark.parametrize("room", ["analysis", "report.terminal", "report.json_document"])
def test_what_is_known_of_messages_needs_no_columns(room: str) -> None:
    """NumPy is for reading captures, and takes longer to import than all that makes sense of what was read."""
    assert "numpy" not in _modules("-c", f"import sipdiag.{room}")
