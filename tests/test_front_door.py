"""Tests of `sipdiag` itself: the front door."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sipdiag

SAMPLE = Path(__file__).parents[1] / "samples" / "call-failed" / "call-failed.pcap"


@pytest.mark.parametrize("name", sipdiag.__all__)
def test_every_name_at_the_door_is_there(name: str) -> None:
    """What `__all__` promises can be had, and is listed."""
    assert getattr(sipdiag, name).__name__ == name
    assert name in dir(sipdiag)


def test_another_name_is_refused_as_python_does() -> None:
    """A typing error gives an AttributeError that names it."""
    with pytest.raises(AttributeError, match="analyse"):
        getattr(sipdiag, "analyse")  # noqa: B009  (a type checker knows better than to let this pass)


def test_one_capture_needs_no_list_and_a_path_no_text() -> None:
    """`analyze("a.pcap")`, `analyze(Path("a.pcap"))` and a list of either are the same analysis."""
    told = [sipdiag.analyze(given).findings for given in (str(SAMPLE), SAMPLE, [SAMPLE], [str(SAMPLE)])]
    assert told[0]
    assert all(each == told[0] for each in told)
    assert sipdiag.conclude([sipdiag.read(SAMPLE)]).findings == told[0]


def test_a_finding_has_its_sentences_in_both_languages() -> None:
    """`Words` gives what the report says, for programs that say it themselves."""
    (finding,) = sipdiag.analyze(SAMPLE).findings
    english, portuguese = (sipdiag.Words(sipdiag.Catalogue(language)) for language in ("en", "pt"))
    assert english.message(finding).startswith("The call failed with 403 Forbidden")
    assert portuguese.message(finding).startswith("A chamada falhou com 403 Forbidden")
    assert english.remedy(finding)


def test_settings_are_those_of_the_analysis() -> None:
    """What is slow or many is the caller's to say, as in the settings file."""
    answered = SAMPLE.parents[1] / "call-answered" / "call-answered.pcap"
    assert not sipdiag.analyze(answered).findings
    assert sipdiag.analyze(answered, sipdiag.Settings(setup_slow_s=0.01)).findings


def test_a_user_of_the_types_finds_them(tmp_path: Path) -> None:
    """PEP 561: mypy, strict, in a project of somebody else checks what it does with this package."""
    (tmp_path / "theirs.py").write_text(
        "import sipdiag\n"
        "for finding in sipdiag.analyze('trace.pcap').findings:\n"
        "    severity: sipdiag.Severity = finding.severity\n"
        "    wrong: int = finding.rule\n"
        "sipdiag.analyse\n"
    )
    assert (Path(sipdiag.__file__).parent / "py.typed").is_file()
    mypy = pytest.importorskip("mypy.api")
    told, _, _ = mypy.run(
        ["--strict", "--follow-imports=silent", "--cache-dir", os.devnull, str(tmp_path / "theirs.py")]
    )
    assert "theirs.py:4: error: Incompatible types in assignment" in told
    assert 'theirs.py:5: error: Module has no attribute "analyse"' in told
    assert told.count("error:") == 2


def test_importing_the_package_imports_nothing_heavy() -> None:
    """PEP 562: numpy and the rest come with the first name that needs them."""
    code = "import sys, sipdiag; print([m for m in ('numpy', 'msgspec', 'click', 'rich') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
