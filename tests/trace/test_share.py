"""Tests of `sipdiag.trace.share`: whose a message is shows in its bytes, or the share says that it was deceived."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip import parse
from sipdiag.trace.share import SHARES, Share, share_of

SPELLINGS = st.sampled_from([b"Call-ID:", b"Call-ID: ", b"i: ", b"CALL-ID:", b"Call-ID :", b"Call-ID:\t"])
NAMES = st.binary(max_size=12)


def message(spelling: bytes, name: bytes, before: bytes, body: bytes) -> bytes:
    return b"OPTIONS sip:bob@example.com SIP/2.0\r\n" + before + spelling + name + b"\r\n\r\n" + body


@given(SPELLINGS, NAMES, st.sampled_from([b"", b"Via: x\r\n", b"X: \r\n "]), st.sampled_from([b"", b"\nCall-ID: no"]))
def test_each_message_is_of_one_share_or_the_share_was_deceived(
    spelling: bytes, name: bytes, before: bytes, body: bytes
) -> None:
    """Whatever stands in the bytes: none is lost, and none is parsed twice."""
    data = message(spelling, name, before, body)
    shares = [Share(number) for number in range(SHARES)]
    told = [found for share in shares if (found := share.parse(data)) is not None]
    if not any(share.deceived for share in shares):
        (whole,) = told
        assert whole == parse(data)
        assert shares[share_of(whole.call_id)].parse(data) == whole


def test_a_body_that_names_another_call_deceives() -> None:
    """A compact name in the head, a long one behind it."""
    deceived = []
    for number in range(50):
        shares = [Share(each) for each in range(SHARES)]
        data = message(b"i: ", b"%d" % number, b"", b"\nCall-ID: other-%d\r\n" % number)
        assert sum(share.parse(data) is not None for share in shares) == 1
        deceived.append(any(share.deceived for share in shares))
    assert all(deceived)
