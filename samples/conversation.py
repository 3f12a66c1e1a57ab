"""Who speaks in the samples, and the SIP messages that they say to each other (RFC 3261, sections 8, 12 to 16).

A script makes messages with a `Dialog` and the functions beside it; a `recording.Recording` sees them on the wire.
Nothing here depends on a clock or on chance: tags, branches and nonces are digests of what they stand for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    415: "Unsupported Media Type",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    423: "Interval Too Brief",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    489: "Bad Event",
    491: "Request Pending",
    500: "Server Internal Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    600: "Busy Everywhere",
}
ALLOW = "INVITE, ACK, CANCEL, OPTIONS, BYE, UPDATE, PRACK, INFO, SUBSCRIBE, NOTIFY, REFER, MESSAGE"
WITH_CONTACT = frozenset({"INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "OPTIONS"})
"""Methods whose requests and successful responses carry a Contact here."""

Fields = tuple[tuple[str, str], ...]


def token(*parts: object) -> str:
    """Ten hex digits that stand for `parts`, always the same."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:10]


@dataclass(frozen=True, kw_only=True)
class Host:
    """Somewhere on the network."""

    address: str
    port: int = 5060

    @property
    def sent_by(self) -> str:
        """`host:port` as in Via and Contact; an IPv6 address in brackets."""
        name = f"[{self.address}]" if ":" in self.address else self.address
        return f"{name}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Agent(Host):
    """A phone or a server."""

    user: str
    domain: str = "example.com"
    display: str = ""
    software: str = "Deskphone 4.2.1"
    transport: str = "UDP"
    reached_at: Host | None = None
    """Where its Contact says that it can be reached, when that is not where it is."""

    @property
    def uri(self) -> str:
        """Its address-of-record."""
        return f"sip:{self.user}@{self.domain}"

    @property
    def name_addr(self) -> str:
        """The address-of-record as in From and To."""
        return f'"{self.display}" <{self.uri}>' if self.display else f"<{self.uri}>"

    @property
    def contact_uri(self) -> str:
        """Where requests inside a dialog reach it."""
        over = "" if self.transport == "UDP" else f";transport={self.transport.lower()}"
        return f"sip:{self.user}@{(self.reached_at or self).sent_by}{over}"


ALICE = Agent(user="alice", display="Alice Moreau", address="192.0.2.10")
BOB = Agent(user="bob", display="Bob Tanaka", domain="example.net", address="198.51.100.20", software="Softphone 2.8.0")
CAROL = Agent(user="carol", domain="example.net", address="198.51.100.30", software="Softphone 2.8.0")
PBX = Agent(user="+12025550123", domain="example.net", address="198.51.100.5", software="PBX 20.6.0")
PROXY = Agent(user="proxy", domain="example.net", address="203.0.113.5", software="Edge Proxy 5.7.4")


@dataclass(frozen=True, kw_only=True, eq=False)
class Message:
    """One request or response, before it is put on the wire."""

    start_line: str
    fields: Fields
    body: str = ""
    answers: Message | None = field(default=None, repr=False)
    """Of a response: the request."""
    received: Message | None = field(default=None, repr=False)
    """Of a request that a proxy forwarded: the request that it got."""

    def __bytes__(self) -> bytes:
        lines = [self.start_line, *(f"{name}: {value}" for name, value in self.fields)]
        body = self.body.encode()
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body

    @property
    def method(self) -> str:
        """The method in CSeq."""
        return self.value("CSeq").split()[1]

    @property
    def cseq(self) -> int:
        """The number in CSeq."""
        return int(self.value("CSeq").split()[0])

    @property
    def code(self) -> int:
        """The status code; 0 for a request."""
        return int(self.start_line.split()[1]) if self.start_line.startswith("SIP/2.0 ") else 0

    @property
    def uri(self) -> str:
        """The Request-URI."""
        return self.start_line.split()[1]

    def values(self, name: str) -> list[str]:
        """Every value of a header field, top first."""
        return [value for known, value in self.fields if known == name]

    def value(self, name: str) -> str:
        """The first value of a header field."""
        return self.values(name)[0]

    def changed(self, name: str, value: str) -> Message:
        """The same message with another first value of `name`."""
        at = next(index for index, (known, _) in enumerate(self.fields) if known == name)
        return replace(self, fields=(*self.fields[:at], (name, value), *self.fields[at + 1 :]))


@dataclass(kw_only=True)
class Dialog:
    """What two agents say under one Call-ID, from the first request on."""

    caller: Agent
    callee: Agent
    name: str
    """What the Call-ID and the tags are made of."""
    uri: str = ""
    """The first Request-URI; the callee's address-of-record unless it is given."""
    cseq: dict[str, int] = field(default_factory=dict)
    """The number of the last request of each side, by user."""
    confirmed: Message | None = None
    """The 2xx that made the dialog, with the Contact and the Record-Route that later requests follow."""

    @property
    def call_id(self) -> str:
        """Its Call-ID."""
        return f"{token('call', self.name)}@{self.caller.sent_by.rpartition(':')[0]}"

    @property
    def caller_tag(self) -> str:
        """The tag of whoever sent the first request."""
        return token("tag", self.name, "caller", self.caller.user)

    def fork(self, callee: Agent) -> Dialog:
        """The dialog that another branch of the same first request makes."""
        return replace(self, callee=callee, uri=self.uri or self.callee.uri, cseq=dict(self.cseq), confirmed=None)

    def request(self, sender: Agent, method: str, *fields: tuple[str, str], body: str = "") -> Message:
        """The next request of `sender`, with `fields` besides the usual ones."""
        number = self.cseq.get(sender.user, 0) + 1
        if method != "ACK":
            self.cseq[sender.user] = number
        return self._request(sender, f"{number} {method}", fields, body)

    def reply(
        self, request: Message, code: int, *fields: tuple[str, str], body: str = "", by: Agent | None = None
    ) -> Message:
        """The response to `request` by whoever it is for, or by the server `by` on the way."""
        asked_by_caller = f"tag={self.caller_tag}" in request.value("From")
        sender = by or (self.callee if asked_by_caller else self.caller)
        to = request.value("To")
        if code > 100 and ";tag=" not in to:
            to = f"{to};tag={self.tag_of(sender)}"
        lines: list[tuple[str, str]] = [("Via", value) for value in _received(request)]
        makes_dialog = 100 < code < 300
        if makes_dialog:
            lines += [("Record-Route", value) for value in request.values("Record-Route")]
        lines += [("From", request.value("From")), ("To", to)]
        lines += [(name, request.value(name)) for name in ("Call-ID", "CSeq")]
        if makes_dialog and request.method in WITH_CONTACT:
            lines.append(("Contact", f"<{sender.contact_uri}>"))
        lines += [("Allow", ALLOW)] if 200 <= code < 300 and request.method in WITH_CONTACT else []
        lines += [("Server", sender.software), *fields, *_content_type(body)]
        response = Message(
            start_line=f"SIP/2.0 {code} {REASONS[code]}", fields=tuple(lines), body=body, answers=request
        )
        if 200 <= code < 300 and request.method in ("INVITE", "SUBSCRIBE") and self.confirmed is None:
            self.confirmed = response
        return response

    def ack(self, answer: Message) -> Message:
        """The ACK of a 2xx to an INVITE: a request of its own inside the dialog (section 13.2.2.4)."""
        asked_by_caller = f"tag={self.caller_tag}" in answer.value("From")
        return self._request(self.caller if asked_by_caller else self.callee, f"{answer.cseq} ACK", (), "")

    def tag_of(self, agent: Agent) -> str:
        """The tag of `agent`; a registrar answers for the very user who asks, under a tag of its own."""
        return token("tag", self.name, "callee", agent.user)

    def _request(self, sender: Agent, cseq: str, fields: Fields, body: str) -> Message:
        by_caller = sender is self.caller
        made = self.confirmed
        ends = [
            f"{self.caller.name_addr};tag={self.caller_tag}",
            self.callee.name_addr if made is None else made.value("To"),
        ]
        uri, routes = self.uri or self.callee.uri, []
        if made is not None:
            uri = made.value("Contact").strip("<>") if by_caller else self.caller.contact_uri
            recorded = made.values("Record-Route")
            routes = recorded[::-1] if by_caller else recorded
        method = cseq.split()[1]
        branch = f"z9hG4bK{token('branch', self.name, sender.user, cseq, self.callee.user)}"
        lines = [("Via", f"SIP/2.0/{sender.transport} {sender.sent_by};branch={branch};rport"), ("Max-Forwards", "70")]
        lines += [("Route", value) for value in routes]
        lines += [("From", ends[0 if by_caller else 1]), ("To", ends[1 if by_caller else 0])]
        lines += [("Call-ID", self.call_id), ("CSeq", cseq)]
        lines += [("Contact", f"<{sender.contact_uri}>"), ("Allow", ALLOW)] if method in WITH_CONTACT else []
        lines += [("User-Agent", sender.software), *fields, *_content_type(body)]
        return Message(start_line=f"{method} {uri} SIP/2.0", fields=tuple(lines), body=body)


def ack_of_failure(request: Message, response: Message) -> Message:
    """The ACK that ends a failed INVITE transaction, on the branch of the INVITE (section 17.1.1.3)."""
    return _same_hop(request, "ACK", to=response.value("To"))


def cancel(request: Message) -> Message:
    """The CANCEL of an INVITE, on the same branch (section 9.1)."""
    return _same_hop(request, "CANCEL", to=request.value("To"))


def forwarded(request: Message, proxy: Agent, *, to: str = "", record_route: bool = False) -> Message:
    """`request` as `proxy` sends it on (section 16.6), to another Request-URI when one is given.

    A Route that names the proxy is taken off; each target has a branch of its own.
    """
    lines = list(request.fields)
    route = f"<sip:{proxy.sent_by};lr>"
    if ("Route", route) in lines:
        lines.remove(("Route", route))
    uri = to or request.uri
    branch = f"z9hG4bK{token('proxy', proxy.user, request.value('Via'), uri)}"
    top: list[tuple[str, str]] = [("Via", f"SIP/2.0/{proxy.transport} {proxy.sent_by};branch={branch};rport")]
    lines = [*top, *(("Via", value) for value in _received(request)), *(each for each in lines if each[0] != "Via")]
    if record_route:
        lines.insert(len(request.values("Via")) + 1, ("Record-Route", route))
    hops = str(int(request.value("Max-Forwards")) - 1)
    method = request.start_line.split()[0]
    message = replace(request, start_line=f"{method} {uri} SIP/2.0", fields=tuple(lines), received=request)
    return message.changed("Max-Forwards", hops)


def returned(response: Message) -> Message:
    """`response` as a proxy sends it back: without its own Via (section 16.7)."""
    at = next(index for index, (name, _) in enumerate(response.fields) if name == "Via")
    below = None if response.answers is None else response.answers.received
    return replace(response, fields=(*response.fields[:at], *response.fields[at + 1 :]), answers=below)


def sdp(agent: Agent, *, direction: str = "sendrecv", version: int = 1) -> str:
    """A session description: PCMU, PCMA and telephone-event at `agent` (RFC 8866)."""
    kind = "IP6" if ":" in agent.address else "IP4"
    lines = [
        "v=0",
        f"o={agent.user.strip('+')} 3849120 {version} IN {kind} {agent.address}",
        "s=-",
        f"c=IN {kind} {agent.address}",
        "t=0 0",
        "m=audio 16384 RTP/AVP 0 8 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        f"a={direction}",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def challenge(realm: str, name: str, *, stale: bool = False) -> str:
    """The value of WWW-Authenticate or Proxy-Authenticate with the nonce that `name` stands for (RFC 2617)."""
    again = ", stale=true" if stale else ""
    return f'Digest realm="{realm}", nonce="{token("nonce", name)}", algorithm=MD5, qop="auth"{again}'


def credentials(agent: Agent, password: str, asked: str, method: str, uri: str) -> str:
    """The answer to the challenge `asked`: a real digest of a made-up password (RFC 2617, section 3.2.2)."""
    realm, nonce = (asked.partition(f'{name}="')[2].partition('"')[0] for name in ("realm", "nonce"))
    cnonce = token("cnonce", nonce, agent.user)
    secret = _md5(f"{agent.user}:{realm}:{password}")
    response = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{_md5(f'{method}:{uri}')}")
    return (
        f'Digest username="{agent.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}", '
        f'algorithm=MD5, cnonce="{cnonce}", qop=auth, nc=00000001'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _same_hop(request: Message, method: str, *, to: str) -> Message:
    """A request that goes where `request` went, in its transaction."""
    kept = [(name, request.value(name)) for name in ("Via", "Max-Forwards")]
    kept += [("Route", value) for value in request.values("Route")]
    kept += [("From", request.value("From")), ("To", to), ("Call-ID", request.value("Call-ID"))]
    kept += [("CSeq", f"{request.cseq} {method}"), ("User-Agent", request.value("User-Agent"))]
    return Message(start_line=f"{method} {request.uri} SIP/2.0", fields=tuple(kept))


def _received(request: Message) -> list[str]:
    """The Via values of `request`, the top one with what its receiver adds (RFC 3581, section 4)."""
    top, *others = request.values("Via")
    sent_by = top.split()[1].partition(";")[0]
    address, _, port = sent_by.rpartition(":")
    return [top.replace(";rport", f";rport={port};received={address.strip('[]')}"), *others]


def _content_type(body: str) -> Fields:
    return (("Content-Type", "application/sdp"),) if body.startswith("v=0") else ()
