"""Tests of `sipdiag audit` as a user runs it: the result, interruptions, the watch, mistakes."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from benchmarks.fleet import write_fleet
from command import argv, environment, run
from engine.auditing import expected, rows, serially, words
from reporting import sample
from sipdiag.cli import audit_progress
from sipdiag.cli.audit_progress import AuditProgress
from sipdiag.engine.results import TABLES

GOOD = sample("call-answered/call-answered")
BAD = sample("ack-missing/ack-missing")
KILLS = 3
"""In CI; ten by hand: SIPDIAG_KILLS=10."""


ORPHANED = 1.2
"""Seconds in which the workers of a run that was killed end too: then nobody is left to leave anything behind."""


def test_an_audit_leaves_tables_views_and_summaries(tmp_path: Path) -> None:
    """The picture on standard output, the progress on standard error, everything else in the folder."""
    target = tmp_path / "out"
    ran = run("audit", GOOD, BAD, "-o", target, "--jobs", "1")
    assert ran.code == 0
    assert "Captures: 2 (" in ran.out
    assert "ack-missing" in ran.out
    assert "Reading: 2 / 2" in ran.err
    assert {each.name for each in target.iterdir()} >= {
        *("audit.duckdb", "summary.json", "summary.html", "latest", "journal.jsonl")
    }
    told = json.loads((target / "summary.json").read_text(encoding="utf-8"))
    assert told["calls"] == {"answered": 2}
    assert run("audit", target, "--format", "json").out == (target / "summary.json").read_text(encoding="utf-8")
    assert run("audit", target, "--format", "html").out == (target / "summary.html").read_text(encoding="utf-8")
    assert run("audit", target, "-q").out == ran.out


def test_a_moved_folder_is_asked_where_it_lies(tmp_path: Path) -> None:
    """The views follow it."""
    assert run("audit", BAD, "-o", tmp_path / "out", "-q").code == 0
    (tmp_path / "out").rename(tmp_path / "moved")
    ran = run("audit", tmp_path / "moved", "--sql", "SELECT rule FROM findings", "--format", "csv")
    assert (ran.code, ran.out) == (0, "rule\r\nack-missing\r\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name captures"),
        (["somewhere"], "name the folder of an audit"),
        ([BAD, "--sql", "SELECT 1"], "name the folder of an audit"),
        ([BAD, "-o", "/proc/no/such"], "/proc/no"),
        ([BAD, "-o", BAD], f"{BAD}: File exists"),
        ([BAD, "-o", ""], "a folder for the result"),
        ([BAD, "-o", "out", "--format", "csv"], "--sql"),
        ([BAD, "-o", "out", "--jobs", "0"], "--jobs"),
    ],
)
def test_mistakes_on_the_command_line(arguments: list[str | Path], said: str, tmp_path: Path) -> None:
    """Exit code 2 and one clear line."""
    ran = run("audit", *arguments, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_nothing_of_somebody_else_is_cleared(tmp_path: Path) -> None:
    """A folder with captures may be that of the result, unless something in it is called as an audit's own."""
    for name in ("a.pcap", "data/b.pcap", "mine/c.pcap", "work/read/d.pcap"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(BAD, tmp_path / name)
    ran = run("audit", ".", "-o", ".", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("sipdiag: .: holds data, which is of no audit: name another folder\n")
    (tmp_path / "data").rename(tmp_path / "aside")
    (tmp_path / "work").rename(tmp_path / "beside")
    assert run("audit", ".", "-o", ".", cwd=tmp_path).code == 0
    (tmp_path / "aside").rename(tmp_path / "data" / "aside")
    (tmp_path / "beside").rename(tmp_path / "work" / "beside")
    shutil.copyfile(GOOD, tmp_path / "a.pcap")
    assert run("audit", ".", "-o", ".", cwd=tmp_path).code == 0
    captures = run("audit", tmp_path, "--sql", "SELECT path FROM captures ORDER BY path", "--format", "csv").out.split()
    assert captures == ["path", "a.pcap", "mine/c.pcap"]
    kept = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.pcap")}
    assert kept == {"a.pcap", "mine/c.pcap", "data/aside/b.pcap", "work/beside/read/d.pcap"}


def test_wrong_sql_is_a_mistake_too(tmp_path: Path) -> None:
    """With what the store says of it."""
    run("audit", BAD, "-o", tmp_path, "-q")
    ran = run("audit", tmp_path, "--sql", "SELEKT 1")
    assert (ran.code, ran.out) == (2, "")
    assert "SELEKT" in ran.err


def test_exit_codes(tmp_path: Path) -> None:
    """1 for findings where that was asked for, 3 for what could not be read, whatever else there is."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(BAD, folder / "bad.pcap")
    assert run("audit", folder, "-o", tmp_path / "one", "--fail-on", "error").code == 1
    assert run("audit", GOOD, "-o", tmp_path / "two", "--fail-on", "error").code == 0
    assert run("audit", tmp_path / "one", "--fail-on", "error", "--metrics", tmp_path / "m.prom").code == 1
    assert 'state="read"} 1' in (tmp_path / "m.prom").read_text(encoding="utf-8")
    assert run("audit", tmp_path / "two", "--fail-on", "error").code == 0
    (folder / "broken.pcap").write_bytes(b"nothing")
    ran = run("audit", folder, "-o", tmp_path / "one", "--fail-on", "error")
    assert ran.code == 3
    assert "broken.pcap: is a text file, not a packet capture" in ran.out
    assert run("audit", tmp_path / "no" / "*.pcap", "-o", tmp_path / "three").code == 3


def test_the_columns_are_described() -> None:
    """Each of every table, with its type and meaning."""
    told = json.loads(run("audit", "--schema").out)
    assert told["schema"] == "sipdiag-audit/1"
    assert {name: list(columns) for name, columns in told["tables"].items()} == {
        name: schema.names for name, schema in TABLES.items()
    }
    assert all(each["meaning"] for columns in told["tables"].values() for each in columns.values())


def test_rules_are_chosen_and_captures_read_as_options_say(tmp_path: Path) -> None:
    """The same folder serves: what is read in another way is read anew, what is judged in another way is not."""
    media = sample("call-with-media/call-with-media")

    def seen(*options: str) -> tuple[bool, int]:
        assert run("audit", BAD, media, "-o", tmp_path, "-q", *options).code == 0
        rules = {row["rule"] for row in rows(tmp_path, "findings")}
        return "ack-missing" in rules, len(rows(tmp_path, "streams"))

    assert seen() == (True, 2)
    assert seen("--ignore", "ack-missing") == (False, 2)
    assert seen("--no-media") == (True, 0)
    assert seen() == (True, 2)
    assert run("audit", BAD, "-o", tmp_path, "--select", "no-such-rule").code == 2


def test_the_summary_speaks_portuguese(tmp_path: Path) -> None:
    """Labels and findings."""
    ran = run("audit", BAD, "-o", tmp_path, "--lang", "pt")
    assert "Diagnósticos por regra" in ran.out
    assert "Leitura" in ran.err


def test_how_long_it_will_take_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody draws a bar: with rate and the time that is left."""
    clock = iter(range(0, 1000, 15))
    monkeypatch.setattr(audit_progress.time, "monotonic", lambda: next(clock))
    with AuditProgress(words(), wanted=True) as progress:
        progress.begin("reading", 3)
        progress.step(octets=3_000_000, messages=1500)
        progress.step(octets=3_000_000, messages=1500)
        progress.step(octets=3_000_000, messages=1500)
    first, _, last = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"Reading: 1 / 3 \(3\.0 MB, 1,500 SIP, [0-9.]+ kB/s, [0-9a-z ]+ left\)", first)
    assert re.fullmatch(r"Reading: 3 / 3 \(9\.0 MB, 4,500 SIP, [0-9.]+ kB/s\)", last)


def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """At any moment, with SIGKILL; in the end it is the serial analysis, nothing lost and nothing twice."""
    write_fleet(tmp_path / "in", captures=60, calls=150, damaged=0.05)
    target = tmp_path / "out"
    dice = random.Random(7)  # noqa: S311  (the same moments every time)
    command = argv("audit", tmp_path / "in", "-o", target, "--jobs", "2", "-q")
    began = time.monotonic()
    subprocess.run(
        argv("audit", tmp_path / "in", "-o", tmp_path / "once", "--jobs", "2", "-q"), env=environment(), check=False
    )
    lasted = time.monotonic() - began
    for _ in range(int(os.environ.get("SIPDIAG_KILLS", KILLS))):
        running = subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.1, lasted * 0.9))
        running.send_signal(signal.SIGKILL)
        running.wait()
    time.sleep(ORPHANED)
    assert subprocess.run(command, env=environment(), check=False).returncode == 3
    analysis = serially(target)
    for name in ("findings", "calls", "responses"):
        assert rows(target, name) == expected(analysis, name) == rows(tmp_path / "once", name), name
    assert not list(target.rglob("*.part"))


def test_a_watch_audits_what_is_complete(tmp_path: Path) -> None:
    """And writes figures for Prometheus, until it is stopped."""
    folder, target, metrics = tmp_path / "in", tmp_path / "out", tmp_path / "sipdiag.prom"
    folder.mkdir()
    command = argv("audit", folder, "-o", target, "--watch", "--every", "0.2", "--metrics", metrics, "--jobs", "1")
    with (tmp_path / "err").open("w") as err:
        watching = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=err, text=True)
        try:
            shutil.copyfile(BAD, folder / "one.pcap")
            _wait_for(lambda: metrics.exists() and 'state="read"} 1' in metrics.read_text(encoding="utf-8"))
            shutil.copyfile(GOOD, folder / "two.pcap")
            _wait_for(lambda: 'state="read"} 2' in metrics.read_text(encoding="utf-8"))
        finally:
            watching.send_signal(signal.SIGINT)
        out, _ = watching.communicate(timeout=20)
    assert watching.returncode == 0
    assert "Captures: 2 (" in out


def test_a_watch_says_what_is_new(tmp_path: Path) -> None:
    """A line for each round, and once that there is nothing yet; others may read its figures in a folder it makes."""
    folder, metrics = tmp_path / "in", tmp_path / "made" / "sipdiag.prom"
    folder.mkdir()
    command = argv("audit", folder, "-o", tmp_path / "out", "--watch", "--every", "0.1", "--metrics", metrics)
    watching = subprocess.Popen(
        [*command, "--jobs", "1", "--lang", "pt"],
        env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stderr is not None
    assert "não contém nenhuma captura" in watching.stderr.readline()
    shutil.copyfile(BAD, folder / "one.pcap")
    rounds = [watching.stderr.readline().rstrip()]
    watching.send_signal(signal.SIGTERM)
    rounds += watching.communicate(timeout=20)[1].splitlines()
    assert watching.returncode == 0
    assert rounds == ["2026-03-02T09:00:37Z Capturas: 1, Chamadas: 1, erro: 1, aviso: 0, nota: 0"]
    assert metrics.stat().st_mode & 0o044 == 0o044 & ~_umask()
    assert metrics.parent.stat().st_mode & 0o055 == 0o055 & ~_umask()


def _umask() -> int:
    before = os.umask(0o022)
    os.umask(before)
    return before


def _wait_for(condition: object) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if callable(condition) and condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_what_was_read_in_one_way_does_not_count_in_another(tmp_path: Path) -> None:
    """Without keys, with them, with others under the same name, by Wireshark: each is read anew, and once."""
    pytest.importorskip("cryptography")
    from sealed import over_tls  # noqa: PLC0415 - needs cryptography
    from tests.test_wrappings import SAID  # noqa: PLC0415

    captures = tmp_path / "captures"
    captures.mkdir()
    capture, secrets = over_tls(SAID, tmp_path)
    (captures / "tls.pcap").write_bytes(capture)
    shutil.copy(BAD, captures / "plain.pcap")
    keys = tmp_path / "some.log"
    keys.write_text("# nothing yet\n")
    plain, both = {"plain.pcap": len(SAID), "tls.pcap": 0}, {"plain.pcap": len(SAID), "tls.pcap": len(SAID)}

    def messages(*options: str | Path) -> dict[str, int]:
        assert run("audit", captures, "-o", tmp_path / "out", "--jobs", "1", "-q", *options).code == 0
        query = "SELECT path, sip_messages FROM captures"
        told = run("audit", tmp_path / "out", "--sql", query, "--format", "json").out
        return {Path(row["path"]).name: row["sip_messages"] for row in map(json.loads, told.splitlines())}

    assert messages() == plain
    assert messages("--keylog", keys) == plain
    keys.write_bytes(secrets.read_bytes())
    assert messages("--keylog", keys) == both
    assert messages("--engine", "wireshark", "--keylog", keys) == both
    assert messages("--engine", "wireshark") == plain
    entries = (tmp_path / "out" / "journal.jsonl").read_bytes().count(b"path")
    assert entries == 2 * 5
    assert messages("--engine", "wireshark") == plain
    assert (tmp_path / "out" / "journal.jsonl").read_bytes().count(b"path") == entries
    assert messages() == plain


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_an_audit_says_of_a_capture_what_its_analysis_says(tmp_path: Path) -> None:
    """By either engine: the same findings, severities and frames."""
    for engine in ("native", "wireshark"):
        target = tmp_path / engine
        assert run("audit", BAD, "-o", target, "-q", "--engine", engine).code == 0
        query = "SELECT rule, severity, message FROM findings ORDER BY ALL"
        told = run("audit", target, "--sql", query, "--format", "json").out
        alone = json.loads(run("analyze", BAD, "--engine", engine, "--format", "json").out)["findings"]
        rows = [{key: each[key] for key in ("rule", "severity", "message")} for each in alone]
        assert [json.loads(line) for line in told.splitlines()] == sorted(rows, key=lambda row: [*row.values()])


@pytest.mark.parametrize("ended", [signal.SIGINT, signal.SIGTERM])
def test_an_audit_that_is_broken_off_leaves_nothing_half_done(ended: signal.Signals, tmp_path: Path) -> None:
    """It ends soon with its workers, says how to go on, and its code is that of what ended it."""
    write_fleet(tmp_path / "in", captures=30, calls=900, damaged=0)
    target = tmp_path / "out"
    running = subprocess.Popen(
        argv("audit", tmp_path / "in", "-o", target, "--jobs", "2"),
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    _wait_for((target / "journal.jsonl").exists)
    running.send_signal(ended)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out) == (128 + ended, "")
    assert err.count("goes on where it was") == 1
    assert "Traceback" not in err
    assert not list(target.rglob("*.part"))
    assert run("audit", tmp_path / "in", "-o", target, "-q").code == 0
