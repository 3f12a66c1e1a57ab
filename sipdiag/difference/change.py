"""A change from one recording to the other, as a value; its words come from the catalogue, by `kind`."""

from __future__ import annotations

import msgspec

from sipdiag.findings import Finding


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it was; what is empty was or is not there."""

    kind: str
    """`outcome code ended_by codecs media mos host message start-line header sdp timing retransmissions finding`."""
    name: str = ""
    """Of a message its label, of a header field its name, of a line of SDP the stream, of a finding its rule."""
    of: str = ""
    """The message that the change is in, or, of a time, the message since which it runs."""
    before: str = ""
    after: str = ""
    frame_before: int | None = None
    frame_after: int | None = None
    finding: Finding | None = None
    """Of a finding: which one came or went."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in both recordings, or in one of them."""

    kind: str
    """`call`, `registration`, `subscription`, `request`; `capture` for what belongs to none."""
    subject: str
    """Its parties; may hold text of packets."""
    seen: str = "both"
    """`both`, `before`, `after`: in which recording it is."""
    frame: int | None = None
    """Where one that is in one recording only begins."""
    changes: list[Change] = []


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed."""

    before: str
    """The path of the first recording."""
    after: str
    pairs: list[Pair]
    """Every conversation, those without a change too."""

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return all(each.seen == "both" and not each.changes for each in self.pairs)

    @property
    def count(self) -> int:
        """How many changes there are; a conversation that is missing is one."""
        return sum(len(each.changes) + (each.seen != "both") for each in self.pairs)
