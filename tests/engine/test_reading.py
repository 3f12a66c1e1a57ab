"""Tests of `sipdiag.engine.reading`: what is wrong with a capture, and what is wrong with the place it is read at."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from reporting import sample
from sipdiag.engine import reading
from sipdiag.engine.crew import WorkError
from sipdiag.engine.places import Place
from sipdiag.engine.reading import How, outcomes_of

CAPTURE = sample("ack-missing/ack-missing")


def test_a_full_disk_is_no_fault_of_a_capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the audit; a file that cannot be opened is told and the audit goes on."""
    shutil.copy(CAPTURE, tmp_path / "one.pcap")
    places = [Place(path="one.pcap")]

    def fails(number: int) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(number, "of the system")

        monkeypatch.setattr(reading, "put_table", full)

    fails(errno.EIO)
    (outcome,) = outcomes_of(places, tmp_path, How(), tmp_path)
    assert outcome.reason == "of the system"
    fails(errno.ENOSPC)
    with pytest.raises(OSError, match="of the system"):
        outcomes_of(places, tmp_path, How(), tmp_path)


def test_a_worker_without_the_folder_reads_nothing(tmp_path: Path) -> None:
    """What it read there would be read by nobody."""
    with pytest.raises(WorkError, match="does not see this folder"):
        outcomes_of([Place(path=str(CAPTURE))], tmp_path / "elsewhere", How(), tmp_path)
    assert not (tmp_path / "elsewhere").exists()
