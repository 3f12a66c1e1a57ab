"""Makes a capture of signalling only, as a load generator leaves it: always the same, for measuring.

    python benchmarks/load.py load.pcap --calls 20180

Every call is an INVITE with 180 and 200, its ACK, and a BYE with 200: six messages. 400 calls begin in a second, and
each lasts up to a minute.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.captures import FILE_HEADER, datagram, record, sdp

CALLER, SERVER = "192.0.2.10", "198.51.100.20"
APART = 2_500
"""Microseconds from the beginning of one call to that of the next."""
LONGEST = 60_000
"""Milliseconds that a call lasts at most."""


def main() -> None:
    """Write the capture that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--calls", type=int, default=20_180)
    given = parser.parse_args()
    write_load(given.path, calls=given.calls)


def write_load(path: Path, *, calls: int = 20_180) -> None:
    """Write a capture of `calls` calls without media."""
    packets = sorted(packet for number in range(calls) for packet in _call(number))
    with path.open("wb") as file:
        file.write(FILE_HEADER)
        file.writelines(record(time, packet) for time, packet in packets)


def _call(number: int) -> list[tuple[int, bytes]]:
    """The six messages of a call, each with its time."""
    begin = number * APART
    end = begin + (number * 7_919 % (LONGEST - 1_000) + 1_000) * 1_000
    tag = f";tag=4712Server{number}"
    told = sdp(CALLER, 6_000), sdp(SERVER, 6_000)
    steps = [
        (begin, CALLER, _request(number, "INVITE", 0, "", told[0])),
        (begin + 300, SERVER, _response(number, "180 Ringing", "INVITE", 0, tag)),
        (begin + 500, SERVER, _response(number, "200 OK", "INVITE", 0, tag, told[1])),
        (begin + 900, CALLER, _request(number, "ACK", 5, tag)),
        (end + 900, CALLER, _request(number, "BYE", 7, tag)),
        (end + 1_300, SERVER, _response(number, "200 OK", "BYE", 7, tag)),
    ]
    ends = {CALLER: (CALLER, SERVER), SERVER: (SERVER, CALLER)}
    return [(time, datagram(*ends[source], text)) for time, source, text in steps]


def _request(number: int, method: str, branch: int, tag: str, body: str = "") -> bytes:
    more = "Contact: sip:load@192.0.2.10:5060\r\nMax-Forwards: 70\r\nSubject: Performance Test\r\n"
    start = f"{method} sip:service@{SERVER}:5060 SIP/2.0"
    return _message(start, number, method, branch, f"{tag}|{more}", body)


def _response(number: int, status: str, method: str, branch: int, tag: str, body: str = "") -> bytes:
    more = f"Contact: <sip:{SERVER}:5060;transport=UDP>\r\n"
    return _message(f"SIP/2.0 {status}", number, method, branch, f"{tag}|{more}", body)


def _message(start: str, number: int, method: str, branch: int, more: str, body: str) -> bytes:
    """One message; `more` is what stands behind To, and the header fields behind CSeq."""
    tag, _, fields = more.partition("|")
    fields += "Content-Type: application/sdp\r\n" if body else ""
    return (
        f"{start}\r\nVia: SIP/2.0/UDP {CALLER}:5060;branch=z9hG4bK-4711-{number}-{branch}\r\n"
        f"From: load <sip:load@{CALLER}:5060>;tag=4711Load{number}\r\nTo: service <sip:service@{SERVER}:5060>{tag}\r\n"
        f"Call-ID: {number}-4711@{CALLER}\r\nCSeq: {2 if method == 'BYE' else 1} {method}\r\n{fields}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


if __name__ == "__main__":
    main()
