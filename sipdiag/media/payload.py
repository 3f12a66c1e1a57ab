"""What RTP payload types mean without rtpmap, and which formats are no voice (RFC 3551, section 6)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

NO_VOICE: Final = frozenset({"telephone-event", "cn", "tone", "red"})
"""Formats that accompany others: an audio stream of these alone carries no voice."""
STATIC: Final = MappingProxyType(
    {
        "0": ("PCMU", 8000),
        "3": ("GSM", 8000),
        "4": ("G723", 8000),
        "5": ("DVI4", 8000),
        "6": ("DVI4", 16000),
        "7": ("LPC", 8000),
        "8": ("PCMA", 8000),
        "9": ("G722", 8000),
        "10": ("L16", 44100),
        "11": ("L16", 44100),
        "12": ("QCELP", 8000),
        "13": ("CN", 8000),
        "14": ("MPA", 90000),
        "15": ("G728", 8000),
        "16": ("DVI4", 11025),
        "17": ("DVI4", 22050),
        "18": ("G729", 8000),
        "25": ("CELB", 90000),
        "26": ("JPEG", 90000),
        "28": ("NV", 90000),
        "31": ("H261", 90000),
        "32": ("MPV", 90000),
        "33": ("MP2T", 90000),
        "34": ("H263", 90000),
    }
)
"""What a payload type means without rtpmap (RFC 3551, section 6)."""
