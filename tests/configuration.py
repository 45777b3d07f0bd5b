"""The settings and the disk that tests run with."""

import shutil
import ssl
import tempfile
from pathlib import Path
from typing import Final

from funnel.core.settings import Settings, load_settings

SECRET_KEY = "a key for tests only, of forty characters"
TLS: Final = ssl.create_default_context()
"""For every HTTP client of the tests: to read the certificates for each anew takes longer than many a test."""


def make_settings(url: str | None = None, **groups: dict[str, object]) -> Settings:
    """Settings of a test: small pool, no limits, a fixed key; `groups` win."""
    values: dict[str, dict[str, object]] = {
        "database": {"url": url, "pool_size": 4},
        "security": {"secret_key": SECRET_KEY},
        "limits": {"on": False},
        "server": {"port": 0},
    }
    for name, group in groups.items():
        values[name] = {**values.get(name, {}), **group}
    return load_settings(**values)


def make_open_folder() -> Path:
    """A folder that every account can walk through, which pytest's own (0700) are not; in memory when there is enough."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a name of its own
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30
    folder = Path(tempfile.mkdtemp(prefix="funnel-tests-", dir=memory if roomy else None))
    folder.chmod(0o711)
    return folder
