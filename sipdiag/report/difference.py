"""One difference between a request that failed and one that worked, in words: `number format in From: name | …`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOLD = re.compile(r"(\S+) (\S+): (.*)\Z", re.DOTALL)
"""As a finding's evidence has it: kind, aspect, both values."""
_DIGITS = re.compile(r"(no|0|00) prefix, (\d+) digits\Z")
_PLAIN = {"name": "form_name", "anonymous": "form_anonymous", "E.164 with +": "form_e164"}


def difference_told(told: str, labels: Mapping[str, str]) -> str:
    """A difference of a finding's evidence in the words of `labels`."""
    found = _TOLD.match(told)
    if found is None:
        return told
    kind, aspect, values = found.groups()
    failed, _, worked = values.partition(" | ")
    return f"{name_of(kind, aspect, labels)}: {value_of(aspect, failed, labels)} | {value_of(aspect, worked, labels)}"


def name_of(kind: str, aspect: str, labels: Mapping[str, str]) -> str:
    """What a reader calls an aspect."""
    return labels.get(f"{kind}_{aspect}", f"{kind} {aspect}")


def value_of(aspect: str, value: str, labels: Mapping[str, str]) -> str:
    """A value, where it is one of the program's own words; what a packet said stays as it is."""
    if aspect == "form":
        digits = _DIGITS.match(value)
        if digits is not None:
            return labels[f"form_{digits[1]}_prefix"].format(count=digits[2])
        return labels[_PLAIN[value]] if value in _PLAIN else value
    return labels["none"] if value == "none" and aspect in ("account", "tones", "keys") else value
