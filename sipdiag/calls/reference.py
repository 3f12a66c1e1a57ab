"""The message that an ACK, PRACK or CANCEL refers to: each of them is sent on account of another message."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.calls.transaction import Transaction, status
from sipdiag.sip import Request
from sipdiag.trace import Sighting


def meant_by(request: Sighting, siblings: Sequence[Transaction]) -> Sighting | None:
    """The message that an ACK, PRACK or CANCEL is about, among the transactions of its Call-ID; None for others.

    ACK: the final response (RFC 3261, sections 13.2.2.4 and 17.1.1.3). PRACK: the provisional response whose RSeq,
    CSeq number and method its RAck repeats (RFC 3262, section 7.2). CANCEL: the INVITE on its branch (RFC 3261,
    section 9.1). Of several copies on several links, the one on the request's own link is preferred.
    """
    message = request.message
    if not isinstance(message, Request):
        return None
    if message.method == "ACK":
        found = _acknowledged(message, siblings)
    elif message.method == "PRACK":
        found = _confirmed(message, siblings)
    elif message.method == "CANCEL":
        found = _cancelled(message, siblings)
    else:
        return None
    here = (each for each in found if {each.source, each.destination} == {request.source, request.destination})
    return next(here, found[0] if found else None)


def _acknowledged(ack: Request, siblings: Sequence[Transaction]) -> list[Sighting]:
    return [
        final
        for each in siblings
        if each.method == "INVITE" and each.cseq == ack.cseq
        for final in each.finals
        if (each.branch == ack.branch) == (status(final) >= 300)
        and final.message.to_tag == ack.to_tag
        and final.message.from_tag == ack.from_tag
    ]


def _confirmed(prack: Request, siblings: Sequence[Transaction]) -> list[Sighting]:
    # RAck = "RAck" HCOLON response-num LWS CSeq-num LWS Method
    rack = (prack.field("rack") or "").split()
    if len(rack) != 3:
        return []
    rseq, cseq, method = rack
    return [
        response
        for each in siblings
        if each.method == method and str(each.cseq) == cseq
        for response in each.responses
        if 100 < status(response) < 200
        and response.message.to_tag == prack.to_tag
        and response.message.field("rseq") == rseq
    ]


def _cancelled(cancel: Request, siblings: Sequence[Transaction]) -> list[Sighting]:
    return [
        each.request
        for each in siblings
        if each.method == "INVITE" and each.branch == cancel.branch and each.cseq == cancel.cseq
        if each.request is not None
    ]
