"""Keeps the outputs pasted in README.md true: runs each command that stands there and puts its output below it.

`python tests/readme_outputs.py` rewrites README.md and its picture; the test beside it only compares.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "samples" / "ack-missing" / "report.svg"
PICTURED = "sipdiag -q samples/ack-missing/ack-missing.pcap"

_BLOCK = re.compile(r"^```console\n\$ (?P<command>[^\n]+)\n.*?^```$", re.MULTILINE | re.DOTALL)
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def refreshed(readme: str) -> str:
    """`readme` with the real output below each `$ command` of a console block."""
    return _BLOCK.sub(lambda block: f"```console\n$ {block['command']}\n{output_of(block['command'])}```", readme)


def output_of(command: str) -> str:
    """What `command` prints when it is run at the top of a checkout, 80 columns wide, in English."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
    }
    ran = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=120
    )
    return ran.stdout.decode() + ran.stderr.decode()


def picture() -> str:
    """The report on the sample of a missing ACK, as a terminal shows it, drawn as SVG without anything from outside."""
    from rich.console import Console  # noqa: PLC0415  (only the picture needs it)
    from rich.text import Text  # noqa: PLC0415

    console = Console(record=True, width=80, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ {PICTURED}\n" + output_of(PICTURED + " --color always")))
    return _FONT_FACE.sub("", console.export_svg(title="sipdiag", unique_id="sipdiag"))


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
