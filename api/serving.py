"""Serving: the listener, its end by signal, and the processes that run until they are told to stop."""

import asyncio
import contextlib
import gc
import inspect
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import uvicorn

from api.addresses import own_url
from api.app import create_app
from api.bootstrap import running
from api.corked import CorkedHttp
from api.pages.demo import DemoShop
from api.services import Services
from funnel.core import metrics
from funnel.core.logging import get_logger
from funnel.core.settings import ServerSettings, Settings
from funnel.core.start_errors import StartError

BACKLOG = 2048
MOST_SOCKET_FRAME = 2 * 1024 * 1024
PONG_SECONDS = 20.0
KEEP_ALIVE_SECONDS = 75
RESTART = 1012
COLLECT_AFTER = (10_000, 20, 50)
OnReady = Callable[[str], Awaitable[None] | None]
log = get_logger(__name__)


class _Listener(uvicorn.Server):
    """uvicorn without signal handlers of its own: the process drains before it stops listening."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals to us."""
        yield


async def serve_forever(
    settings: Settings, on_ready: OnReady | None = None, *, workers: bool = True, demo: DemoShop | None = None
) -> None:
    """A gateway (with workers, unless told otherwise) until SIGTERM or SIGINT; then it drains and returns.

    `on_ready` is called with the base URL when requests are answered. Raises StartError with a sentence for the operator.
    """
    gc.disable()  # until what lives as long as the process is there
    with _stop_signal() as stopping:
        async with (
            running(settings, gateway=True, workers=workers) as services,
            listening(services, demo) as base_url,
        ):
            _settle_memory()
            if on_ready is not None:
                told = on_ready(base_url)
                if inspect.isawaitable(told):
                    await told
            await stopping.wait()


def _settle_memory() -> None:
    """What was built at the start lives as long as the process: the collector need not walk it again and again, which
    would stop every turn for a tenth of a second at a time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


async def work_forever(settings: Settings) -> None:
    """A worker without a listener: timers and absences, until SIGTERM or SIGINT."""
    gc.disable()
    with _stop_signal() as stopping:
        async with running(settings, gateway=False, workers=True):
            _settle_memory()
            await stopping.wait()


@contextlib.asynccontextmanager
async def listening(services: Services, demo: DemoShop | None = None) -> AsyncIterator[str]:
    """Listens; yields the base URL. At the end it drains within `server.drain_seconds`: readiness turns red, sockets are
    acknowledged what is being committed and closed with 1012, requests under way are answered.
    """
    settings = services.settings.server
    listener = _bind(settings)
    base_url = own_url(settings, listener.getsockname()[1])
    server = _Listener(_config(services, demo))
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="listener")
    lag = asyncio.create_task(metrics.sample_loop_lag(), name="loop lag")
    try:
        while not server.started:
            if serving.done():
                await serving
                raise StartError("The listener ended before it had begun.")
            await asyncio.sleep(0.005)
        log.info("listening", port=listener.getsockname()[1], pid=os.getpid())
        yield base_url
    finally:
        log.info("draining", limit=settings.drain_seconds)
        lag.cancel()
        services.lifetime.stopping.set()
        await services.hub.finish_all(RESTART, settings.drain_seconds * 0.6)
        server.should_exit = True
        await serving


def _config(services: Services, demo: DemoShop | None) -> uvicorn.Config:
    settings = services.settings.server
    return uvicorn.Config(
        create_app(services, demo),
        http=CorkedHttp,
        ws="websockets-sansio",
        ws_max_size=MOST_SOCKET_FRAME,
        ws_ping_interval=settings.ping_seconds,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, int(settings.drain_seconds * 0.4)),
        backlog=BACKLOG,
    )


def _bind(settings: ServerSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named, or asyncio's own loop would leave Nagle's algorithm on: 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise StartError(
            f"Port {settings.port} of {settings.host} cannot be listened on ({error.strerror}): "
            "choose another with FUNNEL_SERVER__PORT or FUNNEL_SERVER__HOST."
        ) from error
    listener.setblocking(False)
    return listener


@contextlib.contextmanager
def _stop_signal() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stopping.set)
    try:
        yield stopping
    finally:
        for number in signals:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)
