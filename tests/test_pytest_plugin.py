"""Tests of `sipdiag.pytest_plugin`: a project's own pytest run, in a process of its own."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from reporting import ROOT, sample

GOOD, BAD, BUSY = (sample(f"{name}/{name}") for name in ("call-answered", "ack-missing", "call-busy"))


@dataclass(frozen=True)
class Ran:
    """What a run of pytest left behind."""

    code: int
    out: str


def run(folder: Path, test: str, *options: str) -> Ran:
    """Run pytest on one test file, with the plugin and no other."""
    (folder / "test_calls.py").write_text(test)
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "sipdiag.pytest_plugin", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def test_a_recording_is_found_beside_its_test(tmp_path: Path) -> None:
    """By a path relative to the test, or to the root of the project."""
    (tmp_path / "call.pcap").write_bytes(GOOD.read_bytes())
    (tmp_path / "tests").mkdir()
    test = (
        "def test_it(sip_capture):\n    assert sip_capture('call.pcap').assert_call(outcome='answered').number == 1\n"
    )
    assert run(tmp_path, test).code == 0
    (tmp_path / "tests" / "test_inner.py").write_text(test)
    assert run(tmp_path, test, "tests").code == 0


def test_a_failure_is_readable(tmp_path: Path) -> None:
    """What was expected, what was seen, in which frame; not a line of the plugin."""
    test = f"def test_it(sip_capture):\n    sip_capture({str(BUSY)!r}).assert_call(outcome='answered')\n"
    ran = run(tmp_path, test)
    assert ran.code == 1
    assert "outcome: expected answered, seen failed (frame 3)" in ran.out
    assert "recording.py" not in ran.out
    assert "atendida" in run(tmp_path, test, "--sipdiag-lang", "pt").out


def test_a_capture_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    """In one line."""
    ran = run(tmp_path, "def test_it(sip_capture):\n    sip_capture('missing.pcap')\n")
    assert ran.code == 1
    assert "missing.pcap: " in ran.out
    assert "Traceback" not in ran.out
    assert "another exception" not in ran.out


def test_a_page_is_written_on_what_failed(tmp_path: Path) -> None:
    """With the recordings of tests that failed, and no others; where nothing failed, nothing is written."""
    test = (
        f"def test_bad(sip_capture):\n    sip_capture({str(BAD)!r}).assert_no_findings()\n"
        f"def test_good(sip_capture):\n    sip_capture({str(GOOD)!r}).assert_no_findings()\n"
    )
    ran = run(tmp_path, test, "--sipdiag-report", "out/report.html")
    assert ran.code == 1
    assert "sipdiag report: out/report.html" in ran.out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "ack-missing.pcap" in page
    assert "call-answered.pcap" not in page
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.html"]
    assert stat.S_IMODE((tmp_path / "out" / "report.html").stat().st_mode) == 0o600
    run(tmp_path, test, "--sipdiag-report", "none.html", "-k", "good")
    assert not (tmp_path / "none.html").exists()


def test_recordings_with_the_same_call_ids_get_pages_of_their_own(tmp_path: Path) -> None:
    """Test tools count their Call-IDs from one in each run: such calls are not one call."""
    for name in ("a.pcap", "b.pcap"):
        (tmp_path / name).write_bytes(BAD.read_bytes())
    test = "import pytest\n@pytest.mark.parametrize('name', ['a.pcap', 'b.pcap'])\ndef test_it(sip_capture, name):\n"
    test += "    sip_capture(name).assert_no_findings()\n"
    ran = run(tmp_path, test, "--sipdiag-report", "report.html")
    assert ran.out.count("sipdiag report: ") == 2
    assert "b.pcap" in (tmp_path / "report-2.html").read_text(encoding="utf-8")


def test_a_recording_that_is_gone_is_told(tmp_path: Path) -> None:
    """In place of the page; the run itself goes on."""
    test = "import pathlib\ndef test_it(sip_capture):\n    path = pathlib.Path('a.pcap')\n"
    test += f"    path.write_bytes(pathlib.Path({str(BAD)!r}).read_bytes())\n"
    test += "    recording = sip_capture('a.pcap')\n    path.unlink()\n    recording.assert_no_findings()\n"
    ran = run(tmp_path, test, "--sipdiag-report", "report.html")
    assert ran.code == 1
    assert "sipdiag report: not written: a.pcap: " in ran.out
    assert "INTERNALERROR" not in ran.out


def test_a_worker_tells_who_started_it() -> None:
    """The recordings go with the report of their test, as text: pytest-xdist hands on nothing else."""
    report = pytest.TestReport("a", ("a", 0, "a"), {}, "failed", "", "call", sipdiag_recordings=[["a.pcap"]])
    again = pytest.TestReport._from_json(json.loads(json.dumps(report._to_json())))
    assert vars(again)["sipdiag_recordings"] == [["a.pcap"]]


def test_it_costs_nothing_when_it_is_not_used(tmp_path: Path) -> None:
    """Of sipdiag the package and the plugin are there when a test runs, and nothing else: no NumPy, no msgspec."""
    test = (
        "import sys\n"
        "def test_it():\n"
        "    ours = {name for name in sys.modules if name.partition('.')[0] == 'sipdiag'}\n"
        "    assert ours == {'sipdiag', 'sipdiag.pytest_plugin'}\n"
        "    assert not {'numpy', 'msgspec', 'click', 'rich', 'jinja2'} & set(sys.modules)\n"
    )
    ran = run(tmp_path, test)
    assert ran.code == 0, ran.out


def test_loading_it_takes_next_to_no_time() -> None:
    """Beside pytest itself: the package, the plugin, and no third module."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import pytest; print(); import sipdiag.pytest_plugin"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    names = [line.rpartition("|")[2].strip() for line in lines]
    assert names[names.index("pytest") + 1 :] == ["sipdiag", "sipdiag.pytest_plugin"]


def test_pytest_finds_the_plugin_by_its_entry_point() -> None:
    """The wheel says where it is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (module,) = project["entry-points"]["pytest11"].values()
    assert callable(import_module(module).sip_capture)


@pytest.mark.parametrize("option", ["--sipdiag-report", "--sipdiag-lang"])
def test_the_options_are_in_the_help(tmp_path: Path, option: str) -> None:
    """Of pytest itself."""
    assert option in run(tmp_path, "", "--help").out
