"""Commands that run until they are told to stop: serve, work."""

from api.cli.running import DataDir, run, settings_from
from api.serving import serve_forever, work_forever


def serve(data_dir: DataDir = None) -> None:
    """Run the service: gateway, worker loops and, without FUNNEL_DATABASE_URL, its own database."""
    settings = settings_from(data_dir)
    run(lambda: serve_forever(settings))


def work(data_dir: DataDir = None) -> None:
    """Run the worker loops alone, beside any number of gateways."""
    settings = settings_from(data_dir)
    run(lambda: work_forever(settings))
