"""Tests of `sipdiag.tui.browser`: keys are pressed, and what is on the screen is read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import DataTable, Input, OptionList, Static

from captured import capture_of, capture_of_payloads
from exchange import Exchange
from reporting import analysis_of, analysis_of_bytes, sample, words
from sipdiag.tui import Browser
from sipdiag.tui.browser import Conversations, LadderScreen, MessageScreen
from tests.report.test_terminal import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from sipdiag.analysis import Analysis


def driven(analysis: Analysis, drive: Callable[[Browser, Pilot[None]], Awaitable[None]], language: str = "en") -> None:
    """Run the application without a terminal, and `drive` it."""

    async def session() -> None:
        app = Browser(analysis, words(language))
        async with app.run_test(size=(100, 40)) as pilot:
            await pilot.pause()
            await drive(app, pilot)

    asyncio.run(session())


def text(app: Browser, name: str) -> str:
    """What one part of the screen says."""
    return str(app.screen.query_one(f"#{name}", Static).render())


def several() -> Analysis:
    """Ten calls, three of them refused."""
    talk = Exchange()
    for number in range(10):
        invite = talk.request("INVITE", number, call_id=f"call-{number}", branch=f"b{number}", from_tag=f"t{number}")
        talk.response(404 if number % 4 == 1 else 200, invite, number + 0.1)
        talk.request(
            "ACK", number + 0.2, call_id=f"call-{number}", branch=f"a{number}", from_tag=f"t{number}", to_tag="callee"
        )
    return analysis_of_bytes(capture_of(talk))


def test_it_begins_with_the_list() -> None:
    """Every conversation, and the findings on the first."""

    async def drive(app: Browser, pilot: Pilot[None]) -> None:
        del pilot
        assert isinstance(app.screen, Conversations)
        assert app.screen.query_one("#table", DataTable).row_count == 1
        assert "ack-missing" in text(app, "told")
        assert "1 of 1" in text(app, "count")

    driven(analysis_of(sample("ack-missing/ack-missing")), drive)


def test_enter_opens_and_escape_goes_back() -> None:
    """List, ladder, message, and the same way back."""

    async def drive(app: Browser, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert isinstance(app.screen, LadderScreen)
        assert "sip:alice@example.com" in text(app, "head")
        arrows = app.screen.query_one("#arrows", OptionList)
        assert arrows.option_count == 6
        assert "↻ 10×" in str(arrows.get_option_at_index(3).prompt)
        await pilot.press("down", "down", "down", "enter")
        assert isinstance(app.screen, MessageScreen)
        assert "SIP/2.0 200 OK" in text(app, "message")
        assert "sent again in frames 5, 6" in text(app, "message")
        await pilot.press("n")
        assert "BYE " in text(app, "message")
        await pilot.press("p", "p", "p", "p", "p", "p")
        assert "INVITE " in text(app, "message")
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, Conversations)

    driven(analysis_of(sample("ack-missing/ack-missing")), drive)


def test_a_filter_narrows_while_it_is_typed() -> None:
    """Slash opens it, Escape drops it, `f` leaves those with findings."""

    async def drive(app: Browser, pilot: Pilot[None]) -> None:
        table = app.screen.query_one("#table", DataTable)
        assert table.row_count == 10
        await pilot.press("slash", *"call-7")
        assert app.screen.query_one("#filter", Input).value == "call-7"
        assert table.row_count == 1
        await pilot.press("enter", "enter")
        assert isinstance(app.screen, LadderScreen)
        assert "call-7" in text(app, "head")
        await pilot.press("escape", "escape")
        assert table.row_count == 10
        await pilot.press("f")
        assert table.row_count == len([row for row in app.matter.rows if row.findings]) < 10
        await pilot.press("slash", *"nobody", "enter", "enter")
        assert table.row_count == 0
        assert isinstance(app.screen, Conversations)

    driven(several(), drive)


def test_q_ends_it() -> None:
    """From every screen."""

    async def drive(app: Browser, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "q")
        assert not app.is_running or app.return_code == 0

    driven(analysis_of(sample("ack-missing/ack-missing")), drive)


def test_it_speaks_portuguese() -> None:
    """Columns, findings and keys."""

    async def drive(app: Browser, pilot: Pilot[None]) -> None:
        del pilot
        labels = [str(column.label) for column in app.screen.query_one("#table", DataTable).columns.values()]
        assert "Diagnósticos" in labels
        assert text(app, "told").startswith("ERRO ")
        assert {"Filtrar", "Sair", "Abrir"} <= {
            binding.description for _, binding, *_ in app.screen.active_bindings.values()
        }

    driven(analysis_of(sample("ack-missing/ack-missing")), drive, "pt")


def test_markup_in_packets_is_text() -> None:
    """Neither Rich's nor Textual's; also where there is nothing at all."""

    async def drive(app: Browser, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert "[bold]id[/bold]" in text(app, "head")
        await pilot.press("enter")
        assert isinstance(app.screen, MessageScreen)
        assert "[bold]id[/bold]" in text(app, "message")

    driven(analysis_of_bytes(capture_of_payloads([HOSTILE])), drive)

    async def nothing(app: Browser, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "f", "down")
        assert isinstance(app.screen, Conversations)
        assert text(app, "told") == "Nothing here."

    driven(analysis_of_bytes(capture_of_payloads([bytes(40)])), nothing)


def test_it_fits_a_terminal_that_changes() -> None:
    """The ladder is drawn anew, the cursor stays."""

    async def drive(app: Browser, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "down", "down")
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        arrows = app.screen.query_one("#arrows", OptionList)
        assert arrows.highlighted == 2
        assert arrows.option_count == 6

    driven(analysis_of(sample("ack-missing/ack-missing")), drive)
