"""Tests of `sipdiag.report.markdown`: a ticket that says it all, and in which no packet can write Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from captured import capture_of, capture_of_payloads
from exchange import Exchange
from reporting import SAMPLES, analysis_of, analysis_of_bytes, check_golden, relative_analysis, sample, words
from sipdiag.report.markdown import MOST_ROWS, pieces

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

    from sipdiag.analysis import Analysis

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ATTACK = (
    "![x](http://evil.example/a.png) [x](http://evil.example) <img src=x onerror=alert(1)> <script>alert(1)</script> "
    "http://evil.example www.evil.example @everyone #1 a@evil.example | | `code` ``` *b* ~~s~~ | \\| `"
)


def ticket(analysis: Analysis, language: str = "en") -> str:
    """The whole of it."""
    return "".join(pieces(analysis, words(language)))


def tokens(markdown: str) -> list[Token]:
    """All that a reader of GitHub's Markdown sees in it, tables too."""
    flat: list[Token] = []
    for token in READER.parse(markdown):
        flat += [token, *(token.children or [])]
    return flat


def hostile(attack: str) -> Analysis:
    """A call that is refused, in which every value that a packet can choose is the attack."""
    text = (
        (
            "INVITE sip:{a} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone\r\n"
            'From: "{a}" <sip:{a}>;tag=1\r\nTo: <sip:{a}>\r\nCall-ID: {a}\r\n'
            "CSeq: 1 INVITE\r\nContact: <sip:{a}>\r\n\r\n"
        ),
        (
            "SIP/2.0 403 {a}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone\r\n"
            'From: "{a}" <sip:{a}>;tag=1\r\nTo: <sip:{a}>;tag=2\r\nCall-ID: {a}\r\nCSeq: 1 INVITE\r\n'
            'Warning: 399 x "{a}"\r\nServer: {a}\r\nReason: {a}\r\n\r\n'
        ),
    )
    return analysis_of_bytes(capture_of_payloads([each.replace("{a}", attack).encode() for each in text]))


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_ticket_is_the_golden_one(language: str) -> None:
    """A call whose ACK never came."""
    told = ticket(relative_analysis("ack-missing/ack-missing"), language)
    check_golden(f"ack-missing.{language}.md", told)


@pytest.mark.parametrize("attack", [ATTACK, "```", "`", "\\", "</details>", "a`b``c", "|", "@everyone", "<!--"])
def test_a_packet_cannot_write_markdown(attack: str) -> None:
    """No link, image, HTML or emphasis of its own, no address or mention outside code, and no broken table."""
    honest, attacked = ticket(hostile("alice@example.com")), ticket(hostile(attack))
    kinds = {token.type for token in tokens(attacked)}
    assert kinds & {"link_open", "image", "html_inline", "html_block", "s_open", "em_open"} == set()
    prose = " ".join(token.content for token in tokens(attacked) if token.type == "text")
    assert not re.search(r"evil|@|www\.|https?:|onerror|details|~~", prose)
    shape = [token.type for token in tokens(honest) if token.type in ("tr_open", "td_open", "th_open", "fence")]
    assert [
        token.type for token in tokens(attacked) if token.type in ("tr_open", "td_open", "th_open", "fence")
    ] == shape


def test_the_reader_sees_an_attack() -> None:
    """Or the test above would hold nothing: the same text outside code is a link, an image and HTML."""
    kinds = {token.type for token in tokens(ATTACK)}
    assert {"link_open", "image", "html_inline"} <= kinds


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sample_makes_a_sound_ticket(capture: Path, language: str) -> None:
    """Every row of a table has the cells of its heading, no placeholder is left, every ladder is in its block."""
    told = ticket(analysis_of(capture), language)
    seen = tokens(told)
    assert not re.search(r"\{\w+\}", told)
    rows = [token for token in seen if token.type in ("tr_open", "td_open", "th_open", "table_open")]
    widths: list[int] = []
    for token in rows:
        if token.type == "table_open":
            assert len(set(widths)) <= 1
            widths = []
        elif token.type == "tr_open":
            widths.append(0)
        else:
            widths[-1] += 1
    assert told.startswith("# ")
    assert told.endswith("\n")


def test_a_table_has_an_end() -> None:
    """Of a thousand calls a ticket lists some, and says how many it does not."""
    talk = Exchange()
    for number in range(MOST_ROWS + 5):
        invite = talk.request("INVITE", number, call_id=f"call-{number}", branch=f"b{number}", from_tag=f"t{number}")
        talk.response(404, invite, number + 0.1)
    told = ticket(analysis_of_bytes(capture_of(talk)))
    assert told.partition("## Calls")[2].partition("##")[0].count("`call-") == MOST_ROWS
    assert "And 5 more" in told


def test_damage_and_silence_are_told() -> None:
    """A capture that was cut off, and one without SIP."""
    data = capture_of_payloads([b"OPTIONS sip:x SIP/2.0\r\n\r\n"] * 2)[:-9]
    assert "record cut off" in ticket(analysis_of_bytes(data))
    assert "No SIP message" in ticket(analysis_of_bytes(capture_of_payloads([bytes(40)])))


def test_answered_calls_without_any_media_are_a_note() -> None:
    """Once, below the captures; not where the answered calls have media."""
    told = ticket(analysis_of(sample("call-answered/call-answered")))
    assert told.count("Note: no RTP of any call") == 1
    assert "no RTP of any call" not in ticket(analysis_of(sample("call-with-media/call-with-media")))


def test_causes_stand_with_what_they_led_to() -> None:
    """A consequence is told below its cause, with its frames."""
    told = [ticket(analysis_of(path)) for path in SAMPLES]
    assert any("- Because `" in each for each in told)
    assert any("- Led to `" in each for each in told)
    assert "closest request that worked" in ticket(analysis_of(sample("call-failed/call-failed"))) or any(
        "closest request that worked" in each for each in told
    )


@pytest.mark.parametrize(("language", "told"), [("en", "Led to `registration-failed`: 22 more"), ("pt", "mais 22")])
def test_what_an_attack_led_to_is_counted(language: str, told: str) -> None:
    """The first two are told in full; a ticket has no room for all."""
    analysis = analysis_of(sample("password-guessing/password-guessing"))
    text = "".join(pieces(analysis, words(language)))
    assert told in text
    assert text.count("`registration-failed`: ") == 3
