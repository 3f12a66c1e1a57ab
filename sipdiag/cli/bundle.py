"""What goes to a carrier: one call's capture and one page about it, in a folder or a zip file.

Names of files are ours: nothing that a packet says becomes part of a path.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sipdiag.cli import options
from sipdiag.cli.reading import engine_asked_for
from sipdiag.errors import UsageError
from sipdiag.report import Words

if TYPE_CHECKING:
    from sipdiag.extract import Copied
    from sipdiag.knowledge import Catalogue

SECOND = 1_000_000_000
EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, tzinfo=UTC)
"""What a zip file can say of a time."""
PRIVATE = 0o600


def write_bundle(copied: Copied, output: str, catalogue: Catalogue, *, pcapng: bool, anonymous: bool) -> None:
    """Write the bundle to `output`: a zip file where it is called so, else a folder."""
    parts = _parts(copied, catalogue, pcapng=pcapng, anonymous=anonymous)
    if output.lower().endswith(".zip"):
        with options.replaced(output) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts:
                archive.writestr(_entry(name, copied.records[0].time), b"".join(content))
        return
    folder = options.folder(output)
    for name, content in parts:
        with options.replaced(str(folder / name)) as file:
            file.writelines(content)


def _parts(
    copied: Copied, catalogue: Catalogue, *, pcapng: bool, anonymous: bool
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Name and content of each file; the frames on the page are those of the capture beside it."""
    from sipdiag.capture import written  # noqa: PLC0415
    from sipdiag.extract import analysed  # noqa: PLC0415
    from sipdiag.report import carrier, ladder_svg  # noqa: PLC0415
    from sipdiag.report.ladder_sheet import sheets_of  # noqa: PLC0415

    capture = f"call.{'pcapng' if pcapng else 'pcap'}"
    words = Words(catalogue)
    analysis = analysed(copied.records, secrets=copied.secrets, engine=engine_asked_for())
    if not analysis.correlation.arrivals:
        raise UsageError(catalogue.words["extract"]["bundle_unread"])
    yield capture, written(copied.records, pcapng=pcapng, secrets=copied.secrets)
    analysis = replace(analysis, captures=[replace(each, path=capture) for each in analysis.captures])
    for name, paper in (("question.md", carrier.Markdown()), ("question.html", carrier.Html())):
        yield name, _encoded(carrier.pieces(analysis, words, paper, capture=capture, anonymous=anonymous))
    yield "ladder.svg", _encoded(ladder_svg.pieces(sheets_of(analysis, words)[:1], words))


def _encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    return (piece.encode() for piece in pieces)


def _entry(name: str, time: int) -> zipfile.ZipInfo:
    """A file of the archive, for nobody else to read, as old as the call."""
    moment = min(max(datetime.fromtimestamp(time // SECOND, UTC), EARLIEST), LATEST)
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.external_attr = PRIVATE << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
