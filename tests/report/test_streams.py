"""Tests of `sipdiag.report.streams`: streams as rows of the JSON document."""

from __future__ import annotations

from reporting import analysis_of, document, sample

TALK = document(analysis_of(sample("call-with-media/call-with-media")))
HELD = document(analysis_of(sample("call-with-media/held")))


def test_a_stream_is_told_with_its_call_and_its_codec() -> None:
    """Both ways, in figures that are those of the story: 8 s in packets of 60 ms, a key of five packets."""
    there, back = TALK["streams"]
    assert (there["direction"], back["direction"]) == ("callee-to-caller", "caller-to-callee")
    assert {there["call_id"], back["call_id"]} == set(TALK["calls"][0]["call_ids"])
    assert TALK["calls"][0]["streams"] == [0, 1]
    assert (there["codec"], there["clock_rate"], there["packets"], there["lost"]) == ("PCMU", 8000, 133, 0)
    assert (back["payload_types"], [each["key"] for each in back["keys"]]) == ([0, 101], ["5"])
    assert there["mos"] == 4.4
    assert there["ssrc"].startswith("0x")


def test_the_timeline_adds_up() -> None:
    """To the packets and to the loss of the stream."""
    for stream in (*TALK["streams"], *HELD["streams"]):
        assert sum(stream["timeline"]["packets"]) == stream["packets"]
        assert sum(stream["timeline"]["lost"]) == stream["lost"]
    assert 0 in HELD["streams"][1]["timeline"]["packets"]


def test_a_capture_without_media_has_no_rows() -> None:
    """An empty list, not a missing one."""
    assert document(analysis_of(sample("call-answered/call-answered")))["streams"] == []


def test_a_fax_has_neither_clock_nor_number() -> None:
    """Its packets and its loss are told, and that it is T.38."""
    fax = next(each for each in document(analysis_of(sample("media-loss/fax")))["streams"] if each["codec"] == "T.38")
    assert (fax["ssrc"], fax["payload_type"], fax["payload_types"], fax["clock_rate"]) == (None, None, [], None)
    assert (fax["jitter_ms"], fax["jitter_max_ms"], fax["mos"]) == (None, None, None)
    assert (fax["packets"], fax["lost"], fax["loss_percent"]) == (282, 18, 6.0)
