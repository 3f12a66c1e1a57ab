"""Tests of `sipdiag.report.page.findings`: findings as the page tells them."""

from __future__ import annotations

from typing import Any

from captured import capture_of
from exchange import Exchange
from reporting import analysis_of, analysis_of_bytes, sample, words
from sipdiag.analysis import Analysis, analyze
from sipdiag.report.ladder import marks_of
from sipdiag.report.page.conversations import conversations_of
from sipdiag.report.page.findings import MOST_ALIKE, Places, Teller
from sipdiag.report.page.messages import Shower


def told(analysis: Analysis, language: str = "en") -> list[dict[str, Any]]:
    places = Places(analysis, conversations_of(analysis), marks_of(analysis.findings))
    teller = Teller(words(language), Shower(words(language)), places, captures=len(analysis.captures))
    return teller.groups(analysis.findings)


def test_a_finding_is_told_in_the_words_of_the_catalogue() -> None:
    """Message, remedy, entry, and each frame with the conversation that holds it."""
    (finding,) = told(analysis_of(sample("ack-missing/ack-missing")))
    assert "no ACK reached it" in finding["message"]
    assert "<code>Contact</code>" in finding["remedy"]
    assert (finding["anchor"], finding["severity"], finding["confidence"]) == (
        "entry-rule-ack-missing",
        "error",
        "certain",
    )
    assert finding["frames"][0] == {"frame": 4, "spot": "4", "key": "call-1"}


def test_findings_alike_are_one_paragraph() -> None:
    """The first is told in full, the others in a line each, up to a limit, whatever comes between them in time."""
    talk = Exchange()
    for number in range(2 * (MOST_ALIKE + 20)):
        names = {"call_id": f"call-{number}", "branch": f"b{number}", "from_tag": f"t{number}"}
        talk.response(404 if number % 2 else 403, talk.request("INVITE", number, **names), number + 0.1)
        talk.request("ACK", number + 0.2, to_tag="callee", **names)
    finding, other = [each for each in told(analysis_of_bytes(capture_of(talk))) if each["rule"] == "call-failed"]
    assert finding["more"] == MOST_ALIKE + 19
    assert len(finding["others"]) == MOST_ALIKE
    assert (finding["title"], other["title"]) == ("403 Forbidden", "404 Not Found")
    assert finding["others"][0]["frames"][0]["key"] == "call-3"


def test_causes_and_consequences_are_told_with_it() -> None:
    """In the language of the report; many of one kind as one and a number, each with its frame."""
    (because,) = told(analysis_of(sample("contact-private/contact-private")), "pt")[0]["linked"]
    assert (because["label"], because["rule"], because["more"]) == ("Porque", "contact-private", 0)
    analysis = analysis_of(sample("password-guessing/password-guessing"))
    (led_to,) = next(each["linked"] for each in told(analysis) if each["rule"] == "password-guessing")
    (finding,) = [each for each in analysis.findings if each.rule == "password-guessing"]
    assert led_to["more"] == len(led_to["others"]) == len(finding.consequences) - 1 > 10


def test_frames_of_several_captures_are_told_apart() -> None:
    """In the anchor that a frame leads to, and in words."""
    one, other = (str(sample(f"ack-missing/{name}")) for name in ("ack-missing", "sent-elsewhere"))
    found = told(analyze([one, other]))
    spots = {each["frames"][0]["spot"]: each["capture"] for each in found}
    assert spots["4"] == 1
    assert {spot.partition("-")[0] for spot, capture in spots.items() if capture == 2} == {"2"}
