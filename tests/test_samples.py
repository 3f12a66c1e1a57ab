"""The samples: every capture is what its script writes, and the analysis gives what its story must give."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sipdiag.analysis import Analysis, analyze
from sipdiag.calls import Arrival, Repeat, status
from sipdiag.findings import unfolded
from sipdiag.rules import RULES
from sipdiag.trace import Sighting

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FOLDERS = sorted(script.parent for script in SAMPLES.glob("*/build.py"))
CAPTURES = sorted(SAMPLES.glob("*/*.pcap"))
RULE_NAMES = sorted(rule.NAME for field in msgspec.structs.fields(RULES) for rule in getattr(RULES, field.name))
HEALTHY = [folder for folder in FOLDERS if folder.name not in RULE_NAMES]
LENGTH_OF_README = range(10, 41)

IN_DISPUTE: dict[str, str] = {}
"""Capture → where the analysis and the story differ; what stands here fails the test once the analysis agrees."""


CUT_SHORT = {"capture-damaged/capture-damaged.pcap", "capture-truncated/capture-truncated.pcap"}
"""Captures that Wireshark reads to the damage, and then complains."""
BEHIND_DAMAGE = {"capture-damaged/capture-damaged.pcap": 1}
"""Messages behind a record that cannot be, where Wireshark stops reading."""


def named(path: Path) -> str:
    """`folder/file` of a capture."""
    return f"{path.parent.name}/{path.name}"


@cache
def expected(folder: Path) -> dict[str, Any]:
    """What the stories of one folder must give, by the name of the capture."""
    document: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    return document


@cache
def tshark() -> str:
    """Where tshark is; the test is skipped where it is not."""
    path = shutil.which("tshark")
    if path is None:
        pytest.skip("tshark is not installed")
    return path


@pytest.fixture(scope="session")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a subfolder for every sample, holding what its script writes now."""
    root = tmp_path_factory.mktemp("samples")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SAMPLES))
        for folder in FOLDERS:
            specification = importlib.util.spec_from_file_location(
                f"sample_{folder.name.replace('-', '_')}", folder / "build.py"
            )
            assert specification is not None
            assert specification.loader is not None
            script = importlib.util.module_from_spec(specification)
            specification.loader.exec_module(script)
            (root / folder.name).mkdir()
            script.build(root / folder.name)
    return root


def told(analysis: Analysis) -> dict[str, Any]:
    """`analysis` in the words of expected.json."""
    seen = analysis.correlation
    return {
        "sip_messages": sum(facts.sip_messages for facts in analysis.captures),
        "calls": [
            {
                "state": call.state.value,
                "final_code": None if call.final is None else status(call.final),
                "invite_frame": frame_of(call.invite),
                "answer_frame": frame_of(call.answer),
                "ack_frame": frame_of(call.ack),
                "ended_by": call.ended_by,
            }
            for call in seen.calls
        ],
        "registrations": [{"aor": each.aor, "state": each.state.value} for each in seen.registrations],
        "subscriptions": [{"event": each.event, "state": each.state.value} for each in seen.subscriptions],
        "responses": [response_row(each) for each in seen.arrivals if status(each.sighting)],
        "findings": [
            {
                "rule": finding.rule,
                "variant": finding.variant,
                "severity": finding.severity.value,
                "confidence": finding.confidence.value,
                "frames": finding.frames,
            }
            for finding in unfolded(analysis.findings)
        ],
    }


def response_row(arrival: Arrival) -> list[Any]:
    """Frame, code, method, frame of the request, frame of the first copy where this is a retransmission."""
    seen = arrival.sighting
    request = None if arrival.transaction is None else arrival.transaction.request
    first = arrival.first if arrival.repeat is Repeat.RETRANSMISSION else None
    method = getattr(seen.message, "cseq_method", "")
    return [seen.frame, status(seen), method, frame_of(request), frame_of(first)]


def frame_of(sighting: Sighting | None) -> int | None:
    """The frame of something that may not have been seen."""
    return None if sighting is None else sighting.frame


@pytest.mark.parametrize("capture", CAPTURES, ids=named)
def test_the_analysis_gives_what_the_story_must_give(capture: Path, request: pytest.FixtureRequest) -> None:
    """Calls, responses and findings are those that follow from the story, neither more nor fewer."""
    if named(capture) in IN_DISPUTE:
        request.applymarker(pytest.mark.xfail(reason=IN_DISPUTE[named(capture)], strict=True))
    given, due = told(analyze([str(capture)])), expected(capture.parent)[capture.name]
    by_frames = sorted(given.pop("findings"), key=lambda finding: (finding["frames"], finding["rule"]))
    due = dict(due)
    assert by_frames == sorted(due.pop("findings"), key=lambda finding: (finding["frames"], finding["rule"]))
    assert given == due


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_captures_are_what_the_script_writes(folder: Path, rebuilt: Path) -> None:
    """A capture on disk is byte for byte what its script writes, and each is expected to give something."""
    fresh = {path.name: path.read_bytes() for path in (rebuilt / folder.name).iterdir()}
    stored = {path.name: path.read_bytes() for path in folder.glob("*.pcap")}
    assert sorted(fresh) == sorted(stored) == sorted(expected(folder))
    assert f"{folder.name}.pcap" in stored
    for name, data in fresh.items():
        assert data == stored[name], name


@pytest.mark.parametrize("capture", CAPTURES, ids=named)
def test_wireshark_reads_the_capture(capture: Path) -> None:
    """Wireshark finds as many SIP messages, and nothing malformed; what ICMP quotes is none."""
    command = [tshark(), "-r", str(capture), "-o", "tcp.desegment_tcp_streams:TRUE", "-T", "fields"]
    fields = ["-e", "sip.CSeq", "-e", "_ws.malformed", "-E", "aggregator=|", "-E", "separator=;"]
    read = subprocess.run(
        [*command, *fields, "-Y", "sip and not icmp and not icmpv6"], capture_output=True, text=True, check=False
    )
    assert (read.returncode == 0) != (named(capture) in CUT_SHORT), read.stderr
    rows = [line.split(";") for line in read.stdout.splitlines()]
    assert [row[1] for row in rows] == [""] * len(rows)
    messages = sum(row[0].count("|") + 1 for row in rows)
    behind = BEHIND_DAMAGE.get(named(capture), 0)
    assert messages + behind == expected(capture.parent)[capture.name]["sip_messages"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_folder_tells_its_story(folder: Path) -> None:
    """A README names every capture of the folder and the command that shows it."""
    readme = (folder / "README.md").read_text()
    assert len(readme.splitlines()) in LENGTH_OF_README
    assert f"sipdiag samples/{folder.name}/{folder.name}.pcap" in readme
    for capture in folder.glob("*.pcap"):
        assert capture.name in readme


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_the_rule_has_its_sample_and_its_silent_twin(rule: str) -> None:
    """A rule has a capture that shows it, and one that almost does and must not be told of."""
    shown, silent = (expected(SAMPLES / rule)[name]["findings"] for name in (f"{rule}.pcap", "silent.pcap"))
    assert rule in {finding["rule"] for finding in shown}
    assert rule not in {finding["rule"] for finding in silent}


@pytest.mark.parametrize(
    "folder", [each for each in FOLDERS if each.name not in RULE_NAMES], ids=lambda each: each.name
)
def test_a_healthy_sample_is_expected_to_be_quiet(folder: Path) -> None:
    """What went well is nothing to be warned of: at most notes."""
    findings = [finding for due in expected(folder).values() for finding in due["findings"]]
    assert {finding["severity"] for finding in findings} <= {"note"}
