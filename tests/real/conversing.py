"""A real client and a real server: SIPp plays both on loopback, tcpdump records them.

Scenarios are written here as steps; SIPp wants them as XML.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

CALLS = 5
"""Calls of each conversation."""

SDP = (
    "v=0\no=user1 53655765 2353687637 IN IP[local_ip_type] [local_ip]\ns=-\nc=IN IP[media_ip_type] [media_ip]\n"
    "t=0 0\nm=audio [media_port] RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\n"
)


class Send(NamedTuple):
    """A message to send: a request's or a response's text without the fields that every message has."""

    text: str
    retransmit: bool = False


class Receive(NamedTuple):
    """What must come: a method or a status code."""

    what: str
    optional: bool = False
    challenge: bool = False
    keep: bool = False
    """Remember its header fields, to answer it, or to speak to its sender, after something else came."""


class Wait(NamedTuple):
    """Milliseconds to pause."""

    milliseconds: int


class Play(NamedTuple):
    """Voice from a file of PCMU, in packets of 20 ms, while the scenario goes on."""

    path: str


KEEP = (
    "<action>"
    + "".join(
        f'<ereg regexp=".*" search_in="hdr" header="{name}:" check_it="true" assign_to="{name.lower()}"/>'
        for name in ("Via", "From", "To", "Call-ID", "CSeq")
    )
    + "</action>"
)
"""SIPp's words for remembering header fields."""

Step = Send | Receive | Wait | Play


def request(  # noqa: D417  (the parts of a message, named)
    method: str,
    *fields: str,
    cseq: int = 1,
    to: str = "",
    branch_of: int = 0,
    sdp: bool = False,
) -> Send:
    """A request of the client.

    Args:
        to: `[peer_tag_param]` inside a dialog.
        branch_of: How many steps back the message is whose branch it has.
    """
    branch = f"[branch-{branch_of}]" if branch_of else "[branch]"
    return Send(
        _message(
            f"{method} sip:service@[remote_ip]:[remote_port] SIP/2.0",
            f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}",
            "From: <sip:client@[local_ip]:[local_port]>;tag=[pid]client[call_number]",
            f"To: <sip:service@[remote_ip]:[remote_port]>{to}",
            "Call-ID: [call_id]",
            f"CSeq: {cseq} {method}",
            "Contact: <sip:client@[local_ip]:[local_port];transport=[transport]>",
            "Max-Forwards: 70",
            *fields,
            sdp=sdp,
        ),
        retransmit=method != "ACK",
    )


def response(status: str, *fields: str, tag: bool = False, kept: bool = False, sdp: bool = False) -> Send:
    """A response of the server, to what it received last or to what it kept; `tag` adds its own To tag."""
    names = ("Via", "From", "To", "Call-ID", "CSeq")
    copied = [f"{name}:[${name.lower()}]" if kept else f"[last_{name}:]" for name in names]
    copied[2] += ";tag=[pid]server[call_number]" if tag else ""
    contact = "Contact: <sip:server@[local_ip]:[local_port];transport=[transport]>"
    return Send(_message(f"SIP/2.0 {status}", *copied, contact, *fields, sdp=sdp))


def notify(*fields: str) -> Send:
    """A NOTIFY of the server in the dialog that the SUBSCRIBE it kept has opened."""
    return Send(
        _message(
            "NOTIFY sip:client@[remote_ip]:[remote_port] SIP/2.0",
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
            "From:[$to];tag=[pid]server[call_number]",
            "To:[$from]",
            "Call-ID:[$call-id]",
            "CSeq: 1 NOTIFY",
            "Contact: <sip:server@[local_ip]:[local_port];transport=[transport]>",
            "Max-Forwards: 70",
            *fields,
        ),
        retransmit=True,
    )


def _message(*lines: str, sdp: bool = False) -> str:
    kind = ["Content-Type: application/sdp"] if sdp else []
    return "\n".join([*lines, *kind, "Content-Length: [len]"]) + "\n\n" + (SDP if sdp else "")


def scenario(steps: Sequence[Step]) -> str:
    """The steps as SIPp's XML."""
    lines = ['<?xml version="1.0" encoding="ISO-8859-1" ?>', '<scenario name="conversation">']
    for step in steps:
        if isinstance(step, Send):
            retransmit = ' retrans="500"' if step.retransmit else ""
            lines.append(f"<send{retransmit}><![CDATA[\n\n{step.text}\n]]></send>")
        elif isinstance(step, Receive):
            kind = "response" if step.what.isdigit() else "request"
            optional = ' optional="true"' if step.optional else ""
            auth = ' auth="true"' if step.challenge else ""
            lines.append(f'<recv {kind}="{step.what}"{optional}{auth}>{KEEP if step.keep else ""}</recv>')
        elif isinstance(step, Play):
            lines.append(f'<nop><action><exec rtp_stream="{step.path},1,0"/></action></nop>')
        else:
            lines.append(f'<pause milliseconds="{step.milliseconds}"/>')
    if any(isinstance(step, Receive) and step.keep for step in steps):
        lines.append('<Reference variables="via,from,to,call-id,cseq"/>')  # SIPp minds what is kept for nothing
    return "\n".join([*lines, "</scenario>"])


def missing() -> str:
    """What a conversation needs and is not installed; empty when all is there."""
    return ", ".join(tool for tool in ("sipp", "tcpdump") if shutil.which(tool) is None)


def recorded(
    folder: Path,
    client: Sequence[Step],
    server: Sequence[Step],
    *options: str,
    address: str = "127.0.0.1",
    echoed: bool = False,
) -> Path:
    """The capture of `CALLS` conversations between `client` and `server`, which sends media back if it is to."""
    capture = folder / "real.pcap"
    (folder / "client.xml").write_text(scenario(client))
    (folder / "server.xml").write_text(scenario(server))
    server_port, client_port = free_port(address), free_port(address)
    common = ["-nostdin", "-i", address, "-m", str(CALLS), "-timeout", "20s", "-timeout_error", *options]
    media = [str(free_port(address) & ~1) for _ in range(2)] if echoed else []
    listening = ["-rtp_echo", "-mi", address, "-mp", media[0]] if media else []
    speaking = ["-mi", address, "-mp", media[1]] if media else []
    with recording(capture, str(server_port), *media):
        serving = subprocess.Popen(
            ["sipp", "-sf", "server.xml", "-p", str(server_port), *common, *listening],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(0.3)  # SIPp says nothing when it is ready
            host = f"[{address}]" if ":" in address else address
            subprocess.run(
                [
                    "sipp",
                    "-sf",
                    "client.xml",
                    "-p",
                    str(client_port),
                    "-r",
                    "10",
                    *common,
                    *speaking,
                    f"{host}:{server_port}",
                ],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
                timeout=30,
            )
            serving.wait(timeout=10)
        finally:
            serving.kill()
            serving.wait()
    return capture


@contextmanager
def recording(capture: Path, *ports: str) -> Iterator[None]:
    """Record what goes to and from `ports` on loopback."""
    tcpdump = subprocess.Popen(
        ["tcpdump", "-i", "lo", "-U", "--immediate-mode", "-w", str(capture), "port " + " or port ".join(ports)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tcpdump.stderr is not None
    heard = tcpdump.stderr.readline()
    while heard and "listening on" not in heard:
        heard = tcpdump.stderr.readline()
    try:
        yield
        time.sleep(0.5)
    finally:
        tcpdump.terminate()
        tcpdump.communicate(timeout=10)


def free_port(address: str) -> int:
    """A port that nobody listens on now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port
