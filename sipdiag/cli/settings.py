"""The settings file: `sipdiag.toml`, or `[tool.sipdiag]` in `pyproject.toml`, in this folder or one above it.

```toml
ignore = ["ack-late"]
fail-on = "warning"
certificates = ["carrier.pem", "https://cert.example.org/shaken.pem=other.pem"]

[thresholds]
setup_slow_s = 8

[severity]
request-retransmitted = "note"

[[silence]]
rule = "contact-private"
peer = "198.51.100.7"
reason = "old door phone, replaced in spring"
until = 2027-04-01
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from sipdiag.errors import UsageError
from sipdiag.findings import Policy, Settings, Severity, Silence


class File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What a settings file may say; each name is that of the option it stands in for."""

    lang: str | None = None
    fail_on: Literal["error", "warning", "note", "never"] | None = None
    select: list[str] = []
    ignore: list[str] = []
    thresholds: Settings = Settings()
    severity: dict[str, Severity] = {}
    silence: list[Silence] = []
    certificates: list[str] = []
    """Files, relative to the folder of this one, that `--certificate` names."""

    def filled(self, narrowing: dict[str, str | None]) -> dict[str, str | None]:
        """The options that narrow a report, with what this file says where the command line says nothing."""
        return narrowing | {
            "select": narrowing["select"] or ",".join(self.select),
            "ignore": narrowing["ignore"] or ",".join(self.ignore),
        }

    @property
    def policy(self) -> Policy:
        """How findings are to be taken."""
        return Policy(severities=self.severity, silences=self.silence)


def settings_near(folder: Path, rules: frozenset[str]) -> File:
    """The settings of the first file found in `folder` or above it; all defaults when there is none.

    Raises `UsageError` with the file and the reason when it says something that does not exist.
    """
    for place in (folder, *folder.parents):
        own, project = place / "sipdiag.toml", place / "pyproject.toml"
        if own.is_file():
            return _read(own, _toml(own), rules)
        if project.is_file() and (table := _toml(project).get("tool", {}).get("sipdiag")) is not None:
            return _read(project, table, rules)
    return File()


def settings_here() -> File:
    """The settings that hold in the current folder."""
    from sipdiag.rules import RULES  # noqa: PLC0415  (not every command has rules)

    return settings_near(Path.cwd(), frozenset(RULES.names))


def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  (where there is no such file, it is not needed)

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path}: {error}") from error


def _read(path: Path, table: dict[str, Any], rules: frozenset[str]) -> File:
    try:
        settings = msgspec.convert(table, File)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: {error}") from error
    named = {*settings.select, *settings.ignore, *settings.severity, *(each.rule for each in settings.silence)}
    if unknown := sorted(named - rules):
        raise UsageError(f"{path}: no rule is called {unknown[0]!r}; 'sipdiag rules' lists them")
    if settings.certificates:
        from sipdiag.cli.certificates import certificates_in  # noqa: PLC0415  (few have any)

        given = certificates_in(settings.certificates, path.parent)
        settings = msgspec.structs.replace(
            settings, thresholds=msgspec.structs.replace(settings.thresholds, certificates=given)
        )
    return settings
