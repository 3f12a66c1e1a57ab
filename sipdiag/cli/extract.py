"""`sipdiag extract`: a new capture with one call's packets."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.cli import EXIT_UNREADABLE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.reading import readings
from sipdiag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sipdiag.analysis import Analysis
    from sipdiag.extract import Choice, Copied
    from sipdiag.trace import Trace

STANDARD = "-"
MOST_NAMED = 8


@click.command(name="extract")
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
@click.option("--call", required=True, metavar="ID", help="The call: its Call-ID, a part of it, or its number.")
@click.option("-o", "--output", required=True, metavar="FILE", help="The capture to write; - for standard output.")
@options.lang
@options.knowledge
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def command(
    captures: tuple[str, ...],
    call: str,
    output: str,
    lang: str | None,
    knowledge: tuple[str, ...],
    quiet: bool,  # noqa: FBT001
) -> int:
    """Write a capture with the packets of one call only: its messages on every leg, RTP, RTCP and DTMF.

    \b
    sipdiag extract trace.pcap --call 1 -o call.pcap
    sipdiag extract trace.pcapng --call 3848276298@192.0.2.10 -o call.pcapng
    sipdiag extract caller.pcap callee.pcap --call 1 -o - | tshark -r -

    Link layer and comments stay. A capture that ends in .pcapng, or that pcapng comments or several link types
    demand it for, is pcapng.
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    labels: dict[str, str] = options.catalogue_for(lang, knowledge).words["extract"]
    _check(captures, output, labels)
    traces, unreadable = readings(captures, quiet=quiet)
    if not traces:
        return EXIT_UNREADABLE
    choice = _choice(traces, call, labels)
    from sipdiag.extract import packets_of  # noqa: PLC0415  (`--help` does without)

    copied = packets_of([trace.facts.path for trace in traces], choice)
    _write(copied, output, labels)
    if not quiet:
        _tell(copied, choice, output, labels)
    return EXIT_UNREADABLE if unreadable else 0


def _check(captures: Sequence[str], output: str, labels: dict[str, str]) -> None:
    if STANDARD in captures:
        raise UsageError(labels["standard_input"])
    if output == STANDARD:
        if sys.stdout.isatty():
            raise UsageError(labels["terminal"])
        return
    target = Path(output)
    if any(target.exists() and Path(path).exists() and target.samefile(path) for path in captures):
        raise UsageError(labels["overwrite"].format(path=output))


def _choice(traces: Sequence[Trace], call: str, labels: dict[str, str]) -> Choice:
    """The packets of what `call` names; raises `UsageError` where that is nothing, or more than one thing."""
    from sipdiag.analysis import conclude  # noqa: PLC0415
    from sipdiag.extract import choice_of  # noqa: PLC0415

    narrowed: Analysis = options.narrowed(conclude(traces), dict.fromkeys(options.NARROWING) | {"call": call})
    call_ids = list(dict.fromkeys(each.sighting.message.call_id for each in narrowed.correlation.arrivals))
    if not call_ids:
        raise UsageError(labels["nothing"])
    calls = [each for each in narrowed.correlation.calls if set(call_ids).intersection(each.call_ids)]
    if len(call_ids) > 1 and not any(set(call_ids) <= set(each.call_ids) for each in calls):
        named = ", ".join(call_ids[:MOST_NAMED]) + (", …" if len(call_ids) > MOST_NAMED else "")
        raise UsageError(labels["several"].format(count=len(call_ids), names=named))
    return choice_of(traces, call_ids)


def _write(copied: Copied, output: str, labels: dict[str, str]) -> None:
    from sipdiag.capture import written  # noqa: PLC0415

    several = len({record.link for record in copied.records}) > 1
    pcapng = copied.pcapng or several
    if output != STANDARD:
        ending = Path(output).suffix.lower()
        if ending == ".pcap" and several:
            raise UsageError(labels["one_link_type"].format(path=output))
        pcapng = ending != ".pcap" and (pcapng or ending == ".pcapng")
    pieces = written(copied.records, pcapng=pcapng, secrets=copied.secrets)
    if output == STANDARD:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    with options.replaced(output) as file:
        file.writelines(pieces)


def _tell(copied: Copied, choice: Choice, output: str, labels: dict[str, str]) -> None:
    from sipdiag.report.escape import shown  # noqa: PLC0415

    total, media = len(copied.records), len(copied.media)
    told = [labels["written"].format(path=shown(output), packets=total, signalling=total - media, media=media)]
    if choice.shared:
        told.append(labels["shared"].format(count=choice.shared))
    for line in told:
        click.echo(f"sipdiag: {line}", err=True)
