"""What the signalling lane gets from the wire: datagrams and ordered stream data."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace


class Datagram(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One datagram that may hold a SIP message."""

    frame: int
    """1-based packet number; of a fragmented datagram the one that completed it."""
    time: int
    """Nanoseconds since 1970-01-01 UTC."""
    source: str
    """`host:port`, `[v6]:port`."""
    destination: str
    payload: bytes
    ip_id: int = 0
    """IPv4 identification; 0 where there is none."""
    transport: str = "udp"
    fragments: tuple[int, ...] = ()
    """Frames of all fragments in order of arrival, empty when it came whole."""
    cut: int = 0
    """Bytes of the payload that the snap length cut off."""


class StreamData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The next bytes of one direction of a TCP connection, in sequence, each byte once."""

    frame: int
    time: int
    source: str
    destination: str
    connection: int
    """Number of the connection in this capture; both directions share it."""
    payload: bytes
    """Empty when this only tells of a gap or the end."""
    gap: bool = False
    """Whether bytes are missing before this payload: the capture did not see them."""
    end: bool = False
    """Whether no more data will come in this direction (FIN, RST or end of capture)."""
    transport: str = "tcp"
    sequence: int = 0
    """The sequence number of the first byte of the payload."""
    opened: bool = False
    """Whether the SYN of this direction is in the capture."""


class PartialDatagram(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A UDP datagram of which the capture holds only some fragments."""

    frames: tuple[int, ...]
    """Frames of the fragments that are there, in order of arrival."""
    time: int
    """When the last of them came."""
    source: str
    """`host:port`; port 0 when the first fragment, which has the ports, is missing."""
    destination: str
    received: int
    """Bytes that are there, with the UDP header."""
    length: int | None
    """Bytes of the whole datagram; None when its last fragment is missing."""
    payload: bytes
    """The bytes of the first fragment behind the UDP header; empty when it is missing."""
    ip_id: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One ICMP error."""

    capture: int = 0
    """Which capture of the analysis, from 0."""
    frame: int
    time: int
    ip_id: int = 0
    """IPv4 identification of the datagram that it quotes; 0 where there is none."""
    quote: bytes = b""
    """What it quotes of the payload, where that is text; some routers quote all of it, some nothing."""


class Undelivered(msgspec.Struct, kw_only=True):
    """Datagrams between two endpoints of which one host says, for one reason, that they did not arrive."""

    source: str
    """`host:port` that the datagrams came from, and that the errors went to."""
    destination: str
    transport: str
    """`udp`, `tcp`, `sctp`."""
    reporter: str
    """The host that says so: where the datagrams were to go, or a router or firewall on the way."""
    kind: str
    """The kind of error: `port-closed`, `prohibited`, `unreachable`, `hops-exceeded`, `too-big`, `fragment-missing`."""
    words: str
    """ICMP type and code, in words and numbers."""
    mtu: int = 0
    """Bytes of the largest packet that would have passed; 0 where no error says it."""
    count: int = 0
    """How many errors there were."""
    last_time: int = 0
    """When the last of them came."""
    reports: list[Report] = []
    """The errors, in the order of capture; where the datagrams are no text only the first ones."""

    def in_capture(self, number: int) -> Undelivered:
        """The same, with `number` as the capture of its errors."""
        return replace(self, reports=[replace(each, capture=number) for each in self.reports])


class Connection(msgspec.Struct, kw_only=True):
    """How one TCP connection fared; kept for connections with SIP on them and for those that were refused."""

    number: int
    client: str
    """`host:port` of the side that sent the SYN; of the first sender seen when there was none."""
    server: str
    syn_frame: int | None = None
    syn_time: int | None = None
    syn_count: int = 0
    established_frame: int | None = None
    """Frame of the SYN/ACK."""
    reset_frame: int | None = None
    reset_time: int | None = None
    reset_by: str | None = None
    """`host:port` of the side that sent the first RST."""
    fin_frame: int | None = None
    signalling: bool = False
    """Whether SIP was recognised on it."""
    client_heard: bool = False
    """Whether the capture holds at least one segment of the client."""
    server_heard: bool = False
    """The same for the server."""
    continued: bool = False
    """Whether it goes on from an earlier capture, or in a later one."""
    first_acknowledged: int | None = None
    """The first acknowledgment number, of whichever side: it counts only where one side is heard."""
    last_acknowledged: int = 0
    """The last acknowledgment number; the same holds."""

    @property
    def unheard(self) -> str:
        """The side of which the capture holds no segment at all; empty when it holds some of both."""
        if self.client_heard and self.server_heard:
            return ""
        return self.server if self.client_heard else self.client

    @property
    def way_unheard(self) -> str:
        """`source → destination` of the direction of which the capture holds nothing; empty where it holds both."""
        if not self.unheard:
            return ""
        return f"{self.unheard} → {self.client if self.unheard == self.server else self.server}"

    @property
    def acknowledged(self) -> int:
        """Bytes that the side which is heard acknowledged of the other one."""
        first = self.last_acknowledged if self.first_acknowledged is None else self.first_acknowledged
        advanced = (self.last_acknowledged - first) % (1 << 32)
        return advanced if advanced < 1 << 31 else 0


class SealedConnection(msgspec.Struct, kw_only=True):
    """A connection to the port of SIP over TLS whose handshake is not in the capture, only what came after it."""

    client: str
    """`host:port`."""
    server: str
    frame: int
    """The first frame with encrypted data."""
    segments: int = 0
    """How many segments begin with encrypted data."""
