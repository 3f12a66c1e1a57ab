"""Tests of `sipdiag.report.page.packed`: data that no parser of HTML can take for anything else."""

from __future__ import annotations

import base64
import json
import re
import zlib

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.report.page.packed import CHUNK, Chunks, packed


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_what_is_packed_comes_out_again(value: list[str]) -> None:
    """As JSON, and deflated; either way without a character that ends a script or begins a comment."""
    plain, deflated = packed(value), packed(value, plain=0)
    assert json.loads(plain.text) == value
    assert json.loads(zlib.decompress(base64.b64decode(deflated.text))) == value
    assert "<" not in plain.text
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", deflated.text)


def test_chunks_hold_everything_once() -> None:
    """A new chunk begins when one is large enough; each value is where its place says."""
    chunks = Chunks()
    values = [f"{number} " * 20_000 for number in range(30)]
    places, blocks = [], []
    for value in values:
        places.append(chunks.place(value))
        blocks += list(chunks.finished())
    blocks += list(chunks.finished(last=True))
    told = [json.loads(zlib.decompress(base64.b64decode(each.text))) for each in blocks]
    assert len(blocks) > 1
    assert [told[chunk][at] for chunk, at in places] == values
    assert max(len(json.dumps(each)) for each in told) < 2 * CHUNK
