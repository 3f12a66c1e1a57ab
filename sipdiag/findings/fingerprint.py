"""The fingerprint of a finding: the same in every recording of the same trouble between the same parties.

What is new in each recording is left out: Call-ID, tags, branches, CSeq numbers, nonces, ports, times, frames, file
names and counts of repeats. What is left says which rule found what about whom: hosts, accounts, methods, status codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sipdiag.findings.finding import Finding

_CHANGING = re.compile(
    r"(?:^|_)(?:branch(?:es)?|call|cseq|date|detail|ids?|info|nonce|open|origid|path|rack|rseq|runner|ssrcs?|stated"
    r"|tags?|twin|what)(?:_|$)"
)
"""Names of evidence (`from_tag`, `call_ids`) whose values are new in each recording, or name the file."""
_KEEPS_USERS = frozenset({"account", "accounts", "aor", "refer_to", "username"})
"""Evidence in which the user part says whose trouble it is; elsewhere, as in Contact, clients may make up a new one."""
_PORT = re.compile(r"((?<=\])|(?:(?<=sip:)|(?<=sips:)|(?<![\w.:-]))[\w.-]+):\d{1,5}(?![\w.@]|:[\w:])")
"""The port behind a host; the last group of an IPv6 address without brackets is none."""
_MEDIA_PORT = re.compile(r"^(m=\w+) \d+")
_URI_PARAMETERS = re.compile(r";[^\s,>\"]*+")
_USER = re.compile(r"(?i)\b(sips?:)[^@\s<>,;]*+@")
_COUNT = re.compile(r" \(\d+\)")
_RANDOM_HOST = re.compile(r"[\w.-]+\.invalid\b")


def fingerprint_of(finding: Finding) -> str:
    """16 hexadecimal digits."""
    from hashlib import blake2b  # noqa: PLC0415  (most reports need none, and it is slow to import)

    parts = [finding.rule, finding.variant, *_stable(finding)]
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def without_ports(text: str) -> str:
    """`text` without the port of any host in it."""
    return _PORT.sub(r"\1", text)


def _stable(finding: Finding) -> Iterator[str]:
    for name, value in sorted(finding.evidence.items()):
        if _CHANGING.search(name):
            continue
        if isinstance(value, str):
            yield f"{name}={_without_what_changes(value, users=name in _KEEPS_USERS)}"
        elif isinstance(value, list):
            texts = (each for each in value if isinstance(each, str))
            yield f"{name}={_joined(texts, users=name in _KEEPS_USERS)}"
        elif name.endswith(("code", "cause")) and not isinstance(value, bool):
            yield f"{name}={value}"


def _joined(texts: Iterable[str], *, users: bool) -> str:
    return "\x1e".join(sorted({_without_what_changes(each, users=users) for each in texts}))


def _without_what_changes(text: str, *, users: bool) -> str:
    text = _MEDIA_PORT.sub(r"\1", _URI_PARAMETERS.sub("", text))
    if not users:
        text = _USER.sub(r"\1", text)
    return _RANDOM_HOST.sub(".invalid", _COUNT.sub("", without_ports(text)))
