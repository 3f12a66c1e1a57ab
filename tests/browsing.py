"""Opens pages in Debian's Chromium, driven by Playwright, and remembers what goes wrong there."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, LocatorAssertions, Page

ARGUMENTS = [
    "--no-sandbox",  # as root, in a container
    "--disable-dev-shm-usage",  # which is small in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing() -> str:
    """What is not here of what these tests need; empty when everything is."""
    absent = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    return ", ".join(absent + ([] if shutil.which("chromium") else ["chromium"]))


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, closed in the end."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (the tests are skipped where it is missing)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium: Browser, path: Path, *, anchor: str = "", script: bool = True, **settings: Any) -> Iterator[Page]:  # noqa: ANN401
    """The page in `path`, in a window of its own that is offline; nothing may be wrong in its console at the end."""
    settings.setdefault("viewport", {"width": 1360, "height": 900})
    context = chromium.new_context(java_script_enabled=script, offline=True, **settings)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda told: wrong.append(f"{told.type}: {told.text}") if told.type != "log" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"a dialog: {dialog.message}"))
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    page.goto(path.resolve().as_uri() + anchor)
    if script:
        page.wait_for_selector("html[data-ready]", timeout=20_000)
    yield page
    context.close()
    assert wrong == []


def expect(locator: Locator) -> LocatorAssertions:
    """What waits until it holds of `locator`."""
    from playwright.sync_api import expect as expected  # noqa: PLC0415  (as in `browser`)

    return expected(locator)


def violations(page: Page) -> list[str]:
    """What axe finds of level serious or worse, each with the elements that it is about."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((told) => told.violations)")
    return [
        f"{each['id']}: {[node['html'][:200] for node in each['nodes'][:5]]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
