"""What strangers do in tests of the security rules: they ask again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sipdiag.findings import Finding, Settings, diagnose
from sipdiag.rules import RULES

if TYPE_CHECKING:
    from exchange import Exchange

STRANGER = "203.0.113.66:5071"
REGISTRAR = "198.51.100.5:5060"


def asked(
    talk: Exchange, method: str, at: float, code: int | None, *, user: str = "1001", password: bool = False, **more: str
) -> None:
    """One request of a Call-ID of its own, with credentials or without, and the response to it."""
    call_id = more.pop("call_id", f"{method}-{user}-{at}")
    fields = more.pop("fields", "")
    if password:
        fields += f'Authorization: Digest username="{user}", realm="example.com", nonce="n", response="r"\r\n'
    answer = more.pop("answer", "")
    request = talk.request(
        method, at, source=more.pop("source", STRANGER), destination=REGISTRAR, call_id=call_id, branch=f"{user}-{at}",
        uri=f"sip:{user}@example.com", fields=fields, cseq=len(talk.sightings) + 1,
    )  # fmt: skip
    assert not more
    if code is not None:
        talk.response(code, request, at + 0.01, fields=answer)


def found_under(talk: Exchange, rule: str, settings: Settings | None = None) -> list[Finding]:
    """The findings of one rule under settings of the user's own."""
    scene = replace(talk.scene(), settings=settings or Settings())
    return [each for each in diagnose(scene, RULES) if each.rule == rule]
