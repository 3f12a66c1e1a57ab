"""Tests of `sipdiag extract`: one call in a capture of its own, read by others."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from command import argv, environment, run
from reporting import sample
from sealed import over_tls
from talking import CAROL, DAVE, call, recorded
from tests.capture.build import enhanced, interface, option, section
from tests.test_wrappings import SAID

if TYPE_CHECKING:
    from pathlib import Path

ONE = "one@192.0.2.10"
TSHARK = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A capture of two calls at a time."""
    path = tmp_path / "two.pcap"
    path.write_bytes(recorded(call(), call("two@192.0.2.11", caller=CAROL, callee=DAVE, at=0.003)))
    return path


def report(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run("--format", "json", path).out)
    return told


def sip_of(path: Path, call_id: str) -> list[str]:
    """What Wireshark's dissector sees of one Call-ID."""
    fields = ("sip.Request-Line", "sip.Status-Line", "sip.CSeq", "sip.Via", "sdp.media")
    wanted = [word for name in fields for word in ("-e", name)]
    done = subprocess.run(
        ["tshark", "-r", path, "-Y", f'sip.Call-ID == "{call_id}"', "-T", "fields", *wanted],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_call_has_a_capture_of_its_own(two: Path, tmp_path: Path) -> None:
    """Analysed by itself it says what the whole capture says of that call."""
    target = tmp_path / "one.pcap"
    ran = run("extract", two, "--call", ONE, "-o", target)
    assert (ran.code, ran.out) == (0, "")
    assert f"{len(call())} packets, 6 of them signalling, {len(call()) - 6} media" in ran.err
    told, whole = report(target), report(two)
    assert [each["call_ids"] for each in told["calls"]] == [[ONE]]
    same = ("from", "to", "state", "final_code", "setup_ms", "duration_ms")
    (expected,) = [each for each in whole["calls"] if each["call_ids"] == [ONE]]
    assert {name: told["calls"][0][name] for name in same} == {name: expected[name] for name in same}


@TSHARK
def test_wireshark_sees_the_same_messages(two: Path, tmp_path: Path) -> None:
    """Of the call, and none of another."""
    target = tmp_path / "one.pcap"
    run("extract", two, "--call", ONE, "-o", target)
    assert len(sip_of(target, ONE)) == 6
    assert sip_of(target, ONE) == sip_of(two, ONE)
    assert sip_of(target, "two@192.0.2.11") == []


@TSHARK
@pytest.mark.parametrize("name", ["call-over-tcp", "call-answered-ipv6", "call-vlan-mirrored", "call-through-b2bua"])
def test_wireshark_sees_every_shape(name: str, tmp_path: Path) -> None:
    """TCP in segments, IPv6, VLAN tags, two legs: each message of each Call-ID."""
    source, target = sample(f"{name}/{name}"), tmp_path / "one.pcap"
    assert run("extract", source, "--call", "1", "-o", target).code == 0
    for call_id in report(source)["calls"][0]["call_ids"]:
        assert sip_of(source, call_id)
        assert sip_of(target, call_id) == sip_of(source, call_id)


def test_comments_and_the_format_stay(tmp_path: Path) -> None:
    """A pcapng capture makes a pcapng capture, with what somebody wrote about its packets."""
    data = recorded(call(packets=0))
    blocks, at = [section(), interface()], 24
    while at < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "little")
        block = enhanced(data[at + 16 : at + 16 + length], 7)
        told = option(1, b"look here") + option(0, b"")
        size = (len(block) + len(told)).to_bytes(4, "little")
        blocks.append(block[:4] + size + block[8:-4] + told + size)
        at += 16 + length
    source, target = tmp_path / "call.pcapng", tmp_path / "one"
    source.write_bytes(b"".join(blocks))
    assert run("extract", source, "--call", "1", "-o", target).code == 0
    assert target.read_bytes().count(b"look here") == len(blocks) - 2
    assert report(target)["captures"][0]["format"] == "pcapng"


def test_the_ending_of_the_name_says_the_format(two: Path, tmp_path: Path) -> None:
    """.pcapng and .pcap; otherwise as the capture was."""
    for name, form in (("a.pcapng", "pcapng"), ("a.pcap", "pcap"), ("a.cap", "pcap")):
        run("extract", two, "--call", ONE, "-o", tmp_path / name)
        assert report(tmp_path / name)["captures"][0]["format"] == form


def test_standard_output_takes_a_capture(two: Path) -> None:
    """`-o -`, for the next program."""
    done = subprocess.run(argv("extract", two, "--call", ONE, "-o", "-"), capture_output=True, check=True)
    assert done.stdout[:4] == b"\xd4\xc3\xb2\xa1"
    assert len(done.stdout) > 10_000


def test_a_file_is_whole_and_private(two: Path, tmp_path: Path) -> None:
    """0600; a link is replaced, never followed; nothing half-written is left."""
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "one.pcap"
    elsewhere.write_text("precious")
    link.symlink_to(elsewhere)
    assert run("extract", two, "--call", ONE, "-o", link).code == 0
    assert elsewhere.read_text() == "precious"
    assert not link.is_symlink()
    assert stat.S_IMODE(link.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "one.pcap", "two.pcap"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--call", "nobody"], "--call"),
        (["--call", "@192.0.2.1"], "2 Call-IDs"),
    ],
)
def test_what_is_not_one_call_is_2(arguments: list[str], told: str, two: Path, tmp_path: Path) -> None:
    """Nothing is written."""
    ran = run("extract", two, *arguments, "-o", tmp_path / "one.pcap")
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert not (tmp_path / "one.pcap").exists()


def test_inputs_are_safe(two: Path) -> None:
    """A capture is not written over itself, and standard input cannot be read twice."""
    before = two.read_bytes()
    assert run("extract", two, "--call", ONE, "-o", two).code == 2
    assert two.read_bytes() == before
    assert run("extract", "-", "--call", ONE, "-o", two, stdin=before).code == 2
    assert run("extract", two.parent / "missing", "--call", ONE, "-o", two).code == 3


def test_it_speaks_portuguese(two: Path, tmp_path: Path) -> None:
    """What was written, and what was wrong."""
    assert "de mídia" in run("extract", two, "--call", ONE, "-o", tmp_path / "a", "--lang", "pt").err
    assert "corresponde" in run("extract", two, "--call", "nobody", "-o", tmp_path / "a", "--lang", "pt").err


def test_a_full_disk_leaves_nothing(two: Path) -> None:
    """A folder that is not there, and a device that takes no more."""
    assert run("extract", two, "--call", ONE, "-o", two.parent / "no" / "such" / "folder.pcap").code == 2
    done = subprocess.run(
        ["bash", "-c", f"{argv()[0]} extract {two} --call {ONE} -o - > /dev/full"],
        capture_output=True,
        check=False,
        env=environment(),
    )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1


def test_an_anonymous_capture_gives_the_same_findings(tmp_path: Path) -> None:
    """It says what was replaced and what was not, and nobody is named in it.

    The key is given: of an address in a documentation network, where only the last octet is replaced, every 256th key
    makes the same.
    """
    target, key = tmp_path / "one.pcap", tmp_path / "key"
    key.write_bytes(b"a key of enough bytes")
    ran = run("extract", sample("ack-missing/ack-missing"), "--call", "1", "--anonymize", "--key", key, "-o", target)
    assert (ran.code, ran.out) == (0, "")
    assert "gives the same findings (1)" in ran.err
    assert "not hidden: " in ran.err
    told = report(target)
    assert [(each["rule"], each["frames"]) for each in told["findings"]] == [("ack-missing", list(range(4, 16)))]
    data = target.read_bytes()
    assert [gone for gone in (b"alice", b"Alice", b"example.com", b"192.0.2.10") if gone in data] == []


def test_a_key_gives_the_same_capture(two: Path, tmp_path: Path) -> None:
    """Without one every run gives another."""
    key = tmp_path / "key"
    key.write_bytes(b"a key of enough bytes")
    captures = []
    for number, options in enumerate((["--key", key], ["--key", key], [], [])):
        path = tmp_path / str(number)
        assert run("extract", two, "--call", ONE, "--anonymize", *options, "-o", path, "-q").err == ""
        captures.append(path.read_bytes())
    assert captures[0] == captures[1]
    assert len(set(captures)) == 3


def test_a_key_must_be_one(two: Path, tmp_path: Path) -> None:
    """Too short, not there, or without --anonymize: 2."""
    (tmp_path / "short").write_bytes(b"123")
    for options in (
        ["--anonymize", "--key", tmp_path / "short"],
        ["--anonymize", "--key", tmp_path / "no"],
        ["--key", two],
    ):
        assert run("extract", two, "--call", ONE, *options, "-o", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_anonymized_is_not_written(tmp_path: Path) -> None:
    """A datagram that was cut in its header: 1, with the frame."""
    path, target = tmp_path / "tunnel.pcap", tmp_path / "out"
    path.write_bytes(recorded(call(packets=0)))
    data = bytearray(path.read_bytes())
    data[20:24] = (101).to_bytes(4, "little")  # says raw IP, where Ethernet is
    path.write_bytes(data)
    assert run("extract", path, "--call", "1", "--anonymize", "-o", target).code == 2
    assert not target.exists()


@TSHARK
def test_wireshark_plays_the_silence(two: Path, tmp_path: Path) -> None:
    """The same streams with the same loss, of silence."""
    target = tmp_path / "one.pcap"
    run("extract", two, "--call", ONE, "--anonymize", "-o", target)
    done = subprocess.run(
        ["tshark", "-r", target, "-q", "-z", "rtp,streams"], capture_output=True, text=True, check=True
    )
    packets = re.findall(r"(\d+)\s+0 \(0\.0%\)", done.stdout)
    assert sorted(map(int, packets)) == [50, 51]
    sip = subprocess.run(
        ["tshark", "-r", target, "-Y", "sip", "-T", "fields", "-e", "sip.CSeq"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert sip.stdout.split("\n")[:-1] == ["1 INVITE", "1 INVITE", "1 INVITE", "1 ACK", "2 BYE", "2 BYE"]


@TSHARK
def test_an_encrypted_call_stays_readable(tmp_path: Path) -> None:
    """With the same keys, or those that the capture holds; a bundle too; and it is never half disguised."""
    data, keylog = over_tls(SAID, tmp_path)
    source, target, ticket = tmp_path / "sealed.pcap", tmp_path / "one.pcap", tmp_path / "ticket"
    source.write_bytes(data)
    keys = ("--keylog", keylog)
    assert run("extract", source, *keys, "--call", "1", "-o", target).code == 0
    told = json.loads(run("--format", "json", *keys, target).out)
    assert told["findings"] == json.loads(run("--format", "json", *keys, source).out)["findings"]
    assert run("extract", source, *keys, "--call", "1", "--bundle", "-o", ticket).code == 0
    assert "13.2.2.4" in (ticket / "question.md").read_text()
    refused = run("extract", source, *keys, "--call", "1", "--anonymize", "-o", tmp_path / "no")
    assert (refused.code, (tmp_path / "no").exists()) == (1, False)
    assert "tls" in refused.err
