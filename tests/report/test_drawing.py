"""Tests of `sipdiag.report.drawing`: the ladder as lines of characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.report.drawing import drawn
from sipdiag.report.ladder import Arrow, Ladder

SECOND = 1_000_000_000
NAMES = st.one_of(
    st.sampled_from(["192.0.2.1", "2001:db8:1234:5678:9abc:def0:1234:5678", "[2001:db8::1]:65535", "a"]),
    st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=1, max_size=60),
)


def arrow(source: int, destination: int, label: str, **more: object) -> Arrow:
    return Arrow(capture=0, frame=1, time=0, source=source, destination=destination, label=label, **more)  # type: ignore[arg-type]


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    lanes = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    ends = st.integers(0, len(lanes) - 1)
    arrows = draw(
        st.lists(
            st.builds(
                Arrow,
                capture=st.just(0),
                frame=st.integers(1, 9_999_999),
                time=st.integers(0, 10**5 * SECOND),
                source=ends,
                destination=ends,
                label=st.text(st.characters(categories=["L", "N", "P", "Zs"], max_codepoint=0x24F), max_size=120),
                repeats=st.lists(st.integers(1, 99), max_size=12),
                last_time=st.integers(0, 10**5 * SECOND),
                findings=st.lists(st.integers(1, 10_000), max_size=4),
            ),
            min_size=1,
            max_size=6,
        )
    )
    arrows.sort(key=lambda each: each.time)
    return Ladder(lanes=lanes, arrows=arrows)


@given(ladders(), st.integers(40, 200), st.booleans())
def test_no_line_is_wider_than_the_width(ladder: Ladder, width: int, ascii_only: bool) -> None:  # noqa: FBT001
    """One to eight lanes, any label, any width that a console has."""
    lines = drawn(ladder, width, ascii_only=ascii_only)
    assert len(lines) >= len(ladder.arrows)
    assert [line for line in lines if len(line) > width] == []
    assert [line for line in lines if line != line.rstrip()] == []


@given(ladders(), st.integers(40, 200))
def test_every_frame_is_told(ladder: Ladder, width: int) -> None:
    """However narrow it gets, no message is left out."""
    lines = drawn(ladder, width, ascii_only=False)
    told = [line.split()[0] for line in lines if line[:7].strip().isdigit()]
    assert told == [str(each.frame) for each in ladder.arrows]


def test_a_call_between_two_hosts() -> None:
    """The frame, the seconds since the first message, an arrow each; repeats folded below; findings marked."""
    ladder = Ladder(
        lanes=["192.0.2.1", "192.0.2.2"],
        arrows=[
            arrow(0, 1, "INVITE"),
            Arrow(
                capture=0, frame=7, time=1_500_000_000, source=1, destination=0, label="200 OK (INVITE)",
                repeats=[8, 9], last_time=33 * SECOND, findings=[1, 2, 3],
            ),
        ],
    )  # fmt: skip
    lines = drawn(ladder, 60, ascii_only=True)
    assert lines[0].split() == ["192.0.2.1", "192.0.2.2"]
    assert lines[1] == "     1    0.000 |- INVITE ----------------------------->|"
    assert lines[2] == "     7    1.500 |<- 200 OK (INVITE) [1][2] -------------|"
    assert lines[3].split()[:2] == ["|", "2x,"]
    assert "31.5 s" in lines[3]


def test_without_ascii_the_lines_are_drawn() -> None:
    """Box drawing, where the console can."""
    (_, line) = drawn(Ladder(lanes=["a", "b"], arrows=[arrow(0, 1, "BYE")]), 40)
    assert line.split(maxsplit=2)[2] == "│─ BYE ──────────────▶│"


def test_a_message_to_the_host_itself_stands_beside_its_lane() -> None:
    """There is nowhere to draw an arrow to."""
    (_, line) = drawn(Ladder(lanes=["a"], arrows=[arrow(0, 0, "OPTIONS", findings=[3])]), 60, ascii_only=True)
    assert line == "     1    0.000 | OPTIONS [3]"


def test_more_lanes_than_fit_are_told_as_a_list() -> None:
    """Who to whom, in words."""
    ladder = Ladder(lanes=[f"host{number}" for number in range(8)], arrows=[arrow(1, 7, "BYE")])
    assert drawn(ladder, 80) == ["     1    0.000  host1 > host7: BYE"]


def test_a_list_of_long_names_keeps_its_labels() -> None:
    """Two IPv6 addresses would fill the line: their middles give way, since the ends tell hosts apart."""
    lanes = [f"2001:db8:1234:5678:9abc:def0:1234:567{number}" for number in range(8)]
    (line,) = drawn(Ladder(lanes=lanes, arrows=[arrow(1, 7, "200 OK (INVITE)")]), 80)
    assert len(line) <= 80
    assert line.endswith("5677: 200 OK (INVITE)")


def test_nothing_is_drawn_of_nothing() -> None:
    """A call without messages has no ladder."""
    assert drawn(Ladder(lanes=[], arrows=[]), 80) == []


def test_what_is_left_out_of_a_label_is_marked_and_findings_never_are() -> None:
    """A response loses its method first, which its request shows; a mark on it leads to what was found."""
    lanes = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    arrows = [
        arrow(1, 0, "183 Session Progress (INVITE)"),
        arrow(1, 0, "183 Session Progress Because (INVITE)", findings=[7]),
        arrow(0, 1, "A" * 60),
        arrow(1, 0, "200 OK (INVITE)", findings=[7]),
    ]
    _, fits, cut, longest, short = drawn(Ladder(lanes=lanes, arrows=arrows), 80)
    assert "◀─ 183 Session Progress ─" in fits
    assert "◀─ 183 Session Progress… [7] ─" in cut
    assert "AAA… ▶" in longest
    assert "◀─ 200 OK (INVITE) [7] ─" in short
