"""Tests of `sipdiag.report.peer_table`."""

from __future__ import annotations

from reporting import analysis_of, document, sample, text, words
from sipdiag.calls import Peer, Sums
from sipdiag.report.peer_table import MOST, peer_table


def test_columns_stand_under_their_names() -> None:
    """Each is as wide as its widest cell; what is undefined is a dash."""
    peers = [Peer(host="198.51.100.20", sums=Sums(calls=1_200, requests=1_000, answered=550, effective=900))]
    header, row = peer_table([*peers], words())
    assert header.split() == ["host", "calls", "answered", "ASR", "SER", "NER", "ACD", "PDD"]
    assert row.split() == ["198.51.100.20", "1,200", "550", "55.0", "55.0", "90.0", "-", "-"]
    assert len(header) == len(row)


def test_a_long_list_ends_with_how_many_more() -> None:
    """The busiest are there; the document has them all."""
    peers = [Peer(host=f"192.0.2.{number}", sums=Sums(calls=1)) for number in range(MOST + 3)]
    lines = peer_table(peers, words("pt"))
    assert len(lines) == MOST + 2
    assert lines[-1].startswith("mais 3")


def test_the_table_is_told_where_there_is_something_to_compare() -> None:
    """One destination only on demand, two always; the document has every one."""
    one, several = sample("call-answered/call-answered"), sample("call-through-proxy/call-through-proxy")
    assert "DESTINATIONS" not in text(analysis_of(one))
    assert "DESTINATIONS" in text(analysis_of(one), detail="full")
    assert "DESTINOS" in text(analysis_of(several), language="pt")
    assert "DESTINATIONS" not in text(analysis_of(several), detail="brief")
    told = document(analysis_of(several))
    assert [each["calls"] for each in told["peers"]] == [1, 1]
    assert told["peers"][0]["kpi"].keys() == told["summary"]["kpi"].keys()


def test_the_table_fits_a_terminal_of_80_columns() -> None:
    """With addresses of IPv4 in either language."""
    for language in ("en", "pt"):
        peers = [Peer(host="198.51.100.200", sums=Sums(calls=123_456, requests=9, answered=9, effective=9))]
        assert all(len(line) <= 80 for line in peer_table(peers, words(language)))


def test_long_hosts_stand_above_their_figures() -> None:
    """Addresses of IPv6 in a table for 80 columns: nothing is torn, whatever the width."""
    host = "2001:db8:1234:5678:9abc:def0:1234:5678"
    peers = [Peer(host=host, sums=Sums(calls=12, requests=9, answered=9, effective=9)), Peer(host="a", sums=Sums())]
    name, header, first, figures, second, _ = peer_table(peers, words(), 70)
    assert (name, first, second) == ("host", host, "a")
    assert header.split() == ["calls", "answered", "ASR", "SER", "NER", "ACD", "PDD"]
    assert len(header) == len(figures) <= 70
    assert len(peer_table(peers, words(), 132)) == 3
