"""What is expected of a recording, as an expectations file says it; what is left out is not looked at."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Amount = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Name = Annotated[str, msgspec.Meta(min_length=1)]
Code = Annotated[int, msgspec.Meta(ge=100, le=699)] | Annotated[str, msgspec.Meta(pattern="^[1-6]([0-9x]x|[0-9]{2})$")]
"""`200`, or a class: `"4xx"`, `"18x"`."""
Method = Annotated[str, msgspec.Meta(pattern=r"^\S+$")]
MessageName = Annotated[str, msgspec.Meta(pattern=r"^\S+( \S+)?$")]
"""`INVITE`, `200`, `200 INVITE`, `18x INVITE`."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every table of an expectations file is."""


class Range(Expectation, frozen=True, kw_only=True):
    """From `min` to `max`, both included; what is left out is no limit."""

    min: Amount | None = None
    max: Amount | None = None

    def holds(self, value: float | None) -> bool:
        """Whether `value` lies within; nothing never does."""
        if value is None:
            return False
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


class ExpectedHeader(Expectation, frozen=True, kw_only=True):
    """A header field that some message of a call must have, or that none may have."""

    name: Name
    message: MessageName = "INVITE"
    """In which message."""
    value: str | None = None
    """A pattern for one of its values; without it the field must only be there."""
    absent: bool = False
    to: str | None = None
    """A pattern: only messages sent to this host."""


class ExpectedCall(Expectation, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A call that the recording must show."""

    name: str = ""
    """What reports call it."""
    from_: str = "*"
    """A pattern for the URI of From, for `user@host` or for the user alone."""
    to: str = "*"
    count: Positive = 1
    """How many such calls there must be."""
    outcome: Literal["answered", "failed", "cancelled", "unfinished"] | None = None
    code: Code | None = None
    """The final response that the caller got."""
    ended_by: Literal["caller", "callee"] | None = None
    setup_s: Range | None = None
    """Seconds from the first INVITE to the answer."""
    pdd_s: Range | None = None
    """Seconds from the first INVITE to the first response that told the caller something."""
    duration_s: Range | None = None
    """Seconds from the answer to the BYE."""
    codecs: list[Name] | None = None
    """The formats with which the answer begins, the preferred first."""
    media: Literal["both", "caller", "callee", "none"] | None = None
    """Who is sent media: both sides, one only, or neither."""
    mos: Range | None = None
    """Of its streams the lowest estimate that there is."""
    loss_percent: Range | None = None
    """Of its streams the highest."""
    jitter_ms: Range | None = None
    """Of its streams the highest mean."""
    retransmissions: Count | Range | None = None
    messages: list[MessageName] | None = None
    """Messages of the first leg in this order; others may come in between unless `exact`."""
    exact: bool = False
    """No message besides `messages`."""
    header: list[ExpectedHeader] = []


class ExpectedRegistration(Expectation, frozen=True, kw_only=True):
    """A registration that the recording must show."""

    name: str = ""
    aor: str = "*"
    count: Positive = 1
    outcome: Literal["registered", "removed", "fetched", "failed", "unfinished"] | None = None
    code: Code | None = None
    expires_s: Range | None = None
    """Seconds that the registrar granted."""


class ExpectedSubscription(Expectation, frozen=True, kw_only=True):
    """A subscription that the recording must show."""

    name: str = ""
    event: str = "*"
    to: str = "*"
    count: Positive = 1
    outcome: Literal["pending", "active", "terminated", "accepted", "failed", "unfinished"] | None = None
    code: Code | None = None


class ExpectedRequest(Expectation, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A request outside of calls, registrations and subscriptions: OPTIONS, MESSAGE, PUBLISH."""

    name: str = ""
    method: Method
    from_: str = "*"
    to: str = "*"
    count: Positive = 1
    code: Code | None = None


class ExpectedCapture(Expectation, frozen=True, kw_only=True):
    """What holds for the recording as a whole."""

    calls: Count | Range | None = None
    registrations: Count | Range | None = None
    subscriptions: Count | Range | None = None
    exact: bool = False
    """Nothing else: no call, registration, subscription or request that is not listed."""


class Expectations(Expectation, frozen=True, kw_only=True):
    """An expectations file."""

    capture: ExpectedCapture = ExpectedCapture()
    call: list[ExpectedCall] = []
    registration: list[ExpectedRegistration] = []
    subscription: list[ExpectedSubscription] = []
    request: list[ExpectedRequest] = []


Expected = ExpectedCall | ExpectedRegistration | ExpectedSubscription | ExpectedRequest
