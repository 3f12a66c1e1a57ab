"""Tests of `sipdiag.report.page` in a real browser: it opens, sorts, filters, prints, and obeys no packet."""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING

import pytest

from browsing import browser, expect, missing, opened, violations
from captured import capture_of, capture_of_payloads
from exchange import Exchange
from reporting import AAA, analysis_of, analysis_of_bytes, sample, words
from sipdiag.analysis import Analysis, analyze
from sipdiag.report.page import pieces
from sipdiag.report.page.parts import script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"missing: {missing()}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def page_of(analysis: Analysis, folder: Path, language: str = "en") -> Path:
    path = folder / "report.html"
    path.write_text("".join(pieces(analysis, words(language))), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def aaa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the reference capture: calls, registrations, refusals."""
    return page_of(analysis_of(AAA), tmp_path_factory.mktemp("aaa"))


def column(page: Page, name: str) -> list[str]:
    return page.locator(f"#table tbody td.{name}").all_inner_texts()


def test_the_worst_is_open(chromium: Browser, tmp_path: Path) -> None:
    """The verdict stands first; the conversation of the worst finding is drawn, its message beside it."""
    with opened(chromium, page_of(analysis_of(sample("ack-missing/ack-missing")), tmp_path)) as page:
        assert "no ACK reached it" in page.inner_text("#verdict")
        assert "Call 1" in page.inner_text("#detail-title")
        assert page.locator("#ladder [role=option]").count() == 6
        assert "SIP/2.0 200 OK" in page.inner_text("#side pre")
        assert page.locator("#ladder .marked").count() == 2


def test_a_column_sorts(chromium: Browser, aaa: Path) -> None:
    """Up, then down, and the heading says so to a screen reader."""
    with opened(chromium, aaa) as page:
        for direction, down in (("ascending", False), ("descending", True)):
            page.click("th.code button")
            assert page.get_attribute("th.code", "aria-sort") == direction
            codes = [int(code or -1) for code in column(page, "code")]
            assert codes == sorted(codes, reverse=down)
            assert len(set(codes)) > 2


def test_filters_narrow(chromium: Browser, aaa: Path) -> None:
    """By kind, state, code, finding and text; together they are and; reset gives everything back."""
    with opened(chromium, aaa) as page:
        rows = page.locator("#table tbody tr")
        everything = rows.count()
        page.select_option("[name=kind]", "call")
        expect(rows).not_to_have_count(everything)
        assert set(page.locator("#table tbody td.number").all_inner_texts()) >= {"Call 1", "Call 2"}
        page.select_option("[name=code]", "403")
        expect(page.locator("#table tbody td.code", has_not_text="403")).to_have_count(0)
        assert column(page, "number")
        page.fill("[name=search]", "no such number")
        expect(page.locator("#nothing")).to_be_visible()
        page.click("#filters button[type=reset]")
        expect(rows).to_have_count(everything)
        page.select_option("[name=finding]", "call-failed")
        expect(rows).not_to_have_count(everything)
        assert all(column(page, "findings"))


def test_an_arrow_opens_its_message(chromium: Browser, aaa: Path) -> None:
    """By mouse and by keyboard; the meaning of its code is one click away, and Escape leads back."""
    with opened(chromium, aaa, anchor="#call-1") as page:
        rows = page.locator("#ladder [role=option]")
        rows.nth(0).click()
        assert page.inner_text("#side pre").startswith("INVITE ")
        page.keyboard.press("ArrowDown")
        assert page.inner_text("#side pre").startswith("SIP/2.0 ")
        assert rows.nth(1).get_attribute("aria-selected") == "true"
        page.click("#side h4 a")
        assert page.locator("dialog h3").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("dialog").is_visible()


def test_a_frame_of_a_finding_leads_to_its_message(chromium: Browser, tmp_path: Path) -> None:
    """Also one that is folded, and one of a second capture; a long conversation is drawn in parts."""
    captures = [str(sample(f"ack-missing/{name}")) for name in ("ack-missing", "sent-elsewhere")]
    with opened(chromium, page_of(analyze(captures), tmp_path)) as page:
        page.click("#finding-1 .pair a >> text='6'")
        assert page.inner_text("#side .facts").startswith("frame 4 ")
        second = page.locator("#findings .pair a[href*='.2-']").first
        second.click()
        assert "(capture 2)" in page.inner_text("#side .facts")
        assert page.url.endswith(second.get_attribute("href") or "?")
    talk = Exchange()
    for number in range(500):
        ping = talk.request("OPTIONS", number, cseq=number + 1, branch=f"b{number}")
        talk.response(200, ping, number + 0.1)
    path = page_of(analysis_of_bytes(capture_of(talk)), tmp_path)
    with opened(chromium, path) as page:
        rows = page.locator("#ladder [role=option]")
        assert rows.count() < 500
        page.click("#ladder p button")
        assert rows.count() == 1000
    with opened(chromium, path, anchor="#other-1.999") as page:
        assert page.inner_text("#side .facts").startswith("frame 999 ")


def test_media_is_drawn_with_its_quality(chromium: Browser, tmp_path: Path) -> None:
    """Thick lines between the lanes; to scale also how long each stream lasted; its figures step by step beside it."""
    path = page_of(analysis_of(sample("call-with-media/held")), tmp_path)
    with opened(chromium, path) as page:
        streams = page.locator("#ladder .stream")
        assert streams.count() == 2
        streams.nth(1).click()
        assert "SSRC" in page.inner_text("#side")
        assert page.locator("#side .timeline svg").count() == 3
        page.check("#scaled")
        assert page.locator("#ladder .band").count() == 3  # one stream was held for a while
        assert violations(page) == []
        page.click("#streams td a >> nth=0")
        assert streams.nth(0).get_attribute("aria-selected") == "true"


def test_a_badge_leads_to_its_finding(chromium: Browser, aaa: Path) -> None:
    """Also to one that is folded away."""
    with opened(chromium, aaa, anchor="#call-1") as page:
        note = page.locator("#badges a.note").first
        told = page.locator(note.get_attribute("href") or "#none")
        assert not told.locator(".said").is_visible()
        note.click()
        expect(told.locator(".said")).to_be_visible()


def test_a_capture_without_sip_opens_too(chromium: Browser, tmp_path: Path) -> None:
    """And says so, without an error in the console."""
    with opened(chromium, page_of(analysis_of_bytes(capture_of_payloads([b"no"])), tmp_path)) as page:
        assert "No SIP message was found" in page.inner_text("#verdict")


def test_what_came_of_it_is_chosen_first(chromium: Browser, tmp_path: Path) -> None:
    """The refusal, not the request; the stream that lost packets, which its last frame leads to as well."""
    for name, chosen in (("call-failed", "SIP/2.0 403"), ("media-loss", "SSRC")):
        with opened(chromium, page_of(analysis_of(sample(f"{name}/{name}")), tmp_path)) as page:
            assert chosen in page.inner_text("#side")
    with opened(chromium, tmp_path / "report.html") as page:
        page.click("#ladder [role=option] >> nth=0")
        page.click("#finding-1 .pair a >> nth=-1")
        assert "SSRC" in page.inner_text("#side")


def test_the_page_needs_no_script(chromium: Browser, tmp_path: Path) -> None:
    """Verdict, findings, table, ladder, its messages and entries are there without it."""
    path = page_of(analysis_of(sample("ack-missing/ack-missing")), tmp_path)
    with opened(chromium, path, script=False) as page:
        shown = page.inner_text("body")
        for part in ("no ACK reached it", "Scripts are switched off", "alice@example.com", "↻", "ACK missing"):
            assert part in shown
        page.click("#drawn svg a .label >> nth=3")
        assert page.url.endswith("#call-1.4")
        assert "SIP/2.0 200 OK" in page.inner_text("#drawn")
        page.click("#entries summary >> nth=2")
        assert "The caller owes an" in page.inner_text("#entries")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium: Browser, aaa: Path, scheme: str) -> None:
    """With everything open, in both colour schemes, with and without time to scale."""
    with opened(chromium, aaa, color_scheme=scheme, reduced_motion="reduce") as page:
        assert violations(page) == []
        page.check("#scaled")
        page.check("#unfolded")
        page.click("#side h4 a")
        assert violations(page) == []


def test_axe_finds_nothing_serious_elsewhere(chromium: Browser, tmp_path: Path) -> None:
    """On a narrow screen, in Portuguese; and in what readers without script are given."""
    path = page_of(analysis_of(sample("contact-private/contact-private")), tmp_path, "pt")
    with opened(chromium, path, viewport={"width": 390, "height": 800}) as page:
        assert page.locator("html[lang=pt]").count() == 1
        assert violations(page) == []
    # axe itself needs script: without ours, the page with what stands in its noscript elements is what they read.
    told = path.read_text(encoding="utf-8").replace(script().text, "document.documentElement.dataset.ready = ''")
    told = re.sub("http-equiv=|</?noscript>", "", told)
    path.write_text(told, encoding="utf-8")
    with opened(chromium, path) as page:
        assert page.locator("#drawn svg a").count() > 0
        assert violations(page) == []


HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'`--></script><svg onload=alert(2)>"


def test_a_hostile_capture_runs_nothing(chromium: Browser, tmp_path: Path) -> None:
    """Markup, script, bidi overrides and escapes in every place that a packet can fill stay text."""
    told = (HOSTILE + "\u202e\u2066\x1b[31m\x00{{7*7}}${7}%3Cscript%3E").replace("\r", "").encode()
    head = (
        b"INVITE sip:" + told + b" SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK" + told + b"\r\n"
        b'From: "' + told + b'" <sip:' + told + b"@x>;tag=" + told + b"\r\nTo: <sip:" + told + b">\r\n"
        b"Call-ID: " + told + b"\r\nCSeq: 1 INVITE\r\nContact: <sip:10.0.0.1;" + told + b">\r\n" + told + b": " + told
    )
    payloads = [
        head + b"\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 " + told + b"\r\nm=" + told + b" 1 " + told,
        head.replace(b"INVITE sip:" + told + b" SIP/2.0", b"SIP/2.0 486 " + told)
        + b"\r\nReason: "
        + told
        + b"\r\n\r\n",
        b"<b>X</b> sip:x SIP/2.0\r\n\r\n",
        b"OPTIONS sip:x SIP/2.0\r\nCall-ID: " + told + b"2\r\nCSeq: 1 <img/src=x>\r\n\r\n" + told,
    ]
    path = page_of(analysis_of_bytes(capture_of_payloads(payloads)), tmp_path)
    for allowed in (True, False):
        with opened(chromium, path, script=allowed) as page:
            assert page.title() == "stdin · sipdiag"
            assert (
                page.locator("img, svg[onload], script:not(body > script, section > script, main > script)").count()
                == 0
            )
            if allowed:
                for at in range(page.locator("#table tbody button").count()):
                    page.locator("#table tbody button").nth(at).click()
                    page.wait_for_timeout(20)
                assert "<script>document.title" in page.inner_text("#side")
            assert "\u202e" not in page.inner_text("body")


ATTEMPTS = [
    "const made = document.createElement('script'); made.textContent = 'owned = 1'; document.body.append(made)",
    "document.body.setAttribute('onclick', 'owned = 1'); document.body.click()",
    "document.body.innerHTML = '<img src=x onerror=owned=1>'",
    "new Image().src = 'http://ADDRESS/picture'",
    "document.body.setAttribute('style', 'background: url(http://ADDRESS/style)')",
    "fetch('http://ADDRESS/fetched').catch(() => {})",
    "new WebSocket('ws://ADDRESS/socket')",
]


def test_the_policy_stops_what_gets_in_all_the_same(chromium: Browser, tmp_path: Path) -> None:
    """Even if something wrote a script, a handler or a picture into the page: nothing runs, nothing is fetched."""
    path = page_of(analysis_of(sample("ack-missing/ack-missing")), tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        context = chromium.new_context()
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]")
        for attempt in ATTEMPTS:
            page.evaluate(f"() => {{ try {{ {attempt.replace('ADDRESS', address)} }} catch {{}} }}")
        page.wait_for_timeout(300)
        assert page.evaluate("typeof owned") == "undefined"
        assert page.locator("#verdict").is_visible()
        context.close()
        server.settimeout(0)
        with pytest.raises(BlockingIOError):  # nobody has knocked
            server.accept()


def test_printing_shows_everything_that_paper_can(chromium: Browser, aaa: Path) -> None:
    """All rows, the ladders of what has findings, and no controls."""
    with opened(chromium, aaa) as page:
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert not page.locator("#filters").is_visible()
        assert page.locator("#drawn").is_visible()
        assert page.pdf().startswith(b"%PDF-")


CALLS = 10_000
MOST_SECONDS = 3


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten thousand calls, a few of them refused."""
    talk = Exchange()
    for number in range(CALLS):
        names = {"call_id": f"call-{number}@192.0.2.10", "from_tag": f"t{number}"}
        invite = talk.request("INVITE", number / 20, branch=f"i{number}", **names)
        talk.response(180, invite, number / 20 + 0.1)
        refused = number % 97 == 96
        talk.response(503 if refused else 200, invite, number / 20 + 1)
        branch = f"i{number}" if refused else f"a{number}"
        talk.request("ACK", number / 20 + 1.1, branch=branch, to_tag="callee", **names)
        if not refused:
            bye = talk.request("BYE", number / 20 + 5, cseq=2, branch=f"b{number}", to_tag="callee", **names)
            talk.response(200, bye, number / 20 + 5.1)
    return page_of(analysis_of_bytes(capture_of(talk)), tmp_path_factory.mktemp("many"))


def test_ten_thousand_calls_open_at_once(chromium: Browser, many: Path) -> None:
    """In less than three seconds, the best of three; only the rows in sight are made, and the page stays small."""
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        with opened(chromium, many) as page:
            spent.append(time.perf_counter() - began)
            assert page.inner_text("#shown") == "10,000 of 10,000"
            assert page.locator("#table tbody tr").count() < 100
    assert min(spent) < MOST_SECONDS
    assert many.stat().st_size < 400 * CALLS


def test_a_browser_that_cannot_unpack_says_so(chromium: Browser, many: Path) -> None:
    """One without DecompressionStream; verdict and findings are there all the same."""
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(many.as_uri())
    expect(page.locator("#unpackable")).to_be_visible()
    assert page.locator("#findings article").count() > 0
    context.close()


def test_the_last_of_many_is_found(chromium: Browser, many: Path) -> None:
    """By scrolling with the keyboard, by searching, and by an address within the page."""
    with opened(chromium, many, anchor="#call-5000") as page:
        assert "Call 5000" in page.inner_text("#detail-title")
        assert "call-4999@192.0.2.10" in page.inner_text("#side")
        page.locator("#table tbody button").first.focus()
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.textContent") == f"Call {CALLS}"
        page.keyboard.press("Enter")
        expect(page.locator("#detail-title")).to_contain_text(f"Call {CALLS}")
        page.keyboard.press("/")
        page.keyboard.type("call-777@")
        expect(page.locator("#shown")).to_have_text("1 of 10,000")
        page.fill("[name=search]", "branch=z9hG4bKb4321")  # in no column: only messages say it
        expect(page.locator("#shown")).to_have_text("0 of 10,000")
        page.check("[name=deep]")
        expect(page.locator("#shown")).to_have_text("1 of 10,000")
        assert column(page, "number") == ["Call 4322"]
