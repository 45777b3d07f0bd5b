"""The service's own small files in the data folder: made once, private, never half-written."""

import contextlib
import os
import secrets
from pathlib import Path

from funnel.core.settings import Settings
from funnel.core.start_errors import StartError

KEY_FILE = "secret.key"


def make_data_folder(folder: Path) -> Path:
    """The absolute path of the data folder, made when missing (0711 for root, whose server runs as another account,
    else 0700). An existing folder is never changed. Idempotent."""
    folder = folder.absolute()
    if folder.is_dir():
        return folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise StartError(
            f"The data folder {folder} cannot be made ({error.strerror}): choose another with FUNNEL_DATABASE__DATA_DIR."
        ) from None
    return folder.resolve()


def once(path: Path, content: bytes) -> bytes:
    """The content of the file; writes `content` (0600, synced) first when there is none.

    Atomic: of several processes that come at once all get the same bytes.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()


def secret_key(settings: Settings) -> bytes:
    """The key all others derive from: the setting, or the data folder's own, made at the first call."""
    if settings.security.secret_key is not None:
        return settings.security.secret_key.get_secret_value().encode()
    folder = make_data_folder(settings.database.data_dir)
    return once(folder / KEY_FILE, secrets.token_hex(32).encode()).strip()
