"""The result as a store that people query: Parquet datasets, and a DuckDB file of views over them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.engine.files import becoming
from sipdiag.engine.results import TABLES
from sipdiag.errors import UsageError
from sipdiag.report.written import PRIVATE

if TYPE_CHECKING:
    import duckdb

VIEWS = "audit.duckdb"
LATEST = "latest"
MEMORY = "256MB"
"""What the store may hold in memory at a time for a summary; the rest goes to the folder of the audit meanwhile."""


def publish(target: Path, data: Path) -> None:
    """Make `data` the result that everybody sees, in one step."""
    latest, beside = target / LATEST, target / f".{LATEST}.part"
    beside.unlink(missing_ok=True)
    beside.symlink_to(data.relative_to(target))
    beside.replace(latest)
    with becoming(target / VIEWS) as partial:
        import duckdb  # noqa: PLC0415  (a quarter of a second, and only who queries needs it)

        partial.unlink()  # DuckDB makes its file itself
        with duckdb.connect(str(partial)) as store:
            _define_views(store, target)
        partial.chmod(PRIVATE)


def is_whole(data: Path) -> bool:
    """Whether a result is there with all its tables."""
    return (data / "complete").exists() and all(any((data / name).glob("*.parquet")) for name in TABLES)


def _define_views(store: duckdb.DuckDBPyConnection, target: Path) -> None:
    for name in TABLES:
        folder = (target / LATEST / name).absolute()
        # Each by its name: the folder's own may hold what DuckDB takes for a pattern.
        files = sorted((path for path in folder.glob("*.parquet")), key=lambda path: int(path.stem))
        if not files:
            raise UsageError(f"{target}: its table {name} is gone; audit again")
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        store.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608  (of our making)


def is_audit(target: Path) -> bool:
    """Whether the folder holds the result of an audit."""
    return (target / LATEST).exists()


@contextmanager
def store_in(target: Path, *, sparing: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The views over the result in `target`, wherever that lies now; `sparing` lets it use no more than `MEMORY`.

    Raises `UsageError` when there is no result.
    """
    if not is_audit(target):
        raise UsageError(f"{target}: holds no audit")
    import duckdb  # noqa: PLC0415  (the same)

    given: dict[str, str | bool | int | float | list[str]] = {"python_enable_replacements": False}
    if sparing:
        given |= {"memory_limit": MEMORY, "temp_directory": str(target / "work" / "sums"), "threads": 1}
    with duckdb.connect(config=given) as store:
        store.execute("SET TimeZone = 'UTC'")  # hours begin there, whatever the place this runs at
        _define_views(store, target)
        yield store
