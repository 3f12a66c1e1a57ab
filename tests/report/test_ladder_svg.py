"""Tests of `sipdiag.report.ladder_svg`: well-formed, self-contained, and everything in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from captured import capture_of, capture_of_payloads
from exchange import Exchange
from reporting import SAMPLES, analysis_of, analysis_of_bytes, check_golden, relative_analysis, sample, words
from sipdiag.report.ladder_sheet import Sheet, sheets_of
from sipdiag.report.ladder_svg import pieces

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"svg", "title", "style", "rect", "text", "tspan", "line", "path", "g", "circle"}
ATTRIBUTES = set(
    "viewBox width height role aria-labelledby lang id class x y x1 y1 x2 y2 cx cy r rx d".split()  # noqa: SIM905
)
KINDS = {"request", "provisional", "success", "redirection", "failure", "media"}


def drawing(sheet: Sheet, language: str = "en") -> str:
    return "".join(pieces([sheet], words(language)))


def read(sheet: Sheet) -> ET.Element:
    """The drawing as an XML parser has it."""
    return ET.fromstring(drawing(sheet))  # noqa: S314  (written by us a moment ago)


def arrows_in(root: ET.Element) -> list[ET.Element]:
    return [each for each in root.iter(f"{SVG}g") if each.get("class") in KINDS]


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_drawing_is_the_golden_one(language: str) -> None:
    """A call whose ACK never came."""
    (sheet,) = sheets_of(relative_analysis("ack-missing/ack-missing"), words(language))
    check_golden(f"ack-missing.{language}.svg", drawing(sheet, language))


@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_ladder_is_drawn_whole(capture: Path) -> None:
    """One host a lane at top and bottom, one group an arrow from lane to lane, and nothing outside the picture."""
    for sheet in sheets_of(analysis_of(capture), words()):
        root = read(sheet)
        width, height = (float(root.get(name, "0")) for name in ("width", "height"))
        hosts = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "host"]
        assert len(hosts) == 2 * len(sheet.ladder.lanes)
        lanes = [float(each.get("x1", "0")) for each in root.iter(f"{SVG}line")]
        assert len(lanes) == len(sheet.ladder.lanes)
        drawn = arrows_in(root)
        assert len(drawn) == len(sheet.ladder.arrows)
        for group, arrow in zip(drawn, sheet.ladder.arrows, strict=True):
            (path,) = (each for each in group.iter(f"{SVG}path") if each.get("class") == "arrow")
            assert (path.get("d") or "").startswith(f"M{lanes[arrow.source]:.0f} ")
        for each in root.iter():
            for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                assert 0 <= float(each.get(name, "0")) <= most


def test_rows_do_not_touch() -> None:
    """Each row is below the one before, and below what that one says of its repeats."""
    (sheet,) = sheets_of(analysis_of(sample("ack-missing/ack-missing")), words())
    tops: list[float] = []
    for group in arrows_in(read(sheet)):
        at = [float(each.get("y", "0")) for each in group.iter(f"{SVG}text")]
        assert not tops or min(at) - 10 > max(tops)
        tops = at


def test_repeats_are_folded_and_findings_are_marked() -> None:
    """With the frames in a tooltip, and the finding's words beside its number."""
    (sheet,) = sheets_of(analysis_of(sample("ack-missing/ack-missing")), words())
    told = drawing(sheet)
    assert "↻ 10×, 31.5 s" in told
    assert "<title>frames 5, 6, 7, 8, 9, 10, 11, 12, 13, 14</title>" in told
    badges = list(read(sheet).iter(f"{SVG}circle"))
    assert len(badges) == 3  # on the 200, on the BYE, in the legend
    assert {each.get("class") for each in badges} == {"badge error"}


def test_a_drawing_needs_nothing_and_does_nothing() -> None:
    """No script, no link, no font or picture from elsewhere."""
    for capture in SAMPLES[::6]:
        for sheet in sheets_of(analysis_of(capture), words()):
            names = {each.tag.removeprefix(SVG) for each in read(sheet).iter()}
            assert names <= NAMES
            assert not re.search(r"url\(|@import|href|on\w+=", drawing(sheet))


def test_light_and_dark_are_the_readers_choice() -> None:
    """By the media query, with every colour of the one in the other."""
    (sheet,) = sheets_of(analysis_of(sample("ack-missing/ack-missing")), words())
    light, dark = drawing(sheet).split("prefers-color-scheme: dark")
    used = set(re.findall(r"var\((--\w+)\)", dark))
    for scheme in (light, dark):
        assert used <= set(re.findall(r"(--\w+):", scheme))


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", '"><a href="x">', "&lt;", "]]>", "\x00\x1b", "\ufffe\uffff", "é日"]
)
def test_a_packet_cannot_write_xml(attack: str) -> None:
    """A parser sees the text, and the elements that there always are."""
    text = (
        "SIP/2.0 403 {a}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKone\r\nFrom: <sip:{a}>;tag=1\r\n"
        "To: <sip:{a}>;tag=2\r\nCall-ID: {a}\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    (sheet,) = sheets_of(
        analysis_of_bytes(capture_of_payloads([text.replace("{a}", attack).encode("utf-8", "surrogatepass")])), words()
    )
    root = read(sheet)
    names = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert names <= NAMES
    assert {name for each in root.iter() for name in each.keys()} <= ATTRIBUTES  # noqa: SIM118  (of an Element)
    told = sheet.title.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    assert told == (root.findtext(f"{SVG}title") or "")


def test_a_host_that_talks_to_itself_has_a_way_out_and_back() -> None:
    """Two ports of one host are two lanes; one endpoint that sends to itself stays in its own."""
    talk = Exchange()
    invite = talk.request("INVITE", 0, source="192.0.2.10:5060", destination="192.0.2.10:5060")
    talk.response(404, invite, 0.1)
    (sheet,) = sheets_of(analysis_of_bytes(capture_of(talk)), words())
    assert len(sheet.ladder.lanes) == 1
    for group in arrows_in(read(sheet)):
        (path,) = (each for each in group.iter(f"{SVG}path") if each.get("class") == "arrow")
        assert " v10 " in (path.get("d") or "")
