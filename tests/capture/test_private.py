"""Files that only their owner may read, for another program."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest

from sipdiag.capture import private, private_file

HOLDER = (
    "import sys, time\n"
    "from sipdiag.capture import private_file\n"
    "with private_file() as (file, path):\n"
    "    file.write(b'secret')\n"
    "    file.flush()\n"
    "    print(path, flush=True)\n"
    "    time.sleep(60)\n"
)


@pytest.mark.parametrize("shown", [True, False])
def test_another_program_reads_it_and_nobody_else(tmp_path: Path, shown: bool) -> None:  # noqa: FBT001
    """By its path, with or without a name of its own; afterwards nothing is left."""
    here = private.Path if shown else lambda _: Path(os.devnull)
    with patch.object(private, "Path", here), patch.object(tempfile, "tempdir", str(tmp_path)):
        with private_file() as (file, path):
            file.write(b"secret")
            file.flush()
            assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
            assert subprocess.run([sys.executable, "-c", f"print(open({path!r}).read())"], stdout=-1, check=True).stdout
            assert [*tmp_path.iterdir()] == ([] if shown else [Path(path)])
        assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system shows no open files as paths")
def test_who_is_killed_leaves_nothing(tmp_path: Path) -> None:
    """Not even the name."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, env=environment) as holder:
        assert holder.stdout is not None
        path = Path(holder.stdout.readline().decode().strip())
        assert path.read_bytes() == b"secret"
        assert [*tmp_path.iterdir()] == []
        holder.send_signal(signal.SIGKILL)
    assert not path.exists()
