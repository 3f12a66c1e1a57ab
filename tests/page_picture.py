"""Takes the README's picture of the HTML report: `python tests/page_picture.py`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from browsing import browser, opened
from reporting import relative_analysis, words
from sipdiag.report.page import pieces

SAMPLE = "ack-missing/ack-missing"
PICTURE = Path(__file__).parents[1] / "samples" / "ack-missing" / "report.png"
WIDTH, HEIGHT = 1200, 900

if __name__ == "__main__":
    with TemporaryDirectory() as folder, browser() as chromium:
        path = Path(folder) / "report.html"
        path.write_text("".join(pieces(relative_analysis(SAMPLE), words())), encoding="utf-8")
        with opened(chromium, path, viewport={"width": WIDTH, "height": HEIGHT}) as page:
            page.screenshot(path=PICTURE)
