"""Tests of `sipdiag` itself: the front door."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sipdiag


@pytest.mark.parametrize("name", sipdiag.__all__)
def test_every_name_at_the_door_is_there(name: str) -> None:
    """What `__all__` promises can be had, and is listed."""
    assert getattr(sipdiag, name).__name__ == name
    assert name in dir(sipdiag)


def test_another_name_is_refused_as_python_does() -> None:
    """A typing error gives an AttributeError that names it."""
    with pytest.raises(AttributeError, match="analyse"):
        _ = sipdiag.analyse


def test_importing_the_package_imports_nothing_heavy() -> None:
    """PEP 562: numpy and the rest come with the first name that needs them."""
    code = "import sys, sipdiag; print([m for m in ('numpy', 'msgspec', 'click', 'rich') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
