"""Numbers, names and secrets replaced: the same text always by the same other one, of the same length and shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2s
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from sipdiag.extract.addresses import Addresses


def words(text: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(text.split())


LAST_DIGITS: Final = 9
"""Digits of a number that are replaced; what stands before them is country and prefix, and decides how it is routed."""
SHORTEST_NUMBER: Final = 4
"""Shorter ones are services and emergency calls."""
NOBODY: Final = words("anonymous unavailable restricted unknown invalid localhost local example test")
"""Names that name nobody (RFC 3323, section 4.1.1.3; RFC 6761)."""
_NUMBER: Final = re.compile(r"\+?[0-9][0-9().\-]*")
_HEX: Final = re.compile(r"(?=.*[a-fA-F])(?=.*[0-9])[0-9a-fA-F]{6,}")
_WORD: Final = re.compile(r"[^\W_]+")
_ESCAPED: Final = re.compile(r"(%[0-9A-Fa-f]{2})")


class Pseudonyms:
    """What stands for what, under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.addresses = Addresses(key)
        self.known: dict[str, str] = {}
        """Every name, number and host that was replaced, as it was → what stands for it."""
        self._shaped: dict[tuple[str, str], str] = {}
        self._taken: set[tuple[str, str]] = set()

    def user(self, written: str) -> str:
        """The user part of a URI: a number, or a name."""
        if written.lower() in NOBODY:
            return written
        if _NUMBER.fullmatch(written):
            return self.number(written)
        return "".join(part if _ESCAPED.fullmatch(part) else self.name(part) for part in _ESCAPED.split(written))

    def number(self, written: str) -> str:
        """A number with its last digits replaced; numbers with the same last digits keep having the same.

        Each digit depends on the key and on the digits behind it, whatever stands before: `+12025550100`,
        `0012025550100` and `2025550100` go on being one number.
        """
        digits = [letter for letter in written if letter.isdigit()]
        if len(digits) < SHORTEST_NUMBER:
            return written
        begin = max(len(digits) - LAST_DIGITS, 0)
        replaced = list(digits)
        for at in range(begin, len(digits)):
            shift = next(self._bytes("number", "".join(digits[at + 1 :])))
            first = at == 0 and len(digits) < LAST_DIGITS
            replaced[at] = _first_digit(digits[at], shift) if first else str((int(digits[at]) + shift) % 10)
        rest = iter(replaced)
        told = "".join(next(rest) if letter.isdigit() else letter for letter in written)
        return self._noted(written, told)

    def name(self, written: str) -> str:
        """A name, word by word."""
        return _WORD.sub(lambda word: self._name(word[0]), written)

    def _name(self, word: str) -> str:
        if word.lower() in NOBODY:
            return word
        if word.isascii() and word.isdigit():
            return self.number(word)
        return self._noted(word, _cased(word, self.shaped("name", word.lower())))

    def host(self, written: str) -> str:
        """A host: an address by its network, a domain name under the domain that is nobody's (RFC 2606)."""
        address = self.addresses.text(written.strip("[]"))
        if address is not None:
            told = f"[{address}]" if written.startswith("[") else address
            return self._noted(written.strip("[]"), address) and told
        labels = written.split(".")
        if labels[-1].lower() in NOBODY:
            return ".".join([self.name(label) for label in labels[:-1]] + labels[-1:])
        if len(labels) == 1:
            return self.name(written)
        domain = self.shaped("domain", ".".join(labels[-2:]).lower())[: len(labels[-2])]
        return self._noted(written, ".".join([*(self.name(label) for label in labels[:-2]), domain, "example"]))

    def token(self, written: str) -> str:
        """What is compared but not read: tags, branches, nonces, keys; each letter and digit by another of its kind."""
        return self.shaped("token", written)

    def hardware(self, address: bytes) -> bytes:
        """An Ethernet address, marked as made up; groups stay."""
        if not any(address) or (address[:1] and address[0] & 1):
            return address
        made = blake2s(address, key=self._key, person=b"hardware", digest_size=len(address)).digest()
        return bytes([made[0] & 0xFC | 2]) + made[1:]

    def shaped(self, kind: str, text: str) -> str:
        """`text` with every letter and digit replaced; two texts of one kind never become one."""
        made = self._shaped.get((kind, text))
        if made is None:
            made = next(each for each in self._tries(kind, text) if (kind, each) not in self._taken)
            self._shaped[kind, text] = made
            self._taken.add((kind, made))
        return made

    def _tries(self, kind: str, text: str) -> Iterator[str]:
        hexadecimal = _HEX.fullmatch(text) is not None
        for number in range(100):
            stream = self._bytes(f"{kind} {number}", text)
            yield "".join(_replaced(letter, next(stream), hexadecimal=hexadecimal) for letter in text)
        yield text + "x"  # a text without enough letters to be told apart from a hundred others

    def _bytes(self, kind: str, text: str) -> Iterator[int]:
        block = 0
        while True:
            told = f"{block} {kind} ".encode() + text.encode("utf-8", "surrogatepass")
            yield from blake2s(told, key=self._key).digest()
            block += 1

    def _noted(self, was: str, told: str) -> str:
        if was != told:
            self.known[was] = told
        return told


def _first_digit(digit: str, shift: int) -> str:
    """A zero stays, for it is dialled to get out; another stays other than zero."""
    return "0" if digit == "0" else str((int(digit) - 1 + shift) % 9 + 1)


def _replaced(letter: str, random: int, *, hexadecimal: bool) -> str:
    if letter.isascii() and letter.isdigit():
        return str(random % 10)
    if letter.isascii():
        letters = ascii_lowercase if letter.islower() else ascii_uppercase if letter.isupper() else letter
        return letters[random % (6 if hexadecimal and len(letters) > 6 else len(letters))]
    return ascii_lowercase[random % 26] if letter.isalnum() else letter


def _cased(model: str, word: str) -> str:
    """`word` with capitals where `model` has them."""
    return "".join(
        new.upper() if old.isupper() else new for old, new in zip(model, word.ljust(len(model)), strict=False)
    )
