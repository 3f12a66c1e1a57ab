"""Captures in S3, Google's store and on a web server, read from real servers here as a user has them read."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from command import Ran, argv, environment, run
from real.stores import KEYS, LOCKED, Amazon, Bucket, Google, amazon, cut, google, web
from reporting import sample
from sipdiag.capture import open_capture, remote
from sipdiag.errors import CaptureError
from tests.capture.build import pcap, read

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("moto", reason="moto[server] is not installed")
pytest.importorskip("s3fs", reason="s3fs is not installed")
pytest.importorskip("gcp_storage_emulator", reason="gcp-storage-emulator is not installed")
pytest.importorskip("gcsfs", reason="gcsfs is not installed")

CALL, FAILED, TALK = (
    sample(f"{name}/{name}").read_bytes() for name in ("ack-missing", "call-failed", "call-with-media")
)
NUMBERS = count()
NOBODY = "http://127.0.0.1:9"
"""The port of the discard service, where nobody listens."""
FOLDER = "is a directory"


@pytest.fixture(scope="module")
def endpoints() -> Iterator[dict[str, str]]:
    """Where each store is."""
    with amazon() as s3, google() as gs:
        yield {"s3": s3, "gs": gs}


@pytest.fixture(params=["s3", "gs"])
def bucket(request: pytest.FixtureRequest, endpoints: dict[str, str]) -> Bucket:
    """A bucket of its own in each store."""
    made = {"s3": Amazon, "gs": Google}[request.param]
    return made(endpoints[request.param], f"probes-{next(NUMBERS)}")


@pytest.fixture
def night(bucket: Bucket) -> Bucket:
    """A night's recordings of two probes, one of them broken, and a file that is none."""
    bucket.put("night/a/talk.pcap", TALK)
    bucket.put("night/a/call.pcap", CALL)
    bucket.put("night/b/failed.pcap.gz", gzip.compress(FAILED))
    bucket.put("night/b/broken.pcap", b"nothing to see")
    bucket.put("night/notes.txt", b"all quiet")
    return bucket


def files(folder: Path) -> None:
    """The same in a folder."""
    for name, data in (("a/talk.pcap", TALK), ("a/call.pcap", CALL), ("b/failed.pcap.gz", gzip.compress(FAILED))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "b" / "broken.pcap").write_bytes(b"nothing to see")


def audit(out: Path, *paths: str, **variables: str) -> Ran:
    """An audit of those paths by one process."""
    return run("audit", *paths, "-o", out, "--jobs", "1", **variables)


def captures(out: Path) -> dict[str, tuple[str, str]]:
    """What became of each capture: its state, and why it was not read."""
    query = "SELECT path, state, reason FROM captures ORDER BY path"
    rows = [json.loads(line) for line in run("audit", out, "--sql", query, "--format", "json").out.splitlines()]
    return {row["path"]: (row["state"], row["reason"] or "") for row in rows}


def summary(out: Path, root: str) -> dict[str, Any]:
    """What an audit shows, wherever the captures were."""
    text = run("audit", out, "--format", "json").out.replace(root.rstrip("/"), "")
    told: dict[str, Any] = json.loads(text)
    return told


def document(ran: Ran) -> dict[str, Any]:
    """The JSON document, without what the capture is called."""
    told: dict[str, Any] = json.loads(ran.out)
    told["captures"][0]["path"] = ""
    return told


# What is there


@pytest.mark.parametrize("command", [("analyze", "--format", "json"), ("check", "--format", "json")])
def test_a_capture_in_a_store_is_that_on_disk(bucket: Bucket, tmp_path: Path, command: tuple[str, ...]) -> None:
    """Byte for byte the same is said of it."""
    url = bucket.put("deep/er/call.pcap", CALL)
    path = tmp_path / "call.pcap"
    path.write_bytes(CALL)
    there, here = run(*command, url, **bucket.variables), run(*command, path)
    assert there.code == here.code
    assert there.err == ""
    assert there.out.replace(url, "") == here.out.replace(str(path), "")


def test_a_night_in_a_store_is_that_in_a_folder(night: Bucket, tmp_path: Path) -> None:
    """Folders, patterns and objects; packed ones; what is broken is listed with its reason, and the code says so."""
    files(tmp_path / "night")
    here = audit(tmp_path / "here", str(tmp_path / "night"))
    wanted = summary(tmp_path / "here", str(tmp_path / "night"))
    root = f"{night.url}/night"
    for number, paths in enumerate(
        (
            (root,),
            (f"{root}/",),
            (f"{night.url}/**/*.pcap*",),
            (f"{night.url}/n*",),
            (f"{root}/a/", f"{root}/b/*", f"{root}/a/*.pcap"),
        )
    ):
        out = tmp_path / str(number)
        there = audit(out, *paths, **night.variables)
        assert (there.code, here.code) == (3, 3)
        assert there.out.replace(root, "") == here.out.replace(str(tmp_path / "night"), "")
        assert summary(out, root) == wanted
        assert captures(out)[f"{root}/b/broken.pcap"] == ("unreadable", "is a text file, not a packet capture")


def test_only_what_changed_is_read_again(night: Bucket, tmp_path: Path) -> None:
    """An object that was written anew, a new one, one that is gone; the entity tag tells, where the size does not."""
    night.delete("night/b/broken.pcap")
    root = f"{night.url}/night"
    assert audit(tmp_path / "out", root, **night.variables).code == 0
    journal = tmp_path / "out" / "journal.jsonl"
    entries = lambda: sorted(json.loads(line)["path"] for line in journal.read_bytes().split(b"\n") if line)  # noqa: E731
    before = entries()
    assert audit(tmp_path / "out", root, **night.variables).code == 0
    assert entries() == before
    changed = FAILED.replace(b"403 Forbidden", b"404 Not Found")
    assert len(changed) == len(FAILED)
    night.put("night/b/failed.pcap.gz", gzip.compress(FAILED))  # the same once more
    night.put("night/a/call.pcap", changed + bytes(0))
    night.put("night/b/new.pcap", FAILED)
    night.delete("night/a/talk.pcap")
    assert audit(tmp_path / "out", root, **night.variables).code == 0
    assert set(entries()) - set(before) == {f"{root}/b/new.pcap"}
    assert set(captures(tmp_path / "out")) == {
        f"{root}/{name}" for name in ("a/call.pcap", "b/failed.pcap.gz", "b/new.pcap")
    }
    codes = run("audit", tmp_path / "out", "--sql", "SELECT DISTINCT code FROM responses ORDER BY code").out
    assert codes.split() == ["code", "100", "403", "404"]


def test_watching_a_bucket_sees_what_comes(bucket: Bucket, tmp_path: Path) -> None:
    """A listing is fresh each time."""
    bucket.put("live/1.pcap", CALL)
    command = argv("audit", f"{bucket.url}/live", "-o", tmp_path / "out", "--watch", "--every", "0.3", "--jobs", "1")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(**bucket.variables)) as watching:
        assert watching.stderr is not None
        patience = threading.Timer(60, watching.kill)
        patience.start()
        rounds = (line for line in watching.stderr if " Captures: " in line)
        assert " Captures: 1, " in next(rounds)
        bucket.put("live/2.pcap", FAILED)
        assert " Captures: 2, " in next(rounds)
        patience.cancel()
        watching.terminate()


def test_many_are_read_by_several_processes(bucket: Bucket, tmp_path: Path) -> None:
    """Each with connections of its own."""
    for number in range(24):
        bucket.put(f"many/{number}.pcap", CALL.replace(b"alice", b"user%02d" % number)[: len(CALL)])
    ran = run("audit", f"{bucket.url}/many", "-o", tmp_path / "out", "--jobs", "2", **bucket.variables)
    assert ran.code == 0
    assert {state for state, _ in captures(tmp_path / "out").values()} == {"read"}
    assert len(captures(tmp_path / "out")) == 24


@pytest.mark.parametrize("key", ["a b#c.pcap", "q?x=1%20.pcap", "x[1]*.pcap", "\u00fcn\u00ef.pcap"])
def test_a_key_may_be_called_anything(bucket: Bucket, tmp_path: Path, key: str) -> None:
    """Named, or found in its folder; what looks like a pattern is one only where nothing is called so."""
    url = bucket.put(f"odd/{key}", FAILED)
    assert open_there(bucket, url) == 4
    for number, path in enumerate((url, f"{bucket.url}/odd/")):
        assert audit(tmp_path / str(number), path, **bucket.variables).code == 0
        assert list(captures(tmp_path / str(number))) == [url]


def open_there(bucket: Bucket, url: str) -> int:
    """How many packets are in a capture."""
    with here(bucket.variables), open_capture(url) as capture:
        return sum(map(len, capture.packets()))


def test_the_keys_in_a_capture_behind_a_url_are_used(bucket: Bucket, tmp_path: Path) -> None:
    """It is fetched once, and is the same as on disk."""
    pytest.importorskip("cryptography")
    from sealed import over_tls  # noqa: PLC0415 - needs cryptography
    from tests.test_wrappings import SAID  # noqa: PLC0415
    from tests.trace.test_dissection import with_secrets  # noqa: PLC0415

    data = with_secrets(*over_tls(SAID, tmp_path))
    path = tmp_path / "tls.pcapng"
    path.write_bytes(data)
    there = run("analyze", "--format", "json", bucket.put("tls.pcapng", data), **bucket.variables)
    assert document(there) == document(run("analyze", "--format", "json", path))
    assert document(there)["captures"][0]["sip_messages"] == len(SAID)


# A web server


def test_a_page_of_links_is_a_folder(tmp_path: Path) -> None:
    """As the usual web servers show one; a server that shows none says so, and its captures are named one by one."""
    files(tmp_path / "night")
    (tmp_path / "night" / "b" / "broken.pcap").unlink()
    here = audit(tmp_path / "here", str(tmp_path / "night"))
    with web(tmp_path / "night") as root:
        for number, paths in enumerate(((f"{root}/",), (f"{root}/a/", f"{root}/b/*.gz"), (f"{root}/a", f"{root}/b"))):
            there = audit(tmp_path / str(number), *paths)
            assert (there.code, there.out) == (0, here.out)
    with web(tmp_path / "night", lists=False) as root:
        there = audit(tmp_path / "none", f"{root}/a/")
        assert (there.code, there.out) == (3, "")
        assert there.err.startswith(f"sipdiag: {root}/a/: permission denied: 403")
        there = audit(tmp_path / "one", f"{root}/a/call.pcap", f"{root}/a/talk.pcap", f"{root}/b/failed.pcap.gz")
        assert (there.code, there.out) == (0, here.out)


def test_a_page_without_links_is_no_folder(tmp_path: Path) -> None:
    """One line says what to do."""
    (tmp_path / "index.html").write_text("<p>Welcome")
    with web(tmp_path) as root:
        ran = audit(tmp_path / "out", f"{root}/")
        assert ran.err == f"sipdiag: {root}/: shows no list of what is in it: name the captures one by one\n"
        assert ran.code == 3


def test_a_web_server_need_not_give_parts(tmp_path: Path) -> None:
    """A capture longer than any buffer is asked for once."""
    frames = [bytes([number]) * 60_000 for number in range(200)]
    (tmp_path / "long.pcap").write_bytes(pcap(frames))
    with web(tmp_path) as root, open_capture(f"{root}/long.pcap") as capture:
        assert capture.bytes == (tmp_path / "long.pcap").stat().st_size
        assert read(capture)[0] == frames


def test_what_changed_on_a_web_server_is_read_again(tmp_path: Path) -> None:
    """Its time of change tells."""
    path = tmp_path / "www" / "call.pcap"
    path.parent.mkdir()
    with web(path.parent) as root:
        for data, code in ((FAILED, "403"), (FAILED.replace(b"403 Forbidden", b"404 Not Found"), "404")):
            path.write_bytes(data)
            os.utime(path, (1_700_000_000 + int(code),) * 2)
            assert audit(tmp_path / "out", f"{root}/call.pcap").code == 0
            codes = run("audit", tmp_path / "out", "--sql", "SELECT DISTINCT code FROM responses ORDER BY code").out
            assert codes.split()[-1] == code


@pytest.mark.parametrize("secret", ["alice:wonderland@", ""])
def test_what_lets_somebody_in_is_not_told(tmp_path: Path, secret: str) -> None:
    """Neither a password nor the signature of a link, in reports, tables or the journal."""
    (tmp_path / "call.pcap").write_bytes(FAILED)
    with web(tmp_path) as root:
        url = f"{root.replace('//', '//' + secret)}/call.pcap?version=2&X-Amz-Signature=wonderland"
        shown = f"{root}/call.pcap?version=2&X-Amz-Signature=..."
        ran = run("analyze", "--format", "json", url)
        assert json.loads(ran.out)["captures"][0]["path"] == shown
        ran = audit(tmp_path / "out", url)
        assert list(captures(tmp_path / "out")) == [shown]
        missing = run("analyze", url.replace("call", "none"))
        assert (missing.code, missing.err) == (
            3,
            f"sipdiag: {shown.replace('call', 'none')}: no such file or directory\n",
        )
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or b"wonderland" not in path.read_bytes()


# What is not there


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("{bucket}/none.pcap", "no such file or directory"),
        ("{bucket}/none/", "no such file or directory"),
        ("{bucket}-of-nobody/x.pcap", "no such bucket"),
        ("{bucket}/night/", FOLDER),
        ("{bucket}", FOLDER),
        ("no-such-store://x/y.pcap", "cannot be read: ValueError: Protocol not known: no-such-store"),
    ],
)
def test_what_cannot_be_read_is_one_line(night: Bucket, tmp_path: Path, url: str, reason: str) -> None:
    """With its reason and exit code 3, of a folder with what reads it; an audit goes on with the rest."""
    url = url.format(bucket=night.url)
    ran = run("analyze", url, **night.variables)
    hint = f"; 'sipdiag audit {url} -o DIR' reads the captures of a folder" if reason == FOLDER else ""
    assert (ran.code, ran.out, ran.err) == (3, "", f"sipdiag: {url}: {reason}{hint}\n")
    if reason != FOLDER:
        ran = audit(tmp_path / "out", url, f"{night.url}/night/a/call.pcap", **night.variables)
        assert ran.code == 3
        assert f"sipdiag: {url}: {reason}\n" in ran.err
        assert list(captures(tmp_path / "out")) == [f"{night.url}/night/a/call.pcap"]


def test_who_may_not_is_told(endpoints: dict[str, str], tmp_path: Path) -> None:
    """By the object and by the list of objects; what one may read is audited."""
    from moto.core import set_initial_no_auth_action_count  # noqa: PLC0415 - after the skip

    with amazon() as url:
        bucket = Amazon(url, LOCKED)
        bucket.put("a/call.pcap", CALL)

        with_keys = set_initial_no_auth_action_count(0)
        refused = with_keys(lambda: attempts(bucket, tmp_path / "s3"))()
    bucket = Google(endpoints["gs"], LOCKED)
    bucket.put("a/call.pcap", CALL)
    for ran in (*refused, *attempts(bucket, tmp_path / "gs")):
        assert (ran.code, ran.out) == (3, "")
        assert ": permission denied: " in ran.err
        assert ran.err.count("\n") == 1
    url = Google(endpoints["gs"], f"open-{next(NUMBERS)}").put("call.pcap", CALL)
    ran = audit(tmp_path / "both", f"gs://{LOCKED}/a/call.pcap", url, **bucket.variables)
    assert (ran.code, list(captures(tmp_path / "both"))) == (3, [url])


def attempts(bucket: Bucket, out: Path) -> list[Ran]:
    """What is said of a bucket that is locked."""
    return [
        run("analyze", f"{bucket.url}/a/call.pcap", **bucket.variables),
        audit(out, f"{bucket.url}/a/*.pcap", **bucket.variables),
        audit(out, f"{bucket.url}/a/", **bucket.variables),
    ]


@pytest.mark.parametrize("url", ["s3://probes/x.pcap", f"{NOBODY}/x.pcap"])
def test_where_nobody_answers_is_told(tmp_path: Path, url: str) -> None:
    """In one line."""
    here = {**KEYS, "AWS_ENDPOINT_URL": NOBODY, "AWS_MAX_ATTEMPTS": "1"}
    for ran in (run("analyze", url, **here), audit(tmp_path / "out", url, **here)):
        assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
        assert ran.err.startswith(f"sipdiag: {url}: cannot be read: ")


@pytest.mark.parametrize(
    ("package", "extra", "url"),
    [
        ("s3fs", "s3", "s3://bucket/x.pcap"),
        ("gcsfs", "gcs", "gs://bucket/x.pcap"),
        ("aiohttp", "remote", "https://example.com/x.pcap"),
    ],
)
def test_a_missing_package_is_named(package: str, extra: str, url: str) -> None:
    """The one to install, and the extra that brings it."""
    code = (
        f"import sys; sys.modules[{package!r}] = None; sys.argv[1:] = ['analyze', {url!r}]\n"
        "from sipdiag.cli import console; console()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (
        3,
        f"sipdiag: {url}: is a URL: install the package {package} to read it: pip install 'sipdiag[{extra}]'\n",
    )


# What breaks off


@contextmanager
def here(variables: dict[str, str]) -> Iterator[None]:
    """Look for a store where they say, of which the process remembers no other."""
    import gcsfs  # noqa: PLC0415 - after the skip
    import s3fs  # noqa: PLC0415

    for kind in (s3fs.S3FileSystem, gcsfs.GCSFileSystem):
        kind.clear_instance_cache()
    with patch.dict(os.environ, variables):
        yield


@pytest.mark.parametrize("times", [1, 2])
def test_reading_goes_on_where_a_web_server_was_cut_off(tmp_path: Path, times: int) -> None:
    """From where it was, as often as something came in between."""
    (tmp_path / "talk.pcap").write_bytes(TALK)
    with web(tmp_path) as root, cut(root, after=100_000, times=times) as wire:
        with open_capture(f"{wire.url}/talk.pcap") as capture:
            whole = read(capture)
        assert wire.cut == times
    with open_capture(str(tmp_path / "talk.pcap")) as capture:
        assert whole == read(capture)


def test_reading_goes_on_where_a_store_was_cut_off(bucket: Bucket, tmp_path: Path) -> None:
    """Piece by piece, so that what came is not asked for again."""
    frames = [bytes([number]) * 60_000 for number in range(9)]
    url = bucket.put("long.pcap", pcap(frames))
    assert tmp_path.exists()
    with (
        patch.object(remote, "PIECE", 100_000),
        cut(bucket.endpoint, after=250_000, times=2) as wire,
        here(bucket.at(wire.url)),
    ):
        with open_capture(url) as capture:
            assert read(capture)[0] == frames
        assert wire.cut == 2


@pytest.mark.parametrize("bucket", ["s3"], indirect=True)  # gcsfs alone tries for half a minute, three times
def test_what_stays_cut_off_is_told(night: Bucket, tmp_path: Path) -> None:
    """As unreadable, with how far it came; the others are audited."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "talk.pcap").write_bytes(TALK)
    (tmp_path / "www" / "call.pcap").write_bytes(CALL)
    with web(tmp_path / "www") as root, cut(root, after=50_000, times=1_000) as wire:
        ran = run("analyze", f"{wire.url}/talk.pcap")
        assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
        assert f" of {len(TALK)} bytes" in ran.err
        assert audit(tmp_path / "web", f"{wire.url}/talk.pcap", f"{wire.url}/call.pcap").code == 3
        assert {path.rpartition("/")[2]: state for path, (state, _) in captures(tmp_path / "web").items()} == {
            "talk.pcap": "unreadable",
            "call.pcap": "read",
        }
    with cut(night.endpoint, after=50_000, times=1_000) as wire:
        assert audit(tmp_path / "s3", f"{night.url}/night/a", **night.at(wire.url)).code == 3
    became = captures(tmp_path / "s3")
    assert became[f"{night.url}/night/a/call.pcap"] == ("read", "")
    assert became[f"{night.url}/night/a/talk.pcap"][1].startswith("cannot be read: ")


def test_an_object_that_changed_in_the_meantime_is_not_joined(bucket: Bucket) -> None:
    """Half of one and half of another would be a capture that never was."""
    url = bucket.put("talk.pcap", TALK)
    with patch.object(remote, "PIECE", 10_000), here(bucket.variables):
        source = remote.Remote(url)
        assert source.read(50_000) == TALK[:50_000]
        bucket.put("talk.pcap", TALK + TALK[24:])
        with pytest.raises(OSError, match="it changed in the meantime"):
            source.read(len(TALK))
        source.close()


def test_what_is_refused_is_closed(tmp_path: Path) -> None:
    """A server is not left with connections of captures that are none."""
    (tmp_path / "text.pcap").write_text("nothing to see " * 99_999)
    with web(tmp_path) as root, pytest.raises(CaptureError, match="is a text file"):
        open_capture(f"{root}/text.pcap")
