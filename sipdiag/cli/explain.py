"""`sipdiag explain`: entries of the catalogue."""

from __future__ import annotations

from sipdiag.cli import EXIT_USAGE, options
from sipdiag.cli.clicking import click
from sipdiag.knowledge import SHELVES, Catalogue, Entry


@click.command(name="explain")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@options.lang
@options.color
@options.output
def command(names: tuple[str, ...], lang: str | None, color: str, output: str | None) -> int:
    """Explain a status code, a rule, a cause, a warning, a timer or a method.

    \b
    sipdiag explain 403
    sipdiag explain ack-missing
    sipdiag explain q850/34 warning/370 timer/B
    """
    catalogue = options.catalogue_for(lang)
    missing = False
    with options.opened(output) as stream:
        console = options.console_on(stream, color)
        for name in names:
            entry = entry_called(catalogue, name)
            if entry is None:
                missing = True
                click.echo(f"sipdiag: {catalogue.words['labels']['no_entry'].format(name=name)}", err=True)
                continue
            from sipdiag.report.entry_text import print_entry  # noqa: PLC0415

            print_entry(entry, catalogue, console)
    return EXIT_USAGE if missing else 0


def entry_called(catalogue: Catalogue, name: str) -> Entry | None:
    """The entry that people mean by `name`: `403`, `ack-missing`, `q850/34`, `INVITE`, `timer/B`."""
    if name.lower().startswith("q850/"):
        name = "cause/" + name[5:]
    if "/" in name:
        return catalogue.find(name)
    if name.isdigit() and len(name) == 3:
        return catalogue.status(int(name))
    spellings = [f"{shelf}/{spelling}" for shelf in SHELVES for spelling in (name, name.lower(), name.upper())]
    return next((entry for key in spellings if (entry := catalogue.find(key)) is not None), None)
