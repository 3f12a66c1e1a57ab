"""The corpus of the fuzzer."""

from __future__ import annotations

import pytest

from fuzz.corpus import CORPUS, corpus
from fuzz.mutations import analysed

FILES = sorted(CORPUS.iterdir())


def test_the_corpus_is_what_its_script_writes() -> None:
    """Byte for byte, but for what compressors of other versions pack in another way."""
    fresh = corpus()
    assert sorted(path.name for path in FILES) == sorted(fresh)
    packed = {"gzip", "zstd", "websocket-compressed"}
    assert {path.name for path in FILES if path.read_bytes() != fresh[path.name]} <= packed


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_read(path) -> None:  # noqa: ANN001
    """A fuzzer that begins with what is refused at once finds nothing."""
    document = analysed(path.read_bytes())
    assert document is not None
    assert b'"sip_requests":1' in document.replace(b" ", b"")
