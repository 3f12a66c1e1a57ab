"""Tests of `sipdiag.report.page.embedding`: what the page carries, and what it leaves out."""

from __future__ import annotations

import json

from captured import capture_of
from exchange import Exchange
from reporting import analysis_of_bytes, words
from sipdiag.analysis import Analysis
from sipdiag.report.page.conversations import conversations_of
from sipdiag.report.page.embedding import Embedding
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.opened import Opener

CALLS = 6


def calls() -> Analysis:
    """Calls that are answered, but for the last, which is refused."""
    talk = Exchange()
    for number in range(CALLS):
        names = {"call_id": f"call-{number}", "branch": f"b{number}", "from_tag": f"t{number}"}
        invite = talk.request("INVITE", number, **names)
        talk.response(404 if number == CALLS - 1 else 200, invite, number + 0.1)
        talk.request("ACK", number + 0.2, to_tag="callee", **names)
        if number < CALLS - 1:
            bye = talk.request("BYE", number + 0.3, **{**names, "branch": f"bye{number}"}, cseq=2, to_tag="callee")
            talk.response(200, bye, number + 0.4)
    return analysis_of_bytes(capture_of(talk))


def embedding(most: int) -> Embedding:
    shower = Shower(words())
    return Embedding(conversations_of(calls()), Opener(words(), shower, {}), shower, most=most)


def test_everything_is_carried_where_there_is_room() -> None:
    """Each row says in which chunk its conversation is, and where there."""
    whole = embedding(10**6)
    (chunk,) = (json.loads(each.text) for each in whole.chunks())
    rows = json.loads(whole.rows().text)
    assert whole.left_out == 0
    for row in rows:
        assert row[-2] == 0
        assert f"Call-ID: {row[-3][0]}" in chunk[row[-1]]["arrows"][0]["head"]


def test_findings_come_first_where_there_is_not() -> None:
    """The refused call is carried though it came last; those left out say so, and stay in the table."""
    few = embedding(4000)
    list(few.chunks())
    rows = json.loads(few.rows().text)
    carried = [row[1] for row in rows if row[-2] is not None]
    assert len(rows) == CALLS
    assert CALLS in carried
    assert 0 < few.left_out == CALLS - len(carried)
