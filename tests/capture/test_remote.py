"""Captures behind a URL."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

import fsspec
import pytest

from sipdiag.capture import open_capture
from sipdiag.capture.remote import is_url, listed, without_password
from sipdiag.errors import CaptureError
from tests.capture.build import pcap, read

PACKETS = [b"one", b"two"]


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_url_is_read_through_its_store() -> None:
    """Plain and compressed; here from fsspec's own memory."""
    for name, data in (("a.pcap", pcap(PACKETS)), ("a.pcap.gz", gzip.compress(pcap(PACKETS)))):
        with fsspec.open(f"memory://captures/{name}", "wb") as file:
            file.write(data)
        with open_capture(f"memory://captures/{name}") as capture:
            assert read(capture)[0] == PACKETS
        assert capture.bytes == len(data)


def test_http_is_read(tmp_path: Path) -> None:
    """A real server on this machine; what it does not have is refused in one line."""
    (tmp_path / "a.pcap").write_bytes(pcap(PACKETS))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        root = f"http://127.0.0.1:{server.server_port}"
        with open_capture(f"{root}/a.pcap") as capture:
            assert read(capture)[0] == PACKETS
        with pytest.raises(CaptureError) as error:
            open_capture(f"{root}/none.pcap")
        assert error.value.reason == "no such file or directory"
    finally:
        server.shutdown()
        server.server_close()


def test_what_cannot_be_reached_is_one_line() -> None:
    """An unknown store, a store without its package, nothing there: each is refused, and no password is told."""
    for path, reason in (
        ("memory://captures/none.pcap", "no such file or directory"),
        ("no-such-store://x/y.pcap", "cannot be read: ValueError: Protocol not known: no-such-store"),
    ):
        with pytest.raises(CaptureError) as error:
            open_capture(path)
        assert error.value.reason == reason
    with pytest.raises(CaptureError) as error:
        open_capture("http://alice:secret@127.0.0.1:9/a.pcap")
    assert error.value.reason.startswith("cannot be read: ")
    assert "\n" not in error.value.reason
    assert "secret" not in str(error.value)
    assert str(error.value).startswith("http://127.0.0.1:9/a.pcap: ")


def test_what_a_store_logs_is_for_those_who_want_a_log() -> None:
    """By itself Python prints it on standard error, tracebacks and all."""
    code = (
        "import logging, sys\n"
        "from sipdiag.capture.remote import listed\n"
        "listed('memory://', str)\n"
        "if sys.argv[1:]: logging.basicConfig()\n"
        "logging.getLogger('gcsfs').error('from gcsfs')\n"
        "logging.getLogger('fsspec.prefetcher').error('from fsspec')\n"
    )
    for wanted, told in (((), ""), (("log",), "ERROR:gcsfs:from gcsfs\nERROR:fsspec.prefetcher:from fsspec\n")):
        done = subprocess.run(
            [sys.executable, "-c", code, *wanted], capture_output=True, text=True, check=True, timeout=60
        )
        assert done.stderr == told


def test_a_folder_that_fits_a_pattern_is_listed() -> None:
    """Its captures are, those in it that are hidden are not; who writes two stars has all files in any case."""
    for name in ("probe-1/a.pcap", "probe-1/notes.txt", "probe-1/.kept/b.pcap", "probe-2/deep/c.pcap", "probe-3.pcap"):
        fsspec.filesystem("memory").pipe_file(f"/matched/{name}", b"x")
    found = [
        each.url.partition("matched/")[2] for each in listed("memory://matched/probe-*", lambda name: ".pcap" in name)
    ]
    assert found == ["probe-1/a.pcap", "probe-2/deep/c.pcap", "probe-3.pcap"]


def test_a_missing_package_is_named() -> None:
    """Without fsspec a URL is refused with the name of what to install."""
    with patch.dict(sys.modules, {"fsspec": None}), pytest.raises(CaptureError) as error:
        open_capture("s3://bucket/a.pcap")
    assert error.value.reason == "is a URL: install the package fsspec to read it"


@pytest.mark.parametrize("path", ["a.pcap", "./a:b.pcap", "C:\\a.pcap", "-", "a//b", "x:/y"])
def test_a_path_is_no_url(path: str) -> None:
    """A drive letter or a colon does not make one."""
    assert not is_url(path)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://u:p@example.com/a.pcap", "https://example.com/a.pcap"),
        ("https://example.com/a?X-Amz-Signature=1%2F&v=2", "https://example.com/a?X-Amz-Signature=...&v=2"),
        ("https://example.com/a.pcap?page=2", "https://example.com/a.pcap?page=2"),
        ("a.pcap?sig=1", "a.pcap?sig=1"),
    ],
)
def test_a_url_is_told_without_what_lets_somebody_in(url: str, told: str) -> None:
    """Password, signature, token; a file on disk is called what it is called."""
    assert without_password(url) == told
