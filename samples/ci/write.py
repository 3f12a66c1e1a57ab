"""Writes what lies in this folder: two recordings of one test call, and what the pipelines of `project/` print on each.

`python samples/ci/write.py` writes them anew; a test holds that they are what it writes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, Agent, Dialog, sdp
from recording import LADDER, Recording

HERE = Path(__file__).resolve().parent
PROJECT = HERE / "project"
PIPELINES = {"github": PROJECT / ".github" / "workflows" / "sip.yml", "gitlab": PROJECT / ".gitlab-ci.yml"}
RECORDINGS = ("passing", "failing")
GATEWAY = Agent(user="gateway", domain="example.net", address="198.51.100.7")
"""Switched off, which everybody knows."""
IDENTITY = ("P-Asserted-Identity", "<sip:+12025550100@example.com>")
_COMMAND = re.compile(r"^\s*(?:- )?(?:run: )?((?:sipdiag|pytest) .*)$", re.MULTILINE)
_TOOK = re.compile(r"in \d+\.\d+s")
_AT = re.compile(r" at 0x[0-9a-f]+")


def passing(path: Path) -> None:
    """The test call as it should go: Alice asks the old gateway in vain, calls Bob, and he answers."""
    wire, call = _asked(path)
    invite = call.request(ALICE, "INVITE", IDENTITY, body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.1)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=1.2)
    wire.send(call.ack(answer), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=10)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


def failing(path: Path) -> None:
    """The same call after an update: no identity, another codec first, and no ACK."""
    wire, call = _asked(path)
    offer, described = (sdp(each).replace("RTP/AVP 0 8", "RTP/AVP 8 0") for each in (ALICE, BOB))
    invite = call.request(ALICE, "INVITE", body=offer)
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.1)
    answer = call.reply(invite, 200, body=described)
    wire.send(answer, BOB, ALICE, after=4.4)
    wire.repeat(answer, BOB, ALICE, LADDER)
    wire.wait(32)
    bye = call.request(BOB, "BYE")
    wire.send(bye, BOB, ALICE)
    wire.send(call.reply(bye, 200), ALICE, BOB)
    wire.write()


def _asked(path: Path) -> tuple[Recording, Dialog]:
    """A recording that begins with two OPTIONS that nobody answers."""
    wire = Recording(path=path)
    probe = Dialog(caller=ALICE, callee=GATEWAY, name=f"ci-probe-{path.stem}")
    for _ in range(2):
        options = probe.request(ALICE, "OPTIONS")
        wire.send(options, ALICE, GATEWAY)
        wire.repeat(options, ALICE, GATEWAY, LADDER)
        wire.wait(40)
    return wire, Dialog(caller=ALICE, callee=BOB, name=f"ci-{path.stem}")


def build(folder: Path) -> None:
    """Write both recordings."""
    passing(folder / "passing.pcap")
    failing(folder / "failing.pcap")


def commands_in(pipeline: Path) -> list[str]:
    """What a pipeline runs of sipdiag and pytest, in order."""
    return [found[1] for found in _COMMAND.finditer(pipeline.read_text(encoding="utf-8"))]


def outputs(recording: str) -> dict[str, str]:
    """What each pipeline leaves behind on a recording: its log, and the files that it hands on."""
    written = {}
    for name, pipeline in PIPELINES.items():
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "project"
            shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("__pycache__"))
            log = "".join(_run(command, project, recording) for command in commands_in(pipeline))
            written[f"{name}.txt"] = log
            for path in sorted(project.iterdir()):
                if path.suffix == ".xml" or path.name == "summary.md":
                    written[path.name] = path.read_text(encoding="utf-8")
                elif path.suffix == ".sarif":
                    results = json.loads(path.read_text(encoding="utf-8"))["runs"][0]["results"]
                    written["sarif-results.json"] = json.dumps(results, indent=2) + "\n"
    return written


def _run(command: str, project: Path, recording: str) -> str:
    """One command as a pipeline's shell runs it, with what it printed and its exit code."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR", "PY_COLORS")}
    environment = kept | {
        "CI": "true",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RECORDING": recording,
        "GITHUB_STEP_SUMMARY": "summary.md",
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "-p sipdiag.pytest_plugin -p no:cacheprovider",
    }
    ran = subprocess.run(
        ["bash", "-c", command], cwd=project, env=environment, capture_output=True, check=False, timeout=120
    )
    told = _AT.sub(" at 0x0", _TOOK.sub("in 0.00s", ran.stdout.decode() + ran.stderr.decode()))
    return f"$ {command}\n{told}[exit code {ran.returncode}]\n\n"


if __name__ == "__main__":
    build(PROJECT / "recordings")
    for each in RECORDINGS:
        folder = HERE / "output" / each
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, text in outputs(each).items():
            (folder / name).write_text(text, encoding="utf-8")
