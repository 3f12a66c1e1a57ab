"""The example repository under samples/ci: its recordings, its pipelines, and what they print."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from junitparser import JUnitXml

from reporting import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ROOT / "samples" / "ci"
OUTPUT = SAMPLE / "output"
FILES = {"github.txt", "gitlab.txt", "sipdiag.xml", "summary.md", "sarif-results.json"}


@cache
def script() -> Any:  # noqa: ANN401
    """The script that writes the folder."""
    sys.path.insert(0, str(SAMPLE))
    try:
        import write  # noqa: PLC0415
    finally:
        sys.path.remove(str(SAMPLE))
    return write


@cache
def printed(recording: str) -> dict[str, str]:
    """What the pipelines print now."""
    told: dict[str, str] = script().outputs(recording)
    return told


def without_what_grows(name: str, text: str) -> str:
    """JUnit without the cases that passed, one a rule: a new rule is no change; results without the rules' numbers."""
    if name.endswith(".xml"):
        return re.sub(r' tests="\d+"', "", re.sub(r"    <testcase [^>]*/>\n", "", text))
    return re.sub(r'      "ruleIndex": \d+,\n|    "ruleIndex": \d+,\n', "", text)


@pytest.mark.parametrize("recording", ["passing", "failing"])
def test_the_recordings_are_what_the_script_writes(recording: str, tmp_path: Path) -> None:
    """Byte for byte."""
    script().build(tmp_path)
    stored = SAMPLE / "project" / "recordings" / f"{recording}.pcap"
    assert (tmp_path / f"{recording}.pcap").read_bytes() == stored.read_bytes()


@pytest.mark.parametrize("recording", ["passing", "failing"])
def test_the_outputs_are_what_the_pipelines_print(recording: str) -> None:
    """`python samples/ci/write.py` writes them anew."""
    assert {path.name for path in (OUTPUT / recording).iterdir()} == set(printed(recording)) == FILES
    for name, text in printed(recording).items():
        stored = (OUTPUT / recording / name).read_text(encoding="utf-8")
        assert without_what_grows(name, stored) == without_what_grows(name, text), name


def test_the_good_recording_passes_and_the_bad_one_fails() -> None:
    """Every command of either pipeline that decides."""
    passing, failing = (
        "".join(printed(each)[f"{name}.txt"] for name in ("github", "gitlab")) for each in ("passing", "failing")
    )
    assert "[exit code 0]" in passing
    assert "[exit code 1]" not in passing
    assert failing.count("[exit code 1]") >= 5
    assert "::error " in failing
    assert "sipdiag report: report.html" in failing


def test_what_is_handed_on_is_read_by_others() -> None:
    """JUnit by junitparser, SARIF results as JSON."""
    for recording, fails in (("passing", False), ("failing", True)):
        suites = JUnitXml.fromstring(printed(recording)["sipdiag.xml"].encode())
        assert bool(suites.failures) is fails
        results = json.loads(printed(recording)["sarif-results.json"])
        new = [each for each in results if "suppressions" not in each]
        assert bool(new) is fails


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_the_pipelines_are_yaml_and_say_the_commands_that_are_run(name: str) -> None:
    """What is copied from here works as it stands."""
    path = script().PIPELINES[name]
    pipeline = yaml.safe_load(path.read_text(encoding="utf-8"))
    commands = script().commands_in(path)
    assert len(commands) >= 3
    if name == "github":
        steps = pipeline["jobs"]["test-call"]["steps"]
        assert [step["run"] for step in steps if "run" in step][1:] == commands
    else:
        job = pipeline["test-call"]
        assert [*job["script"], *job["after_script"]] == commands


def test_every_file_of_the_readme_is_there() -> None:
    """Links lead somewhere."""
    links = re.findall(r"\]\(([^)]+)\)", (SAMPLE / "README.md").read_text(encoding="utf-8"))
    assert len(links) > 5
    assert [link for link in links if not (SAMPLE / link).exists()] == []
