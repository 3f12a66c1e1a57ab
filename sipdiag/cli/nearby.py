"""Whether there may be a settings file, told without reading it: what it may say takes long to import."""

from __future__ import annotations

from pathlib import Path

OWN, PROJECT = "sipdiag.toml", "pyproject.toml"


def may_have_settings(folder: Path) -> bool:
    """Whether a file in `folder` or above it may say something to this program."""
    return any((place / OWN).is_file() or _names_us(place / PROJECT) for place in (folder, *folder.parents))


def _names_us(project: Path) -> bool:
    """Whether a project's file mentions the program; also where it cannot be read, so that who reads it can say so."""
    try:
        return b"sipdiag" in project.read_bytes()
    except FileNotFoundError:
        return False
    except OSError:
        return project.is_file()
