"""Real servers of captures on this machine: S3, Google's store, a web server, and a wire that can be cut.

S3 is served by moto, Google's by gcp-storage-emulator.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch
from urllib.parse import quote
from urllib.request import Request, urlopen

KEYS = {"AWS_ACCESS_KEY_ID": "example", "AWS_SECRET_ACCESS_KEY": "example", "AWS_DEFAULT_REGION": "us-east-1"}
HERE = "127.0.0.1"


LOCKED = "locked"
"""A bucket of Google's that nobody may read."""


class Bucket(Protocol):
    """A bucket of a store."""

    endpoint: str
    name: str
    scheme: str

    def put(self, key: str, data: bytes) -> str:
        """Write an object; give its URL."""

    def delete(self, key: str) -> None:
        """Delete an object."""

    def at(self, endpoint: str) -> dict[str, str]:
        """What has a program look for the bucket there."""

    @property
    def url(self) -> str:
        """How it is named."""

    @property
    def variables(self) -> dict[str, str]:
        """What has a program look for the bucket where it is."""


class _Bucket:
    """What is the same of all."""

    scheme: str

    def __init__(self, endpoint: str, name: str) -> None:
        """Name it."""
        self.endpoint, self.name = endpoint, name

    @property
    def url(self) -> str:
        """How it is named."""
        return f"{self.scheme}://{self.name}"

    def at(self, endpoint: str) -> dict[str, str]:
        """What has a program look for the bucket there."""
        raise NotImplementedError

    @property
    def variables(self) -> dict[str, str]:
        """What has a program look for the bucket where it is."""
        return self.at(self.endpoint)


class Amazon(_Bucket):
    """One of S3."""

    scheme = "s3"

    def __init__(self, endpoint: str, name: str) -> None:
        """Make it."""
        import boto3  # noqa: PLC0415 - comes with moto

        super().__init__(endpoint, name)
        with patch.dict(os.environ, KEYS):
            self._client: Any = boto3.client("s3", endpoint_url=endpoint)
        self._client.create_bucket(Bucket=name)

    def put(self, key: str, data: bytes) -> str:
        """Write an object; give its URL."""
        self._client.put_object(Bucket=self.name, Key=key, Body=data)
        return f"{self.url}/{key}"

    def delete(self, key: str) -> None:
        """Delete an object."""
        self._client.delete_object(Bucket=self.name, Key=key)

    def at(self, endpoint: str) -> dict[str, str]:
        """What has a program look for the bucket there."""
        return {**KEYS, "AWS_ENDPOINT_URL": endpoint}


class Google(_Bucket):
    """One of Google's."""

    scheme = "gs"

    def __init__(self, endpoint: str, name: str) -> None:
        """Make it."""
        super().__init__(endpoint, name)
        self._ask("POST", "storage/v1/b", json.dumps({"name": name}).encode(), "application/json")

    def put(self, key: str, data: bytes) -> str:
        """Write an object; give its URL."""
        place = f"upload/storage/v1/b/{self.name}/o?uploadType=media&name={quote(key, safe='')}"
        self._ask("POST", place, data, "application/vnd.tcpdump.pcap")
        return f"{self.url}/{key}"

    def delete(self, key: str) -> None:
        """Delete an object."""
        self._ask("DELETE", f"storage/v1/b/{self.name}/o/{quote(key, safe='')}")

    def at(self, endpoint: str) -> dict[str, str]:
        """What has a program look for the bucket there."""
        return {"STORAGE_EMULATOR_HOST": endpoint}

    def _ask(self, method: str, place: str, data: bytes | None = None, kind: str = "") -> None:
        headers = {"Content-Type": kind} if kind else {}
        request = Request(f"{self.endpoint}/{place}", data, headers, method=method)  # noqa: S310 - of our own
        with urlopen(request) as answer:  # noqa: S310
            answer.read()


@contextmanager
def amazon() -> Iterator[str]:
    """Serve S3; give the endpoint."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - few tests need it

    server = ThreadedMotoServer(ip_address=HERE, port=0, verbose=False)
    server.start()
    try:
        yield f"http://{HERE}:{server.get_host_and_port()[1]}"
    finally:
        server.stop()


@contextmanager
def google() -> Iterator[str]:
    """Serve Google's store; give the endpoint."""
    from gcp_storage_emulator.server import RequestHandler  # noqa: PLC0415 - few tests need it
    from gcp_storage_emulator.storage import Storage  # noqa: PLC0415

    class Guarded(RequestHandler):  # type: ignore[misc] - it ships no types
        """The emulator, which lets everybody do everything; but not what is locked."""

        def do_GET(self) -> None:  # noqa: N802 - as it is there
            """Refuse, as Google documents it, or answer."""
            if f"/b/{LOCKED}/" not in self.path:
                super().do_GET()
                return
            told = {"code": 403, "message": "anonymous caller does not have storage.objects.get access"}
            body = json.dumps({"error": told}).encode()
            self.send_response(403)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with served(partial(Guarded, Storage(use_memory_fs=True))) as url:
        yield url


@contextmanager
def served(handler: Any) -> Iterator[str]:  # noqa: ANN401 - whatever makes one
    """Serve what a handler answers; give the address."""
    server = ThreadingHTTPServer((HERE, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HERE}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    """A server of files, with pages of links for folders, that says nothing; it cannot give parts of a file."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:  # noqa: ANN401 - as it is there
        """Say nothing of who hangs up either."""
        with suppress(ConnectionError):
            super().copyfile(source, outputfile)


class _Listless(_Quiet):
    """One that shows no folder."""

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """Refuse."""
        self.send_error(403, f"{len(os.fspath(path))} bytes of path")


@contextmanager
def web(folder: Path, *, lists: bool = True) -> Iterator[str]:
    """Serve a folder; give the address."""
    with served(partial(_Quiet if lists else _Listless, directory=str(folder))) as url:
        yield url


class Wire:
    """Passes on what is said to a server, and cuts what it answers after so many bytes, so many times."""

    def __init__(self, target: str, after: int, times: int) -> None:
        """Stand before the server at `target`."""
        self._target = (HERE, int(target.rpartition(":")[2]))
        self._after, self.left = after, times
        self.cut = 0
        """How often it was."""
        self._listener = socket.create_server((HERE, 0))
        self.url = f"http://{HERE}:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._stand_between, args=(client,), daemon=True).start()

    def _stand_between(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            asking = threading.Thread(target=self._pass, args=(client, server), daemon=True)
            asking.start()
            self._pass(server, client, answers=True)
            asking.join()

    def _pass(self, source: socket.socket, sink: socket.socket, *, answers: bool = False) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(4_096):
                passed += len(data)
                if answers and self.left and passed > self._after:
                    self.left -= 1
                    self.cut += 1
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cut(target: str, *, after: int, times: int) -> Iterator[Wire]:
    """Cut the answers of a server."""
    wire = Wire(target, after, times)
    try:
        yield wire
    finally:
        wire.close()
