"""Channels: webhooks accepted by one process that reads them too, what an outbox sends over many inboxes to a local platform, and
albums."""

from benchmarks.album import PICTURES
from benchmarks.report import Row, at_least, at_most, percent, ratio
from benchmarks.stage import Stage

HOOK_CONNECTIONS = 128
INBOXES = 16
ALBUMS = 2
ALBUM_TIMES = 5


async def hooks(stage: Stage) -> None:
    """A closed loop of signed webhooks, each of a sender of its own, at a gateway whose workers read them meanwhile."""
    before = stage.gateway.cpu_seconds()
    start = stage.fresh("hooks", stage.size.hooks)
    answer = await stage.channels.ask(
        "hooks", port=stage.gateway.port, connections=HOOK_CONNECTIONS, start=start, most=stage.size.hooks,
        seconds=stage.size.seconds,
    )  # fmt: skip
    if answer["done"]:
        answer["cpu_us"] = 1e6 * (stage.gateway.cpu_seconds() - before) / answer["done"]
    stage.samples.add("hooks", answer)
    await stage.channels.ask("forget")


async def outbox(stage: Stage) -> None:
    """What waits in many inboxes is sent and told; and the calls alone, by the same client."""
    url = f"http://127.0.0.1:{stage.bare.port}/in"
    stage.samples.add("calls", await stage.channels.ask("calls", url=url, count=stage.size.sends))
    start = stage.fresh("sends", stage.size.sends)
    answer = await stage.channels.ask(
        "outbox", url=url, inboxes=INBOXES, start=start, count=stage.size.sends
    )  # fmt: skip
    stage.samples.add("outbox", answer)


async def album(stage: Stage) -> None:
    """Ten pictures of one sender, received, read, fetched and kept by one process; and made safe alone, by the same one."""
    url = f"http://127.0.0.1:{stage.bare.port}/pictures"
    for number in range(ALBUMS):
        stage.samples.add("album", await stage.channels.ask("album", url=url, number=number))


def album_rows(stage: Stage) -> list[Row]:
    """An album: every one of a run must be whole."""
    s, group = stage.samples, "album"
    cpu, alone, size = (s.median("album", name) for name in ("cpu_us", "alone_us", "bytes"))
    detail = f"{size / 1e6:.1f} MB, {s.spread('album', 'ms')} ms from the first request to the last picture"
    return [
        Row(
            group, f"of {PICTURES} pictures: one conversation with all of them", percent(s.total("album", "whole"), s.total("album", "done")),
            "%", at_least(100), detail,
        ),
        Row(group, "bytes of one", size / 1e6, "MB", at_least(2)),
        Row(
            group, "received, read, fetched, made safe and kept, times made safe", ratio(cpu, alone), "x", at_most(ALBUM_TIMES),
            f"{alone / PICTURES:.0f} us a picture alone",
        ),
    ]  # fmt: skip


def hook_rows(stage: Stage) -> list[Row]:
    """The way in."""
    s, group = stage.samples, "webhooks in"
    rate, cpu = s.median("hooks", "rate"), s.median("hooks", "cpu_us")
    detail = f"{s.spread('hooks', 'rate')}/s, p50 {s.median('hooks', 'p50_ms'):.1f} ms, errors {s.notes('hooks', 'errors')}"
    return [
        Row(group, "verified and stored, one process that reads too", rate, "/s", at_least(2000), detail),
        Row(group, "verified and stored, p99", s.median("hooks", "p99_ms"), "ms", at_most(250)),
        Row(
            group, "verified and stored, a second of its processor", ratio(1e6, cpu), "/s", at_least(2000),
            f"{cpu:.0f} us each, with what was read meanwhile",
        ),
        Row(group, "verified and stored, of bare (a)", percent(rate, s.median("bare", "rate")), "%"),
    ]  # fmt: skip


def outbox_rows(stage: Stage) -> list[Row]:
    """The way out."""
    s, group = stage.samples, "outbox"
    rate, cpu, calls = s.median("outbox", "rate"), s.median("outbox", "cpu_us"), s.median("calls", "cpu_us")
    return [
        Row(
            group, f"sent over {INBOXES} inboxes", rate, "/s", at_least(500),
            f"{s.spread('outbox', 'rate')}/s, told {s.median('outbox', 'told_rate'):.0f}/s",
        ),
        Row(
            group, "sent and told, a second of its processor", ratio(1e6, s.median("outbox", "told_cpu_us")), "/s",
            at_least(1000), f"{cpu:.0f} us each",
        ),
        Row(
            group, "a send, times its bare call", ratio(cpu, calls), "x", at_most(12), f"{calls:.0f} us a bare call"
        ),
    ]  # fmt: skip
