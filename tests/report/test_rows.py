"""Tests of `sipdiag.report.rows`: the analysis told in the rows of the document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from captured import capture_of, capture_of_payloads
from exchange import Exchange
from reporting import AAA, SAMPLES, analysis_of, analysis_of_bytes, document, sample, words
from sipdiag import __version__
from sipdiag.report.rows import entry_row

if TYPE_CHECKING:
    from pathlib import Path

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")
ENDPOINT = re.compile(r"(\d+(\.\d+){3}|\[[0-9a-f:.]+\]):\d+")


def told_of(name: str) -> dict[str, Any]:
    return document(analysis_of(sample(name)))


BELOW_SIP = ("fragment-lost", "media-", "tcp-", "tls-")
"""Rules on packets that hold no whole message, though they know whose call it was, by how their names begin."""


@pytest.mark.parametrize("capture", [*SAMPLES, AAA], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_reference_in_the_document_leads_somewhere(capture: Path) -> None:
    """Frames, indexes and entries that one part names exist in another, in both directions."""
    told = document(analysis_of(capture))
    frames = {(row["capture"], row["frame"]) for part in ("requests", "responses") for row in told[part]}
    for response in told["responses"]:
        assert response["knowledge"] in told["knowledge"]
        for name in ("request_frame", "retransmission_of", "duplicate_of"):
            assert response[name] is None or (response["capture"], response[name]) in frames
        assert (response["latency_ms"] is None) == (response["request_frame"] is None)
    for finding in told["findings"]:
        assert finding["knowledge"] in told["knowledge"]
        assert f"rule/{finding['rule']}" in told["knowledge"]
        packets = told["captures"][finding["capture"]]["packets"]
        # Its frames need not hold SIP; the last may be a record that broke off.
        below_sip = finding["call_id"] is None or finding["rule"].startswith(BELOW_SIP)
        assert below_sip or (finding["capture"], finding["frames"][0]) in frames
        below_sip |= "icmp_frame" in finding["evidence"]  # errors stand behind the messages that they are about
        for frame in finding["frames"]:
            assert 0 < frame <= packets + 1 if below_sip else (finding["capture"], frame) in frames
    groups = [member for part in ("calls", "registrations", "subscriptions") for member in told[part]]
    for member in groups:
        ids = member.get("call_ids") or [member["call_id"]]
        assert all(told["findings"][index]["call_id"] in ids for index in member["findings"])


@pytest.mark.parametrize("capture", [*SAMPLES[::5], AAA], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_times_and_addresses_have_one_form(capture: Path) -> None:
    """ISO 8601 UTC with nine digits; `host:port`, IPv6 in brackets."""
    told = document(analysis_of(capture))
    for row in (*told["requests"], *told["responses"]):
        assert TIME.fullmatch(row["time"])
        assert ENDPOINT.fullmatch(row["source"])
        assert ENDPOINT.fullmatch(row["destination"])


def test_the_head_of_the_document() -> None:
    """Which schema, which program."""
    told = told_of("call-answered/call-answered")
    assert (told["schema"], told["version"]) == ("sipdiag/1", __version__)


def test_an_answered_call() -> None:
    """Frames and durations of a call that went well."""
    talk = Exchange()
    answer = talk.answered_call()
    bye = talk.request("BYE", 11.5, branch="bye", cseq=2, to_tag="callee")
    talk.response(200, bye, 11.6)
    told = document(analysis_of_bytes(capture_of(talk)))
    (call,) = told["calls"]
    (hop,) = call["hops"]
    assert (hop["source"], hop["destination"], hop["invite_frame"], hop["final_code"]) == (
        answer.destination, answer.source, 1, 200,
    )  # fmt: skip
    assert {name: call[name] for name in ("id", "state", "final_code", "ended_by", "from", "to")} == {
        "id": 1,
        "state": "answered",
        "final_code": 200,
        "ended_by": "caller",
        "from": "sip:+12025550100@example.com",
        "to": "sip:+12025550199@example.com",
    }
    assert [call[f"{name}_frame"] for name in ("invite", "answer", "ack", "end")] == [1, 3, 4, 5]
    assert [call[f"{name}_ms"] for name in ("setup", "pdd", "duration")] == [1500.0, 200.0, 10_000.0]


def test_a_response_knows_its_request_and_its_first_copy() -> None:
    """`latency_ms` counts from the first copy of the request; `retransmission_of` names the first response."""
    talk = Exchange()
    request = talk.request("OPTIONS", 0)
    talk.again(request, 0.5)
    answer = talk.response(200, request, 0.75)
    talk.again(answer, 1.25)
    told = document(analysis_of_bytes(capture_of(talk)))
    first, second = told["responses"]
    assert (first["request_frame"], first["latency_ms"], first["retransmission_of"]) == (1, 750.0, None)
    assert (second["request_frame"], second["latency_ms"], second["retransmission_of"]) == (1, 1250.0, 3)
    assert [row["retransmission_of"] for row in told["requests"]] == [None, 1]
    assert [(row["final_code"], row["final_frame"]) for row in told["requests"]] == [(200, 3), (200, 3)]


def test_a_packet_recorded_twice_is_a_duplicate() -> None:
    """It is no retransmission, and the summary counts it once."""
    told = told_of("call-recorded-twice/call-recorded-twice")
    copies = [row for row in (*told["requests"], *told["responses"]) if row["duplicate_of"] is not None]
    assert len(copies) * 2 == len(told["requests"]) + len(told["responses"])
    assert all(row["retransmission_of"] is None for row in copies)
    assert told["summary"]["sip_requests"] * 2 == len(told["requests"])
    assert told["summary"]["sip_responses"] * 2 == len(told["responses"])


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (183, "provisional"),
        (299, "success"),
        (305, "redirection"),
        (499, "client-error"),
        (555, "server-error"),
        (603, "global-failure"),
    ],
)
def test_the_class_is_that_of_the_first_digit(code: int, name: str) -> None:
    """RFC 3261, section 7.2; a code outside the catalogue has its class and its entry too."""
    talk = Exchange()
    talk.response(code, talk.request("INVITE", 0), 1)
    told = document(analysis_of_bytes(capture_of(talk)))
    (response,) = told["responses"]
    assert response["class"] == name
    assert told["knowledge"][response["knowledge"]]["title"]


def test_the_summary_adds_up() -> None:
    """States to calls, codes to responses, severities to findings."""
    told = document(analysis_of(AAA))
    summary = told["summary"]
    assert summary["calls"] == sum(summary[state] for state in ("answered", "failed", "cancelled", "unfinished"))
    assert summary["calls"] == len(told["calls"])
    assert summary["registrations"] == len(told["registrations"])
    assert sum(summary["responses_by_code"].values()) == summary["sip_responses"]
    assert sum(summary["findings_by_severity"].values()) == len(told["findings"])
    assert told["captures"][0]["sip_messages"] == len(told["requests"]) + len(told["responses"]) == 81


@pytest.mark.parametrize("capture", [*SAMPLES, AAA], ids=lambda path: f"{path.parent.name}/{path.name}")
@pytest.mark.parametrize("language", ["en", "pt"])
def test_findings_speak_in_sentences(capture: Path, language: str) -> None:
    """Every variant has its words: no placeholder is left over, and a remedy is always there."""
    for finding in document(analysis_of(capture), language)["findings"]:
        assert not re.search(r"\{[a-z_]+\}", finding["message"] + finding["remedy"])
        assert finding["message"] != f"{finding['rule']}: {finding['variant']}"
        assert finding["remedy"]


def test_the_language_changes_words_only() -> None:
    """Two languages give the same facts."""
    english, portuguese = (document(analysis_of(AAA), language) for language in ("en", "pt"))
    for told in (english, portuguese):
        for finding in told["findings"]:
            finding["message"] = finding["remedy"] = ""
        told["knowledge"] = sorted(told["knowledge"])
    assert english == portuguese
    titles = {language: entry_row("status/403", words(language)) for language in ("en", "pt")}
    assert titles["en"] != titles["pt"]


def test_bytes_that_are_no_text_are_escaped_and_never_dropped() -> None:
    r"""Latin-1, controls and a bidi override arrive in the document; what is no UTF-8 as `\xff`, all else as it is."""
    payload = (
        b"SIP/2.0 486 Occup\xe9 \x1b[31m \xe2\x80\xaeyo\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK\xff\r\n"
        b"Call-ID: \xfe\x00id\r\nServer: \xff\x1b\r\nCSeq: 1 INVITE\r\n"
        b"From: <sip:\xf0@x>;tag=1\r\nTo: <sip:b@x>;tag=2\r\n\r\n"
    )
    analysis = analysis_of_bytes(capture_of_payloads([payload]))
    told = document(analysis)
    (response,) = told["responses"]
    assert response["reason"] == "Occup\\xe9 \x1b[31m \u202eyo"
    assert response["call_id"] == "\\xfe\x00id"
    (failed,) = (each for each in told["findings"] if each["rule"] == "call-failed")
    assert failed["evidence"]["header_server"] == "\\xff\x1b"
    json.dumps(told).encode("ascii")


def test_an_entry_that_does_not_exist_is_none() -> None:
    """Nothing is made up."""
    assert entry_row("rule/no-such-rule", words()) is None
