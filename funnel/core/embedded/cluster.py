"""Makes a database cluster, whole or not at all: in a draft folder, synced, then renamed into place."""

import ctypes
import os
import pwd
import secrets
import shutil
import subprocess
from pathlib import Path

from funnel.core.embedded.places import Account, Places
from funnel.core.start_errors import ServerError

ROLE = "funnel"
_DRAFT = "postgres.new-"


def check_version(places: Places, server_major: int) -> None:
    """Raises ServerError when the cluster was written by another major version than the programs'."""
    found = (places.cluster / "PG_VERSION").read_text().strip()
    if found != str(server_major):
        raise ServerError(
            f"The database in {places.cluster} was written by PostgreSQL {found}, the programs are PostgreSQL "
            f"{server_major}. Set FUNNEL_DATABASE__BINARIES to the bin folder of PostgreSQL {found} and run "
            f"`funnel backup FILE`; then unset it, move {places.cluster} away and run `funnel restore FILE`."
        )


def make_cluster(places: Places, binaries: Path, server_major: int, lock: int) -> None:
    """Makes the cluster at `places.cluster`. Call it under the start lock, whose descriptor is `lock`: initdb inherits
    it, so that when this process is killed nobody starts over before initdb has ended. Leaves nothing on failure."""
    for stale in places.home.glob(f"{_DRAFT}*"):
        shutil.rmtree(stale, ignore_errors=True)
    draft = places.home / f"{_DRAFT}{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    try:
        if places.account is not None:
            os.chown(draft, places.account.uid, places.account.gid)
        _initdb(draft, places.account, binaries, server_major, lock)
        _allow(draft, places.account)
        _sync(draft)
        draft.rename(places.cluster)
        _sync(places.home)
    except OSError as error:
        raise ServerError(
            describe(f"The database cannot be made in {places.home}", f"{error.strerror}")
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _initdb(draft: Path, account: Account | None, binaries: Path, server_major: int, lock: int) -> None:
    provider = ["--locale-provider=builtin"] if server_major >= 17 else []
    done = subprocess.run(  # noqa: S603 - our own program
        [
            binaries / "initdb",
            f"--pgdata={draft}",
            f"--username={ROLE}",
            "--auth=peer",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            *provider,
            "--no-sync",
            "--no-instructions",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
        pass_fds=(lock,),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode != 0:
        raise ServerError(describe(f"The database cannot be made in {draft.parent}", done.stderr))


def describe(what: str, output: str) -> str:
    """One sentence from the last words of a program of PostgreSQL."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return f"{what}: the disk is full. Free some space and start again; nothing is lost."
    lines = [
        line.strip() for line in output.splitlines() if "FATAL" in line or "error:" in line or "PANIC" in line
    ]
    return f"{what}: {(lines or output.strip().splitlines() or ['no reason given'])[-1][:300]}"


def _allow(draft: Path, account: Account | None) -> None:
    """Only root and the account that made the cluster may be the role, proved by the kernel (peer)."""
    names = {"root"} if account else {"root", pwd.getpwuid(os.geteuid()).pw_name}
    (draft / "pg_hba.conf").write_text(
        "local all all peer map=funnel\nlocal replication all peer map=funnel\n"
    )
    (draft / "pg_ident.conf").write_text("".join(f'funnel "{name}" {ROLE}\n' for name in sorted(names)))


def _sync(folder: Path) -> None:
    """One sync of the whole file system instead of one per file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if not hasattr(library, "syncfs") or library.syncfs(descriptor) != 0:
            os.sync()
    finally:
        os.close(descriptor)
