"""The folders of the catalogue, read with `os` alone: pathlib takes longer to import than an entry takes to read."""

# ruff: noqa: PTH100, PTH112, PTH113, PTH118, PTH119, PTH120, PTH123, PTH208

from __future__ import annotations

import os

from sipdiag.errors import KnowledgeError

SUFFIX = ".md"


def data_folder() -> str:
    """Where the catalogue lies: inside the installed package, or at the top level of a checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(here, "data")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(os.path.dirname(here)), "knowledge")


def joined(folder: str | os.PathLike[str], *names: str) -> str:
    """The path of what is called `names` in `folder`."""
    return os.path.join(folder, *names)


def last_name(folder: str | os.PathLike[str]) -> str:
    """What a folder is called."""
    return os.path.basename(os.path.abspath(folder))


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether there is such a folder."""
    return os.path.isdir(path)


def is_file(path: str) -> bool:
    """Whether there is such a file."""
    return os.path.isfile(path)


def folders_in(folder: str) -> list[str]:
    """The names of the folders in `folder`; none when it is not there."""
    return sorted(name for name in _listed(folder) if os.path.isdir(os.path.join(folder, name)))


def entries_in(folder: str) -> list[str]:
    """The names of the entries in `folder`, without `.md`; none when it is not there."""
    return sorted(name.removesuffix(SUFFIX) for name in _listed(folder) if name.endswith(SUFFIX) and name[0] != ".")


def text_of(path: str) -> str:
    """What a file says; raises `KnowledgeError` where it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except OSError as error:
        raise KnowledgeError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        with open(path, "rb") as file:
            line = file.read(error.start).count(b"\n") + 1
        raise KnowledgeError(f"{path}:{line}: not UTF-8 text: {error.reason}") from error


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise KnowledgeError(f"{folder}: {error.strerror}") from error
