"""The web as a stranger's phone meets it: bytes, the launcher's first paint on slow 3G, blocked time, memory of a long chat."""

import asyncio
import gzip
import json
import os
import subprocess
import sys
import tempfile
from math import isnan
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import CDPSession, Page, async_playwright
from rich.console import Console

from benchmarks.report import Row, Samples, at_most
from benchmarks.stage import Stage
from funnel.core.ids import new_id

CHROMIUM = Path("/usr/bin/chromium")
FILES = Path(__file__).resolve().parents[1] / "api" / "pages" / "files"
VISITS = 3
MESSAGES = 1000
AT_ONCE = 10
# "Slow 3G" as WebPageTest and Lighthouse have it: 400 kbit/s, a round trip of 400 ms; and a processor a quarter as fast.
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
SLOWER = 4
LIMIT_BYTES = 25 * 1024
LIMIT_PAINT_MS = 1000
LANGUAGES = ("ar-", "en-", "chinese-")
# Where the launcher first stands in a frame, and every task that keeps the page from answering.
WATCH = """window.figures = { blocked: 0 };
  new PerformanceObserver((list) => { for (const one of list.getEntries()) figures.blocked += Math.max(0, one.duration - 50); })
    .observe({ type: 'longtask', buffered: true });
  const look = () => requestAnimationFrame((now) => document.querySelector('funnel-widget') ? (figures.launcher = now) : look());
  look();"""
READ = """() => new Promise((done) => { const wait = () => figures.launcher === undefined ? requestAnimationFrame(wait)
  : done({ ...figures, page: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0 }); wait(); })"""
LOOK_IN = """{ const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: 'open' }); }; }"""


async def web(stage: Stage) -> None:
    """Sizes of what is built; the rest where there is a browser. Once."""
    if not (FILES / "widget" / "widget.js").is_file():
        raise RuntimeError("the web is not built: make web")
    stage.samples.add("web bytes", _bytes())
    if not os.path.exists(CHROMIUM):  # noqa: ASYNC240 - nothing else runs here yet
        Console(stderr=True).print(
            f"No browser at {CHROMIUM} (Debian: apt-get install chromium): only sizes are measured."
        )
        return
    with tempfile.TemporaryDirectory(prefix="funnel-bench-web-") as folder:
        demo, banner = await asyncio.to_thread(_start_demo, Path(folder))
        try:
            async with async_playwright() as playwright:
                flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
                browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
                for _ in range(VISITS):
                    context = await browser.new_context(viewport={"width": 360, "height": 740})
                    await _visit(await context.new_page(), banner["demo_url"], stage.samples)
                    await context.close()
                context = await browser.new_context(viewport={"width": 360, "height": 740})
                await context.add_init_script(LOOK_IN)
                await _long_chat(await context.new_page(), banner, stage.samples)
                await browser.close()
        finally:
            demo.terminate()
            await asyncio.to_thread(demo.wait)
            assert demo.stdout is not None
            demo.stdout.close()


def _bytes() -> dict[str, float]:
    """Gzipped: what one visitor loads at most (the largest file of languages), all languages, the launcher alone, the desk."""

    def zipped(part: str) -> dict[str, int]:
        kinds = (".js", ".css")
        found = (path for path in (FILES / part).rglob("*") if path.suffix in kinds)
        return {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in found}

    widget = zipped("widget")
    languages = [size for name, size in widget.items() if name.startswith(LANGUAGES)]
    everything = sum(widget.values())
    return {
        "visitor": everything - sum(languages) + max(languages),
        "everything": everything,
        "launcher": widget["widget.js"],
        "desk": sum(zipped("desk").values()),
    }


def _start_demo(folder: Path) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """The demo as `make run` starts it, and its first line."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
    folder.chmod(0o755)
    demo = subprocess.Popen(
        [sys.executable, "-m", "api.cli.main", "demo", "--json", "--port", "0", "--limits", "off",
         "--data-dir", str(folder / "data")],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    assert demo.stdout is not None
    line = demo.stdout.readline()
    if not line:
        raise RuntimeError("the demo did not start")
    return demo, json.loads(line)


async def _visit(page: Page, url: str, samples: Samples) -> None:
    """A first visit to the shop, with nothing in the cache."""
    session: CDPSession = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", SLOW_3G)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.add_init_script(WATCH)
    await page.goto(url, wait_until="load", timeout=120_000)
    found = await page.evaluate(READ)
    # A launcher that stands before the page has its first paint with the page's own.
    after = max(0.0, found["launcher"] - found["page"])
    samples.add("web visit", {"page": found["page"], "launcher": after, "blocked": found["blocked"]})


async def _long_chat(page: Page, banner: dict[str, Any], samples: Samples) -> None:
    """The memory of a page whose chat is open while an agent says a thousand things."""
    session: CDPSession = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await page.goto(banner["demo_url"])
    await page.locator("funnel-widget .launcher").click()
    await page.locator("funnel-widget footer textarea").fill("I want to talk to a person")
    await page.keyboard.press("Enter")
    async with httpx.AsyncClient(base_url=banner["base_url"], timeout=30) as http:
        login = await http.post("/v1/auth/login", json=banner["agent"])
        http.headers["authorization"] = f"Bearer {login.json()['token']}"
        http.cookies.clear()
        await page.locator("funnel-widget .bar svg + p:not(.quiet)").wait_for()
        before = await _heap(session)
        queues = (await http.get("/v1/queues")).json()["items"]
        taken = await http.post(f"/v1/queues/{queues[0]['id']}/next")
        path = f"/v1/conversations/{taken.json()['conversation']['id']}/messages"
        for start in range(0, MESSAGES, AT_ONCE):
            said = (
                {"client_message_id": new_id(), "text": f"Line {number} of a long conversation."}
                for number in range(start, start + AT_ONCE)
            )
            for answer in await asyncio.gather(*(http.post(path, json=one) for one in said)):
                answer.raise_for_status()
        last = page.locator("funnel-widget .bubble", has_text=f"Line {MESSAGES - 1} ")
        await last.wait_for(timeout=60_000)
    after = await _heap(session)
    nodes = await page.evaluate(
        "document.querySelector('funnel-widget').shadowRoot.querySelectorAll('*').length"
    )
    samples.add("web memory", {"before": before, "after": after, "nodes": nodes})


async def _heap(session: CDPSession) -> float:
    """Megabytes in use after a collection."""
    await session.send("HeapProfiler.collectGarbage")
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    used: float = next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")
    return used / 1_000_000


def web_rows(stage: Stage) -> list[Row]:
    """Medians; without a browser there are sizes alone."""
    median = stage.samples.median
    kilobytes = {
        name: median("web bytes", name) / 1024 for name in ("visitor", "everything", "launcher", "desk")
    }
    rows = [
        Row(
            "web",
            "widget, as one visitor loads it",
            kilobytes["visitor"],
            "KB gz",
            at_most(LIMIT_BYTES / 1024),
        ),
        Row("web", "widget, with all four languages", kilobytes["everything"], "KB gz"),
        Row("web", "launcher alone", kilobytes["launcher"], "KB gz"),
        Row("web", "desk", kilobytes["desk"], "KB gz"),
    ]
    if isnan(median("web visit", "launcher")):
        return rows
    return [
        *rows,
        Row("web", "launcher after the page's first paint, slow 3G", median("web visit", "launcher"), "ms",
            at_most(LIMIT_PAINT_MS), stage.samples.spread("web visit", "launcher")),
        Row("web", "the page's first paint, slow 3G", median("web visit", "page"), "ms"),
        Row("web", f"blocked while loading, processor 1/{SLOWER}", median("web visit", "blocked"), "ms"),
        Row("web", f"memory after {MESSAGES} messages", median("web memory", "after"), "MB",
            detail=f"{median('web memory', 'before'):.1f} MB before, {median('web memory', 'nodes'):.0f} nodes"),
    ]  # fmt: skip
