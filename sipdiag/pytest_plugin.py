"""The pytest plugin: the fixture `sip_capture`, and `--sipdiag-report` for a page on what failed.

Every run of pytest in an environment with sipdiag loads this module, so it imports nothing of sipdiag until a test
asks for the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sipdiag.findings import Settings
    from sipdiag.report.recording import Recording
    from sipdiag.report.words import Words

_USED: pytest.StashKey[list[tuple[str, ...]]] = pytest.StashKey()
"""Of a test: the captures of the recordings that it asked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--sipdiag-report`, `--sipdiag-lang`."""
    group = parser.getgroup("sipdiag", "SIP recordings")
    group.addoption("--sipdiag-report", metavar="FILE.html", help="Write a page on recordings of failed tests.")
    group.addoption("--sipdiag-lang", metavar="LANGUAGE", default="en", help="Language of failures: en or pt.")


@pytest.fixture
def sip_capture(request: pytest.FixtureRequest) -> Callable[..., Recording]:
    """Give a function that analyses captures: `sip_capture("call.pcap")`.

    A relative path is looked for beside the test, then below the root of the project. Several captures are analysed
    together, as parts of one recording.
    """

    def recording(*paths: str | Path, settings: Settings | None = None) -> Recording:
        __tracebackhide__ = True
        from sipdiag.errors import CaptureError  # noqa: PLC0415  (see above)
        from sipdiag.report.recording import Recording  # noqa: PLC0415

        if not paths:
            raise TypeError("sip_capture takes at least one path")
        found = [_found(Path(path), request) for path in paths]
        unreadable = None
        try:
            made = Recording(found, _words(request.config), settings)
        except CaptureError as error:
            unreadable = str(error)
        if unreadable is not None:  # outside of the handler, or pytest would tell the whole chain
            pytest.fail(unreadable, pytrace=False)
        request.node.stash.setdefault(_USED, []).append(made.paths)
        return made

    return recording


def pytest_configure(config: pytest.Config) -> None:
    """Follow what fails, where a page on it is wanted."""
    if config.getoption("sipdiag_report"):
        config.pluginmanager.register(_Failed(config), "sipdiag-report")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Name the recordings of a test that failed in its report, which goes from a worker to whoever started it."""
    report = yield
    del call
    if report.failed and _USED in item.stash:
        vars(report)["sipdiag_recordings"] = [list(paths) for paths in item.stash[_USED]]
    return report


class _Failed:
    """The recordings of tests that failed, each once."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._recordings: dict[tuple[str, ...], None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember them."""
        self._recordings.update((tuple(paths), None) for paths in getattr(report, "sipdiag_recordings", ()))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401  (no public type)
        """Write the page, and say where it is."""
        if not self._recordings:
            return
        from sipdiag.errors import CaptureError  # noqa: PLC0415  (see above)

        try:
            for path in _written(
                Path(self._config.getoption("sipdiag_report")), self._recordings, _words(self._config)
            ):
                terminalreporter.write_line(f"sipdiag report: {path}")
        except (CaptureError, OSError) as error:  # a test may have removed its recording
            terminalreporter.write_line(f"sipdiag report: not written: {error}", red=True)


def _words(config: pytest.Config) -> Words:
    from sipdiag.knowledge import Catalogue  # noqa: PLC0415  (see above)
    from sipdiag.report.words import Words  # noqa: PLC0415

    return Words(Catalogue(config.getoption("sipdiag_lang")))


def _found(path: Path, request: pytest.FixtureRequest) -> str:
    """The path as it reads best: from where pytest was started, as long as the test is there too."""
    beside = request.path.parent / path
    found = os.path.normpath(beside if beside.exists() else request.config.rootpath / path)
    begun = request.config.invocation_params.dir
    return os.path.relpath(found, begun) if Path.cwd() == begun and Path(found).is_relative_to(begun) else found


def _written(target: Path, recordings: Iterable[tuple[str, ...]], words: Words) -> list[Path]:
    """The pages: one, unless recordings of different tests use the same Call-IDs, which would become one call."""
    from sipdiag.analysis import conclude, read  # noqa: PLC0415  (see above)
    from sipdiag.report import page  # noqa: PLC0415
    from sipdiag.report.written import becoming  # noqa: PLC0415

    written = []
    for number, group in enumerate(_groups(recordings), 1):
        path = target if number == 1 else target.with_name(f"{target.stem}-{number}{target.suffix}")
        analysis = conclude([read(each, capture=at) for at, each in enumerate(group)])
        path.parent.mkdir(parents=True, exist_ok=True)
        with becoming(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
            file.writelines(page.pieces(analysis, words))
        written.append(path)
    return written


def _groups(recordings: Iterable[tuple[str, ...]]) -> list[list[str]]:
    """Paths that may be analysed together: recordings without a Call-ID in common."""
    from sipdiag.analysis import read  # noqa: PLC0415  (see above)

    groups: list[tuple[set[str], list[str]]] = []
    for paths in recordings:
        call_ids = {each.message.call_id for path in paths for each in read(path, media=False).sightings}
        group = next((group for group in groups if group[0].isdisjoint(call_ids)), None)
        if group is None:
            group = (set(), [])
            groups.append(group)
        group[0].update(call_ids)
        group[1].extend(paths)
    return [paths for _, paths in groups]
