"""An estimate of how a stream sounds: the E-model in short (ITU-T G.107, Annex B; ITU-T G.113, Appendix I).

    R   = 93.2 - Id - Ie_eff                          G.107 with the default of every parameter of phone and room
    Id  = 0.024 d + 0.11 (d - 177.3) for d > 177.3    d milliseconds one way: the fit of G.107's delay impairment by
                                                      Cole and Rosenbluth (ACM SIGCOMM CCR 31, 2001)
    Ie_eff = Ie + (95 - Ie) * P / (P / BurstR + Bpl)  P percent lost, BurstR 1 for loss at random (G.107, 7-29)
    MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6     for 0 < R < 100 (G.107, B-4)

Ie and Bpl are G.113's, G.711 with concealment of lost packets. The delay is what a receiver adds to play out the jitter
seen here, twice its mean, and one packet; what the network adds a capture at one point cannot tell, so that the true
value may be lower. Wideband codecs are on another scale (G.107.1) and get none.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

BEST: Final = 93.2
PACKET: Final = 20.0
"""Milliseconds of the packet that is being filled."""
IMPAIRMENTS: Final = MappingProxyType(
    {
        "pcmu": (0.0, 25.1),
        "pcma": (0.0, 25.1),
        "g729": (11.0, 19.0),
        "g723": (15.0, 16.1),
        "gsm-efr": (5.0, 10.0),
    }
)
"""Codec → Ie, Bpl (G.113, table I.4); G.729A and G.723.1 at 6.3 kbit/s, both with silence suppression."""
TOUCHING = 177.3
"""Milliseconds of delay from which talkers get into each other's way."""


def estimated_mos(
    codec: str, loss_percent: float, jitter_ms: float, round_trip_ms: float | None = None
) -> float | None:
    """The mean opinion score, 1 to 4.5; None for a codec that has no values."""
    known = IMPAIRMENTS.get(codec.lower())
    if known is None:
        return None
    impairment, robustness = known
    delay = 2 * jitter_ms + PACKET + (round_trip_ms or 0.0) / 2
    slowed = 0.024 * delay + 0.11 * max(0.0, delay - TOUCHING)
    lost = min(max(loss_percent, 0.0), 100.0)
    rating = BEST - slowed - impairment - (95.0 - impairment) * lost / (lost + robustness)
    rating = min(max(rating, 0.0), 100.0)
    return round(max(1.0, 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6), 2)
