"""What a datagram of a fax is built of: UDPTL (ITU-T T.38, section 9.1 and annex A)."""

from __future__ import annotations

from typing import Final

REPEATS: Final = 0x00
"""Behind the first packet stand earlier ones again."""
PARITY: Final = 0x80
"""Behind it stands parity of earlier ones."""
MOST_REPEATED: Final = 16
"""Earlier packets in a datagram; senders repeat a few."""
PADDING: Final = 3
"""Octets that some senders leave behind the last one."""
