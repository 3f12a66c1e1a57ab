"""The torture tests of RFC 4475: each message is read, and judged as the RFC judges it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.sip import INVALID, Framer, Request, Response, defects, parse, refusable

TORTURE = Path(__file__).parents[3] / "shared" / "torture"

VERDICTS: dict[str, tuple[str, bool, set[str]]] = {
    # file: section of RFC 4475, whether a receiver must read it, the kinds of its defects
    "wsinv": ("3.1.1.1", True, {"branch-without-cookie"}),  # its topmost Via is of RFC 2543
    "intmeth": ("3.1.1.2", True, set()),
    "esc01": ("3.1.1.3", True, set()),
    "escnull": ("3.1.1.4", True, set()),
    "esc02": ("3.1.1.5", True, set()),
    "lwsdisp": ("3.1.1.6", True, set()),
    "longreq": ("3.1.1.7", True, {"branch-missing"}),
    "dblreq": ("3.1.1.8", True, {"content-length-too-small"}),  # the octets behind it are to be ignored
    "semiuri": ("3.1.1.9", True, set()),
    "transports": ("3.1.1.10", True, set()),
    "mpart01": ("3.1.1.11", True, set()),
    "unreason": ("3.1.1.12", True, set()),
    "noreason": ("3.1.1.13", True, set()),
    "badinv01": (
        "3.1.2.1",
        False,
        {"parameter-empty", "list-element-empty", "via-malformed", "branch-missing"},
    ),
    "clerr": ("3.1.2.2", False, {"content-length-too-large"}),
    "ncl": ("3.1.2.3", False, {"content-length-malformed"}),
    "scalar02": ("3.1.2.4", False, {"cseq-too-large", "max-forwards-out-of-range", "number-too-large"}),
    "scalarlg": ("3.1.2.5", False, {"cseq-too-large", "number-too-large", "warning-malformed", "tag-missing"}),
    "quotbal": ("3.1.2.6", False, {"quote-unbalanced"}),
    "ltgtruri": ("3.1.2.7", False, {"request-uri-bracketed", "branch-missing"}),
    "lwsruri": ("3.1.2.8", False, {"request-uri-blanks"}),
    "lwsstart": ("3.1.2.9", False, {"start-line-blanks"}),
    "trws": ("3.1.2.10", False, {"start-line-blanks"}),
    "escruri": ("3.1.2.11", False, {"request-uri-headers"}),
    "baddate": ("3.1.2.12", True, {"date-malformed"}),  # not to be refused by who does not need the date
    "regbadct": ("3.1.2.13", False, {"address-brackets-missing"}),
    "badaspec": ("3.1.2.14", False, {"uri-blanks"}),
    "baddn": ("3.1.2.15", False, {"display-name-unquoted", "head-unterminated"}),  # the file lacks the empty line
    "badvers": ("3.1.2.16", False, {"version-unsupported"}),
    "mismatch01": ("3.1.2.17", False, {"cseq-method-mismatch"}),
    "mismatch02": ("3.1.2.18", False, {"cseq-method-mismatch"}),
    "bigcode": ("3.1.2.19", False, {"status-code-out-of-range"}),
    "badbranch": ("3.2.1", False, {"branch-empty"}),
    "insuf": ("3.3.1", False, {"header-missing", "header-omitted"}),
    # What follows is well-formed: a receiver answers it by what it supports (416, 420, 415, 401, 406), or forwards it.
    "unkscm": ("3.3.2", True, set()),
    "novelsc": ("3.3.3", True, set()),
    "unksm2": ("3.3.4", True, set()),
    "bext01": ("3.3.5", True, set()),
    "invut": ("3.3.6", True, set()),
    "regaut01": ("3.3.7", True, set()),
    "multi01": ("3.3.8", False, {"header-repeated"}),
    "mcl01": ("3.3.9", False, {"header-repeated"}),
    "bcast": ("3.3.10", True, set()),  # a broadcast address in Via is bad sense, not bad syntax
    "zeromf": ("3.3.11", True, set()),
    "cparam01": ("3.3.12", True, set()),
    "cparam02": ("3.3.13", True, set()),
    "regescrt": ("3.3.14", True, set()),
    "sdp01": ("3.3.15", True, set()),
    "inv2543": ("3.4.1", True, {"header-omitted", "branch-missing", "tag-missing"}),  # RFC 2543 had none of them
}


def torture(name: str) -> bytes:
    """The bytes of one torture message."""
    path = TORTURE / f"{name}.dat"
    if not path.exists():
        pytest.skip(f"the messages of RFC 4475 are not at {TORTURE}")
    return path.read_bytes()


def message_in(data: bytes) -> Request | Response:
    """The message in `data`, which must be one."""
    message = parse(data)
    assert message is not None
    return message


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_is_the_rfcs(name: str) -> None:
    """Each message is read, and has the defects that RFC 4475 tells of, and no others."""
    _, valid, kinds = VERDICTS[name]
    found = defects(message_in(torture(name)))
    assert {defect.kind for defect in found} == kinds
    assert refusable(found) is not valid


def test_every_message_has_a_verdict() -> None:
    """The table holds the RFC's 49 messages, each section once, and all that lie in the folder."""
    assert len(VERDICTS) == len({section for section, _, _ in VERDICTS.values()}) == 49
    for path in TORTURE.glob("*.dat"):
        assert path.stem in VERDICTS
    for _, valid, kinds in VERDICTS.values():
        assert bool(kinds & INVALID.keys()) is not valid


@pytest.mark.parametrize(
    ("name", "call_id", "cseq", "method", "from_tag", "to_tag", "branch", "sent_by"),
    [
        ("wsinv", "wsinv.ndaksdj@192.0.2.1", 9, "INVITE", "98asjd8", "1918181833n", "390skdjuw", "192.0.2.2"),
        (
            "intmeth",
            "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
            139122385,
            "!interesting-Method0123456789_*+`.%indeed'~",
            "_token~1'+`*%!-.",
            "",
            "z9hG4bK-.!%66*_+`'~",
            "host1.example.com",
        ),
        (
            "dblreq",
            "dblreq.0ha0isndaksdj99sdfafnl3lk233412",
            8,
            "REGISTER",
            "43251j3j324",
            "",
            "z9hG4bKkdjuw23492",
            "192.0.2.125",
        ),
        ("quotbal", "quotbal.aksdj", 8, "INVITE", "93334", "", "z9hG4bKkdjuw39234", "192.0.2.59:5050"),
        (
            "bigcode",
            "bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i",
            353494,
            "INVITE",
            "39ansfi3",
            "902jndnke3",
            "z9hG4bK2398ndaoe",
            "192.0.2.105",
        ),
    ],
)
def test_correlation_survives_torture(  # noqa: PLR0917  (what correlation reads)
    name: str, call_id: str, cseq: int, method: str, from_tag: str, to_tag: str, branch: str, sent_by: str
) -> None:
    """Odd spelling or damage elsewhere does not hide what transactions are told apart by."""
    message = message_in(torture(name))
    assert (message.call_id, message.cseq, message.cseq_method) == (call_id, cseq, method)
    assert (message.from_tag, message.to_tag, message.branch, message.sent_by) == (from_tag, to_tag, branch, sent_by)


def test_two_requests_of_a_datagram_are_two_of_a_stream() -> None:
    """The octets behind the first request are none in a datagram, and the next request in a stream (3.1.1.8)."""
    data = torture("dblreq")
    frames = Framer().feed(data)
    assert [message_in(frame.data).cseq_method for frame in frames] == ["REGISTER", "INVITE"]
    assert len(message_in(data).body) > 400


COMMON = ["Max-Forwards: 70", "Call-ID: own@example.com", "From: <sip:a@example.com>;tag=1", "Content-Length: 0"]
VIA = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKown"

OWN: dict[str, tuple[str, list[str], set[str]]] = {
    # in the manner of the RFC: the start line, the header fields that differ, the kinds of their defects
    "folded everything": (
        "OPTIONS sip:b@example.com SIP/2.0",
        [
            "v:\r\n SIP\r\n / 2.0\r\n\t/ UDP\r\n 192.0.2.1\r\n : 5060 ;\r\n branch\r\n = z9hG4bKown",
            't\r\n : "B\r\n C"\r\n <sip:b@example.com>',
            "CSeq\t:\r\n 1\r\n OPTIONS",
        ],
        {"header-line-malformed", "header-missing"},  # a fold before the colon is none
    ),
    "odd but valid": (
        "O'DD`~! sip:%00;x=?@[2001:db8::1]:0 SIP/2.0",
        [VIA, "t:<sip:b@example.com>", "CsEq:1\tO'DD`~!", 'UNKNOWN:,;,"'],
        set(),
    ),
    "two commas": (
        "OPTIONS sip:b@example.com SIP/2.0",
        [VIA, "To: sip:b@example.com", "CSeq: 1 OPTIONS", "Contact: <sip:a@example.com>,,"],
        {"list-element-empty"},
    ),
    "quoted brackets": (
        "OPTIONS sip:b@example.com SIP/2.0",
        [VIA, 'To: "<sip:x@example.com>, \\"" <sip:b@example.com>', "CSeq: 1 OPTIONS"],
        set(),
    ),
    "lower-case version": (
        "OPTIONS sip:b@example.com sip/2.0",
        [VIA, "To: sip:b@example.com", "CSeq: 1 options"],
        {"cseq-method-mismatch"},  # methods are case-sensitive (RFC 3261, section 7.1)
    ),
    "huge status": (
        f"SIP/2.0 {'9' * 300} ?",
        [VIA, "To: <sip:b@example.com>;tag=2", "CSeq: 1 BYE"],
        {"status-code-out-of-range"},
    ),
    "no host in Via": (
        "BYE sip:b@example.com SIP/2.0",
        ["Via: SIP/2.0/UDP ;branch=z9hG4bKown", "To: sip:b@example.com", "CSeq: 1 BYE"],
        {"via-malformed", "branch-missing"},
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_own_torture_is_judged(name: str) -> None:
    """Messages in the manner of RFC 4475, that need no folder beside the project, are judged too."""
    start_line, fields, kinds = OWN[name]
    message = message_in("\r\n".join([start_line, *fields, *COMMON, "", ""]).encode())
    assert {defect.kind for defect in defects(message)} == kinds
    assert message.call_id == "own@example.com"
