"""The same expectations as tests in Python, for those who would rather write them so."""

import os

RECORDING = f"../recordings/{os.environ.get('RECORDING', 'passing')}.pcap"


def test_the_call_is_answered(sip_capture):
    """Within three seconds, with PCMU, with Alice's identity."""
    recording = sip_capture(RECORDING)
    call = recording.assert_call(
        from_="alice@example.com",
        to="bob@example.net",
        outcome="answered",
        setup_s=(None, 3),
        codecs=["PCMU"],
        header=[{"name": "P-Asserted-Identity", "value": "<sip:+1202555????@example.com>"}],
    )
    assert call.ended_by == "caller"


def test_nothing_is_wrong(sip_capture):
    """Besides the gateway, which is switched off."""
    sip_capture(RECORDING).assert_no_findings("warning", ignore=["options-unanswered"])
