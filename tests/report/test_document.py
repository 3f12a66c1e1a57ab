"""Tests of `sipdiag.report.document`: the document is what the contract says, and its schema says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from reporting import AAA, SAMPLES, analysis_of, document, sample
from sipdiag.report.document import SCHEMA, Document, json_schema

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = {
    "": "schema version captures summary peers responses requests calls registrations subscriptions streams findings "
    "knowledge",
    "captures": "path format link_types packets bytes first_time last_time sip_messages defects",
    "summary": "calls answered failed cancelled unfinished registrations subscriptions sip_requests sip_responses "
    "responses_by_code findings_by_severity kpi",
    "responses": "capture frame time code reason class method call_id cseq request_frame latency_ms retransmission_of "
    "source destination transport knowledge",
    "requests": "capture frame time method uri call_id cseq final_code final_frame retransmission_of source "
    "destination transport",
    "calls": "id call_ids from to state final_code invite_frame answer_frame ack_frame end_frame setup_ms pdd_ms "
    "duration_ms ended_by hops streams findings",
    "registrations": "call_id aor contact expires state final_code frames findings",
    "subscriptions": "call_id event contact expires state final_code frames findings",
    "peers": "host calls answered registrations kpi",
    "streams": "ssrc source destination payload_type codec packets lost loss_percent jitter_ms jitter_max_ms "
    "max_delta_ms mos call_id direction first_frame last_frame",
    "findings": "rule severity confidence message call_id capture frames evidence remedy knowledge",
    "knowledge": "title meaning seen_when fix references",
}
"""CONTRACT, the JSON document: which keys each part holds."""
FURTHER = {
    "captures": {"defects"},
    "responses": {"duplicate_of", "request_capture"},
    "requests": {"duplicate_of", "final_capture", "meant_frame"},
    "calls": {"links", "invite_capture", "answer_capture", "ack_capture", "end_capture"},
    "summary": {"media"},
    "streams": {
        *("capture", "payload_types", "clock_rate", "duplicates", "reordered", "bitrate_kbps", "silent_percent"),
        *("comfort_noise", "keys", "reports", "timeline", "tied_by", "first_time", "last_time"),
    },
    "findings": {"variant", "time", "causes", "consequences"},
}
"""What whoever built a part has added; a part may grow, nothing may go."""
VALIDATOR = Draft202012Validator(json_schema())


def properties(part: str) -> set[str]:
    """The keys that the schema gives to one part of the document."""
    schema = json_schema()
    name = schema["$ref"].rpartition("/")[2] if "$ref" in schema else ""
    whole = schema["$defs"][name] if name else schema
    if not part:
        return set(whole["properties"])
    kind = whole["properties"][part]
    inner = kind.get("items") or kind.get("additionalProperties") or kind
    return set(schema["$defs"][inner["$ref"].rpartition("/")[2]]["properties"])


def test_the_schema_is_one() -> None:
    """Draft 2020-12, as the contract wants, and valid itself."""
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["title"]) == ("https://json-schema.org/draft/2020-12/schema", SCHEMA)


@pytest.mark.parametrize("part", list(CONTRACT))
def test_the_schema_has_the_keys_of_the_contract(part: str) -> None:
    """All of them, and beside them only those listed here as added."""
    promised = set(CONTRACT[part].split())
    assert promised - properties(part) == set()
    assert properties(part) - promised == FURTHER.get(part, set()) - promised


@pytest.mark.parametrize("capture", [*SAMPLES, AAA], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_document_of_a_capture_is_valid(capture: Path) -> None:
    """Every sample, and the reference capture, by the schema that the program prints."""
    VALIDATOR.validate(document(analysis_of(capture)))


@pytest.mark.parametrize("name", ["ack-missing/ack-missing", "registration-failed/recovered"])
def test_every_key_is_always_there(name: str) -> None:
    """What there is not is null, never left out: a reader needs no `in`."""
    told = document(analysis_of(sample(name)))
    assert set(told) == properties("")
    for part in CONTRACT:
        value: Any = told[part] if part else {}
        members = value if isinstance(value, list) else value.values() if part == "knowledge" else []
        for member in members:
            assert set(member) == properties(part), part


def test_a_document_can_be_read_back() -> None:
    """What is written by the types is read by the types."""
    told = document(analysis_of(sample("call-failed/call-failed")))
    assert told == msgspec.to_builtins(msgspec.convert(told, Document))


def test_the_validator_sees_what_is_wrong() -> None:
    """A schema that lets everything pass would hold nothing."""
    told = document(analysis_of(sample("call-failed/call-failed")))
    for part, key, wrong in (("responses", "code", "403"), ("findings", "frames", 3), ("captures", "packets", None)):
        broken = {**told, part: [{**told[part][0], key: wrong}]}
        assert not VALIDATOR.is_valid(broken), key
    assert not VALIDATOR.is_valid({key: value for key, value in told.items() if key != "summary"})
