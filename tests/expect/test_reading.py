"""Tests of `sipdiag.expect.reading`: what is wrong with a file is told with its line and its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.errors import UsageError
from sipdiag.expect import ExpectedCall, ExpectedCapture, ExpectedHeader, Range, baseline_in, expectations_in

WHOLE = """
[capture]
calls = 2
registrations = { min = 1 }
exact = true

[[call]]
name = "basic call"
from = "alice@*"
to = '/^sip:\\+1202555/'
count = 2
outcome = "answered"
code = "2xx"
ended_by = "caller"
setup_s = { max = 3 }
pdd_s = { max = 1.5 }
duration_s = { min = 8, max = 12 }
codecs = ["PCMU"]
retransmissions = 0
messages = ["INVITE", "18x", "200 INVITE", "ACK", "BYE", "200"]

  [[call.header]]
  name = "P-Asserted-Identity"
  value = "*@example.com*"

  [[call.header]]
  name = "X-Secret"
  absent = true

[[registration]]
aor = "alice@example.com"
outcome = "registered"
expires_s = { min = 60, max = 3600 }

[[subscription]]
event = "presence*"

[[request]]
method = "OPTIONS"
code = 200
"""

BROKEN = [
    ("[capture]\ncalls = 1\nclals = 2\n", 3, "capture.clals", "no key is called"),
    ("[[call]]\nto = 'b'\n[[call]]\nfrom = 'a'\nofrom = 'x'\n", 5, "call #2.ofrom", "no key is called"),
    (
        "[[call]]\n[[call.header]]\nname = 'a'\n[[call.header]]\nname = 'b'\nvaleu = 'x'\n",
        6,
        "valeu",
        "no key is called",
    ),
    ("[[call]]\ncode = 99\n", 2, "call #1.code", "int"),
    ("[[call]]\ncode = 'x'\n", 2, "call #1.code", "str"),
    ("\n[[call]]\nsetup_s = 3\n", 3, "call #1.setup_s", "object"),
    ("[[call]]\nsetup_s = { max = 3, mix = 4 }\n", 2, "call #1.setup_s.mix", "no key is called"),
    ("[[call]]\nsetup_s = { max = -1 }\n", 2, "setup_s.max", ">= 0"),
    ("[[call]]\nsetup_s = { min = 3, max = 1 }\n", 2, "setup_s", "min is larger than max"),
    ("[[call]]\noutcome = 'anwsered'\n", 2, "outcome", "anwsered"),
    ("[[call]]\nto = '/(/'\n", 2, "call #1.to", "regular expression"),
    ("[[call]]\nexact = true\n", 2, "exact", "messages"),
    ("[[call]]\ncount = 0\n", 2, "count", ">= 1"),
    ("[[call]]\n[[call.header]]\nvalue = 'x'\n", 2, "header", "name"),
    ("[[call]]\n[[call.header]]\nname = 'x'\nabsent = true\nvalue = 'y'\n", 4, "absent", "no value"),
    ("[call]\nfrom = 'a'\n", 1, "call", "array"),
    ("[[cal]]\nfrom = 'a'\n", 1, "cal", "no key is called"),
    ("call = 3\n", 1, "call", "array"),
    ("[[call]\n", 0, "line 1", "TOML"),
    ("[[request]]\ncode = 200\n", 1, "request #1", "method"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "expected.toml"


def test_everything_that_can_be_expected(path: Path) -> None:
    """Every key of the documentation is read."""
    path.write_text(WHOLE)
    read = expectations_in(str(path))
    assert read.capture == ExpectedCapture(calls=2, registrations=Range(min=1), exact=True)
    (call,) = read.call
    assert (call.from_, call.count, call.code, call.setup_s) == ("alice@*", 2, "2xx", Range(max=3))
    assert call.header == [
        ExpectedHeader(name="P-Asserted-Identity", value="*@example.com*"),
        ExpectedHeader(name="X-Secret", absent=True),
    ]
    assert read.registration[0].expires_s == Range(min=60, max=3600)
    assert read.subscription[0].event == "presence*"
    assert read.request[0].method == "OPTIONS"


@pytest.mark.parametrize(("text", "line", "key", "problem"), BROKEN, ids=[key for _, _, key, _ in BROKEN])
def test_what_is_wrong_is_told_with_its_line(path: Path, text: str, line: int, key: str, problem: str) -> None:
    """File, line, key and reason, in one line."""
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        expectations_in(str(path))
    told = str(raised.value)
    assert told.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert key in told
    assert problem in told
    assert "\n" not in told


def test_bytes_that_are_no_text_are_told_with_their_line(path: Path) -> None:
    """Latin-1 is not UTF-8."""
    path.write_bytes("[capture]\n# ligação\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r":2: not UTF-8"):
        expectations_in(str(path))


def test_a_byte_order_mark_is_no_mistake(path: Path) -> None:
    """Some editors write one."""
    path.write_bytes(b"\xef\xbb\xbf[capture]\ncalls = 1\n")
    assert expectations_in(str(path)).capture.calls == 1


@pytest.mark.parametrize("kind", ["missing", "folder", "large"])
def test_what_is_no_file_is_told(path: Path, kind: str) -> None:
    """Missing, a folder, or a capture by mistake."""
    if kind == "folder":
        path.mkdir()
    if kind == "large":
        path.write_bytes(b"#" * (17 * 2**20))
    with pytest.raises(UsageError, match=r"expected\.toml"):
        expectations_in(str(path))


def test_deep_nesting_is_no_accident(path: Path) -> None:
    """Nobody's parser runs out of stack."""
    path.write_text("a = " + "[" * 100_000)
    with pytest.raises(UsageError, match="not valid TOML"):
        expectations_in(str(path))


def test_an_empty_file_expects_nothing(path: Path) -> None:
    """And is no mistake."""
    path.touch()
    assert expectations_in(str(path)).call == []
    assert baseline_in(str(path)).finding == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[finding]]\nfingerprint = 'x'\nrule = 'a'\nreason = 'b'\n", ":2: finding #1.fingerprint"),
        ("[[finding]]\nfingerprint = '0123456789abcdef'\nrule = 'a'\n", "reason"),
        ("[[finding]]\nfingerprint = '0123456789abcdef'\nrule = 'a'\nreason = ' '\n", ":4: finding #1.reason"),
        (
            "[[finding]]\nfingerprint = '0123456789abcdef'\nrule = 'a'\nreason = 'b'\nuntil = 'soon'\n",
            ":5: finding #1.until",
        ),
        ("[[findings]]\n", ":1: findings"),
    ],
)
def test_a_baseline_needs_fingerprint_and_reason(path: Path, text: str, told: str) -> None:
    """A finding is accepted for a reason, or not at all."""
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        baseline_in(str(path))
    assert told in str(raised.value)


def test_a_call_without_anything_is_any_call() -> None:
    """What is left out is not looked at."""
    assert ExpectedCall().from_ == ExpectedCall().to == "*"
