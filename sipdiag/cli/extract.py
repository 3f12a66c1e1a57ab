"""`sipdiag extract`: a new capture with one call's packets."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sipdiag.cli import EXIT_FINDINGS, EXIT_UNREADABLE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.reading import readings
from sipdiag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sipdiag.analysis import Analysis
    from sipdiag.extract import Choice, Copied, Proof
    from sipdiag.knowledge import Catalogue
    from sipdiag.trace import Trace

STANDARD = "-"
MOST_NAMED = 8
KEY_BYTES, LONGEST_KEY = 16, 32


@click.command(name="extract")
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
@click.option("--call", required=True, metavar="ID", help="The call: its Call-ID, a part of it, or its number.")
@click.option("-o", "--output", required=True, metavar="FILE", help="What to write; - for standard output.")
@click.option(
    "--anonymize", is_flag=True, help="Replace numbers, names, addresses and secrets; silence the audio, blank faxes."
)
@click.option("--key", metavar="FILE", help="The key to replace by, for the same result each time (default: random).")
@click.option("--bundle", is_flag=True, help="A folder, or FILE.zip, with the capture and a page for the carrier.")
@options.engine
@options.lang
@options.knowledge
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def command(  # noqa: PLR0913, PLR0917  (one parameter an option)
    captures: tuple[str, ...],
    call: str,
    output: str,
    anonymize: bool,  # noqa: FBT001
    key: str | None,
    bundle: bool,  # noqa: FBT001
    lang: str | None,
    knowledge: tuple[str, ...],
    quiet: bool,  # noqa: FBT001
) -> int:
    """Write a capture with the packets of one call only: its messages on every leg, RTP, RTCP, DTMF and faxes.

    \b
    sipdiag extract trace.pcap --call 1 -o call.pcap
    sipdiag extract trace.pcap --call 3848276298@192.0.2.10 --anonymize -o call.pcap
    sipdiag extract trace.pcap --call 1 --anonymize --bundle -o ticket.zip
    sipdiag extract caller.pcap callee.pcap --call 1 -o - | tshark -r -

    Link layer and comments stay. A capture that ends in .pcapng, or that comments or several link types demand it
    for, is pcapng. With --anonymize nothing is written unless the analysis of the result gives the same findings.
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    from sipdiag.cli.settings import settings_here  # noqa: PLC0415  (`--help` does without)

    catalogue = options.catalogue_for(lang or settings_here().lang, knowledge)
    labels: dict[str, str] = catalogue.words["extract"]
    _check(captures, output, labels, bundle=bundle)
    secret = _key(key, labels, anonymize=anonymize)
    traces, unreadable = readings(captures, quiet=quiet)
    if not traces:
        return EXIT_UNREADABLE
    from sipdiag.extract import packets_of  # noqa: PLC0415  (`--help` does without)
    from sipdiag.trace import joined  # noqa: PLC0415  (the same)

    traces = joined(traces) if len(traces) > 1 else traces
    choice = _choice(traces, call, labels)

    copied = packets_of([trace.facts.path for trace in traces], choice)
    told = _told(copied, choice, output, labels)
    _missing(copied, choice, labels)
    if secret is not None:
        done = _anonymized(copied, choice, secret, output, labels)
        if done is None:
            return EXIT_FINDINGS
        copied, told = done[0], told[:1] + done[1]
    if bundle:
        _bundle(copied, output, catalogue, anonymous=anonymize)
        told.append(labels["bundled"].format(path=output))
    else:
        _write(copied, output, labels)
    if not quiet:
        _say(told)
    return EXIT_UNREADABLE if unreadable else 0


def _check(captures: Sequence[str], output: str, labels: dict[str, str], *, bundle: bool) -> None:
    if STANDARD in captures:
        raise UsageError(labels["standard_input"])
    if output == STANDARD:
        if bundle:
            raise UsageError(labels["bundle_standard"])
        if sys.stdout.isatty():
            raise UsageError(labels["terminal"])
        return
    target = Path(output)
    if any(target.exists() and Path(path).exists() and target.samefile(path) for path in captures):
        raise UsageError(labels["overwrite"].format(path=output))


def _key(path: str | None, labels: dict[str, str], *, anonymize: bool) -> bytes | None:
    """The key to replace by; None where nothing is to be replaced."""
    if not anonymize:
        if path is not None:
            raise UsageError(labels["key_alone"])
        return None
    if path is None:
        return secrets.token_bytes(LONGEST_KEY)
    try:
        given = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    if len(given) < KEY_BYTES:
        raise UsageError(labels["key_short"].format(path=path))
    from hashlib import blake2s  # noqa: PLC0415

    return given if len(given) <= LONGEST_KEY else blake2s(given).digest()


def _choice(traces: Sequence[Trace], call: str, labels: dict[str, str]) -> Choice:
    """The packets of what `call` names; raises `UsageError` where that is nothing, or more than one thing."""
    from sipdiag.cli.judging import judged  # noqa: PLC0415
    from sipdiag.cli.settings import settings_here  # noqa: PLC0415
    from sipdiag.extract import choice_of  # noqa: PLC0415

    narrowed: Analysis = options.narrowed(
        judged(traces, settings_here()), dict.fromkeys(options.NARROWING) | {"call": call}
    )
    call_ids = list(dict.fromkeys(each.sighting.message.call_id for each in narrowed.correlation.arrivals))
    if not call_ids:
        raise UsageError(labels["nothing"])
    calls = [one for one in narrowed.correlation.calls if set(call_ids).intersection(one.call_ids)]
    if len(call_ids) > 1 and not any(set(call_ids) <= set(each.call_ids) for each in calls):
        named = ", ".join(call_ids[:MOST_NAMED]) + (", …" if len(call_ids) > MOST_NAMED else "")
        raise UsageError(labels["several"].format(count=len(call_ids), names=named))
    carried = (each for call in calls for each in narrowed.carriage.of(call).carried)
    return choice_of(traces, call_ids, [each.stream for each in carried])


def _anonymized(
    copied: Copied, choice: Choice, key: bytes, output: str, labels: dict[str, str]
) -> tuple[Copied, list[str]] | None:
    """The packets with everything replaced, and what to say of it; None where the proof does not hold."""
    from msgspec.structs import replace  # noqa: PLC0415

    from sipdiag.extract import Unreadable, disguised, proof_of  # noqa: PLC0415

    try:
        result = disguised(copied, choice, key)
    except Unreadable as what:
        _say([labels["unreadable"].format(path=output, what=what)])
        return None
    proof = proof_of(copied.records, result)
    if not proof.holds:
        _say(_complaint(proof, output, labels))
        return None
    told = [labels["anonymized"].format(names=len(result.known), findings=proof.findings)]
    if left_out := len(copied.records) - len(result.records):
        told.append(labels["left_out"].format(count=left_out))
    told.append(labels["limits"])
    return replace(copied, records=result.records, secrets=[]), told


def _complaint(proof: Proof, output: str, labels: dict[str, str]) -> list[str]:
    """What differs."""
    told = []
    if proof.lost or proof.new:
        told.append(labels["refused"].format(path=output))
    if proof.garbled:
        told.append(labels["garbled"].format(path=output, count=proof.garbled))
    for kind, signs in (("lost", proof.lost), ("new", proof.new)):
        for rule, _, severity, confidence, frames in signs:
            places = ", ".join(map(str, frames))
            told.append(labels[kind].format(rule=rule, severity=severity, confidence=confidence, frames=places))
    if proof.leaks:
        told.append(labels["leaks"].format(path=output, names=", ".join(proof.leaks[:MOST_NAMED])))
    return told


def _missing(copied: Copied, choice: Choice, labels: dict[str, str]) -> None:
    """Say so where the packets do not give all messages of the call again; of encrypted ones nobody can tell."""
    from sipdiag.extract import messages_in  # noqa: PLC0415

    if not choice.transports & {"tls", "wss"}:
        there = messages_in(copied.records, choice.call_ids)
        if there < choice.messages:
            _say([labels["missing"].format(count=choice.messages - there, all=choice.messages)])


def _is_pcapng(copied: Copied, name: str, labels: dict[str, str]) -> bool:
    """The format of the capture called `name`; raises `UsageError` where its ending asks for the impossible."""
    several = len({record.link for record in copied.records}) > 1
    ending = Path(name).suffix.lower()
    if ending == ".pcap":
        if several:
            raise UsageError(labels["one_link_type"].format(path=name))
        return False
    return copied.pcapng or several or ending == ".pcapng"


def _write(copied: Copied, output: str, labels: dict[str, str]) -> None:
    from sipdiag.capture import written  # noqa: PLC0415

    pieces = written(copied.records, pcapng=_is_pcapng(copied, output, labels), secrets=copied.secrets)
    if output == STANDARD:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    with options.replaced(output) as file:
        file.writelines(pieces)


def _bundle(copied: Copied, output: str, catalogue: Catalogue, *, anonymous: bool) -> None:
    from sipdiag.cli.bundle import write_bundle  # noqa: PLC0415  (most want the capture only)

    pcapng = _is_pcapng(copied, "", catalogue.words["extract"])
    write_bundle(copied, output, catalogue, pcapng=pcapng, anonymous=anonymous)


def _told(copied: Copied, choice: Choice, output: str, labels: dict[str, str]) -> list[str]:
    total, media = len(copied.records), len(copied.media)
    told = [labels["written"].format(path=output, packets=total, signalling=total - media, media=media)]
    if choice.shared:
        told.append(labels["shared"].format(count=choice.shared))
    return told


def _say(lines: Sequence[str]) -> None:
    from sipdiag.report.escape import shown  # noqa: PLC0415

    for line in lines:
        click.echo(f"sipdiag: {shown(line)}", err=True)
