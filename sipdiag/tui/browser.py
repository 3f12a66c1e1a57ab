"""The application: a list of conversations, behind each its ladder, behind each arrow its message."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from sipdiag.analysis import Analysis
from sipdiag.report import Words
from sipdiag.report.ladder import Arrow
from sipdiag.tui.matter import Matter, Row

COLUMNS = ("number", "time", "state", "code", "findings", "from", "to")
STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


class Browser(App[None]):
    """Browses one analysis."""

    CSS = """
    #findings { height: auto; max-height: 40%; border-top: solid $primary; padding: 0 1; }
    #count { padding: 0 1; color: $text-muted; }
    #filter { display: none; }
    #filter.open { display: block; }
    #head { padding: 0 1; }
    #lanes { padding: 0 1; text-style: bold; text-wrap: nowrap; }
    OptionList { border: none; height: 1fr; padding: 0; }
    DataTable { height: 1fr; }
    """
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, analysis: Analysis, words: Words) -> None:
        super().__init__()
        self.matter = Matter(analysis, words)

    def on_mount(self) -> None:
        """Begin with the list."""
        self.push_screen(Conversations(self.matter))


class _Labelled(Screen[None]):
    """A screen whose keys are told in the language of the report."""

    KEYS: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    """Key, action, label."""

    def __init__(self, matter: Matter) -> None:
        super().__init__()
        self.matter = matter
        for key, action, label in self.KEYS:
            # Enter goes before the list that has the focus, which would hide it from the line of keys.
            self._bindings.bind(key, action, matter.label(label), show=True, priority=key == "enter")


class Conversations(_Labelled):
    """The list, with the findings on what is under the cursor."""

    KEYS = (
        ("slash", "filter", "key_filter"),
        ("f", "findings", "key_findings"),
        ("enter", "open", "key_open"),
        ("q", "app.quit", "key_quit"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "clear", show=False)]

    def __init__(self, matter: Matter) -> None:
        super().__init__(matter)
        self._rows: list[Row] = []
        self._findings_only = False

    def compose(self) -> ComposeResult:
        """Filter, table, findings, keys."""
        yield Input(placeholder=self.matter.label("filter"), id="filter")
        yield Static(id="count", markup=False)
        yield DataTable(id="table", cursor_type="row", zebra_stripes=True)
        with VerticalScroll(id="findings", can_focus=False):
            yield Static(id="told", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Fill the table."""
        self.table.add_columns(*(self.matter.label(f"column_{name}") for name in COLUMNS))
        self._fill()
        self.table.focus()

    @property
    def table(self) -> DataTable[Text]:
        """The table."""
        return self.query_one("#table", DataTable)

    @property
    def row(self) -> Row | None:
        """The conversation under the cursor."""
        at = self.table.cursor_row
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def action_filter(self) -> None:
        """Open the line for a filter."""
        self.query_one("#filter", Input).add_class("open").focus()

    def action_clear(self) -> None:
        """Drop the filter."""
        line = self.query_one("#filter", Input)
        line.value = ""
        line.remove_class("open")
        self.table.focus()

    def action_findings(self) -> None:
        """Show those with findings only, or all again."""
        self._findings_only = not self._findings_only
        self._fill()

    def action_open(self) -> None:
        """Open the ladder; from the filter go on to the table."""
        if isinstance(self.focused, Input):
            self.table.focus()
        elif self.row is not None:
            self.app.push_screen(LadderScreen(self.matter, self.row))

    def on_data_table_row_selected(self) -> None:
        """A click on a row."""
        self.action_open()

    def on_data_table_row_highlighted(self) -> None:
        """Tell the findings."""
        self._tell()

    def on_input_changed(self) -> None:
        """Filter while it is typed."""
        self._fill()

    def _fill(self) -> None:
        text = self.query_one("#filter", Input).value
        self._rows = self.matter.found(text, findings_only=self._findings_only)
        self.table.clear()
        for row in self._rows:
            style = STYLES[row.findings[0].severity.value] if row.findings else ""
            cells = zip(COLUMNS, row.cells, strict=True)
            self.table.add_row(*(Text(cell, style=style if name == "findings" else "") for name, cell in cells))
        name = "shown_findings" if self._findings_only else "shown"
        count = self.matter.label(name).format(shown=len(self._rows), all=len(self.matter.rows))
        self.query_one("#count", Static).update(count)
        self._tell()

    def _tell(self) -> None:
        row, told = self.row, self.query_one("#told", Static)
        if row is None:
            told.update(self.matter.label("call_none"))
        elif row.findings:
            told.update(Text("\n\n".join(self.matter.finding(each) for each in row.findings)))
        else:
            told.update(self.matter.label("no_findings"))


class LadderScreen(_Labelled):
    """The ladder of one conversation; each arrow can be opened."""

    KEYS = (("escape", "app.pop_screen", "key_back"), ("enter", "open", "key_open"), ("q", "app.quit", "key_quit"))

    def __init__(self, matter: Matter, row: Row) -> None:
        super().__init__(matter)
        self._sheet = matter.sheet(row)

    def compose(self) -> ComposeResult:
        """Whose it is, lanes, arrows, findings, keys."""
        yield Static("\n".join([self._sheet.title, *self._sheet.lines]), id="head", markup=False)
        yield Static(id="lanes", markup=False)
        yield OptionList(id="arrows", markup=False)
        if self._sheet.marks:
            with VerticalScroll(id="findings", can_focus=False):
                yield Static(self._marks(), markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Draw it."""
        self._draw()
        self.arrows.focus()

    def on_resize(self) -> None:
        """Draw it as wide as the terminal is now."""
        self._draw()

    @property
    def arrows(self) -> OptionList:
        """The list of arrows."""
        return self.query_one("#arrows", OptionList)

    def action_open(self) -> None:
        """Open the message."""
        if (at := self.arrows.highlighted) is not None:
            self.app.push_screen(MessageScreen(self.matter, self._sheet.ladder.arrows, at))

    def on_option_list_option_selected(self) -> None:
        """A click on an arrow."""
        self.action_open()

    def _draw(self) -> None:
        width = max(self.app.size.width - 4, 40)
        lanes, told = self.matter.arrows(self._sheet, width)
        self.query_one("#lanes", Static).update(lanes)
        at = self.arrows.highlighted or 0
        self.arrows.clear_options()
        self.arrows.add_options(Option(Text(each, no_wrap=True)) for each in told)
        self.arrows.highlighted = at if told else None

    def _marks(self) -> Text:
        told = Text()
        for mark in self._sheet.marks:
            word = self.matter.words.label(mark.severity).upper()
            told.append(f"[{mark.number}] {word} {mark.rule} ({mark.confidence}): ", style=STYLES[mark.severity])
            told.append(f"{mark.message}\n")
        told.right_crop(1)
        return told


class MessageScreen(_Labelled):
    """One message, whole; its neighbours in the ladder are a key away."""

    KEYS = (
        ("escape", "app.pop_screen", "key_back"),
        ("n", "go(1)", "key_next"),
        ("p", "go(-1)", "key_previous"),
        ("q", "app.quit", "key_quit"),
    )

    def __init__(self, matter: Matter, arrows: list[Arrow], at: int) -> None:
        super().__init__(matter)
        self._arrows, self._at = arrows, at

    def compose(self) -> ComposeResult:
        """The text, and keys."""
        with VerticalScroll(id="page"):
            yield Static(id="message", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Tell it."""
        self._tell()

    def action_go(self, step: int) -> None:
        """The next arrow, or the one before."""
        self._at = min(max(self._at + step, 0), len(self._arrows) - 1)
        self._tell()
        self.query_one("#page", VerticalScroll).scroll_home(animate=False)

    def _tell(self) -> None:
        arrow = self._arrows[self._at]
        told = None if arrow.media else self.matter.message(arrow.capture, arrow.frame)
        if told is None:
            told = self.matter.label("media_only").format(label=arrow.label)
        if arrow.repeats:
            frames = ", ".join(map(str, arrow.repeats))
            told = f"{told}\n\n({self.matter.label('message_repeats').format(frames=frames)})"
        self.query_one("#message", Static).update(Text(told))
