"""Tests of `sipdiag.report.media_lines`: streams in a terminal, and what is said of media that are not there."""

from __future__ import annotations

import pytest

from reporting import analysis_of, document, sample, words
from sipdiag.analysis import conclude, read
from sipdiag.report.media_lines import bars, media_label, media_lines, media_note
from streaming import HERE, THERE, Talk

TALK = sample("call-with-media/call-with-media")
SIGNALLING = sample("call-answered/call-answered")


def lines(name: str, *, language: str = "en", width: int = 80, ascii_only: bool = False) -> list[str]:
    told = media_lines(analysis_of(sample(name)), words(language), width, ascii_only=ascii_only, every=False)
    return list(told)


def test_a_stream_is_told_in_three_lines() -> None:
    """From where to where, in figures, and second by second."""
    ends, figures, quality, *_ = lines("media-loss/media-loss")
    assert ends == "   1  198.51.100.20:20000 → 192.0.2.10:16384  PCMU  MOS 3.9 (estimate)"
    assert figures.startswith("      190 packets, 10 lost (5.0 %), jitter ")
    assert figures.endswith(" ms")
    assert quality.startswith("      loss ▆▁▆▆▆▆▆▁")
    assert quality.endswith("1.0 s each")


def test_keys_are_told() -> None:
    """In the order in which they were pressed."""
    assert "      keys 5" in lines("call-with-media/call-with-media")


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("width", [40, 80, 132])
def test_bars_fit_into_any_width(language: str, width: int) -> None:
    """Steps are joined until they do."""
    for line in lines("media-stopped/media-stopped", language=language, width=width):
        assert not line.strip().startswith(("loss", "perda")) or len(line) <= width


def test_a_second_without_packets_is_blank() -> None:
    """A pause is no quality, good or bad."""
    (stream,) = Talk().begin().say(HERE, THERE, 1.1, 2).say(HERE, THERE, 5.1, 2, first=100).end(9).streams()
    loss, jitter, step = bars(stream, 40, ascii_only=True)
    assert (loss, step) == ("___ ___", "1.0 s")
    assert len(jitter) == len(loss)
    assert bars(stream, 3, ascii_only=True)[2] == "3.0 s"


def test_what_is_missing_is_said_once() -> None:
    """No RTP of any call, or media that were left out; the document says the same."""
    assert media_note(analysis_of(SIGNALLING), words()).startswith("Note: no RTP of any call")
    assert document(analysis_of(SIGNALLING))["summary"]["media"] == "none"
    assert media_note(analysis_of(TALK), words()) == ""
    assert document(analysis_of(TALK))["summary"]["media"] == "seen"
    without = conclude([read(str(TALK), media=False)])
    assert "--no-media" in media_note(without, words())
    assert document(without)["summary"]["media"] == "left-out"


def test_a_call_that_was_not_answered_lacks_no_media() -> None:
    """Nothing is said of it."""
    assert media_note(analysis_of(sample("call-busy/call-busy")), words()) == ""


def test_the_label_of_an_arrow_tells_what_was_lost() -> None:
    """Codec and packets, and the loss where there is one."""
    analysis = analysis_of(sample("media-loss/media-loss"))
    labels = [media_label(each, words()) for each in analysis.carriage.calls[1].carried]
    assert labels == ["RTP PCMU, 190 packets, 5.0 % lost", "RTP PCMU, 200 packets"]


def test_a_fax_has_no_bar_of_jitter() -> None:
    """And is no RTP."""
    told = lines("media-loss/fax")
    at = next(number for number, line in enumerate(told) if line.endswith("T.38"))
    assert told[at : at + 2] == [
        "   1  192.0.2.10:16384 → 198.51.100.20:20000  T.38",
        "      282 packets, 18 lost (6.0 %)",
    ]
    assert told[at + 2].startswith("      loss ")
    assert "jitter" not in told[at + 2]
    labels = [media_label(each, words()) for each in analysis_of(sample("media-loss/fax")).carriage.calls[1].carried]
    assert {each for each in labels if "RTP" not in each} == {"T.38, 282 packets, 6.0 % lost", "T.38, 300 packets"}
