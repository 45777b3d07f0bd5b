"""Where an embedded server lives and as which account it runs. Never changes a folder that was there before."""

import hashlib
import os
import pwd
import stat
from pathlib import Path

import msgspec

from funnel.core.data_folder import make_data_folder, once
from funnel.core.start_errors import ServerError

STATE = Path("/var/lib/funnel")
SOCKET_NAME = ".s.PGSQL.5432"
POINTER = "postgres.location"
_LONGEST_SOCKET_PATH = 103  # sun_path holds 104 bytes on macOS and 108 on Linux, with the final zero


class Account(msgspec.Struct, frozen=True):
    """An account of the machine."""

    uid: int
    gid: int
    name: str


class Places(msgspec.Struct, frozen=True):
    """The folders of one server. `account` is the one it runs as; None: the same as this process."""

    data_dir: Path
    home: Path
    socket_dir: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        """What the server says; without statements, values or client texts."""
        return self.home / "postgres.log"

    @property
    def socket(self) -> Path:
        """The only way in."""
        return self.socket_dir / SOCKET_NAME


def find_places(data_dir: Path, state_dir: Path = STATE) -> Places:
    """The places that belong to `data_dir`, folders made. Every process that shares the folder gets the same answer.

    Root hands the server to an unprivileged account; when that account cannot walk to the data folder, the cluster
    lives under `state_dir` and the data folder keeps a pointer to it. Raises ServerError when the data belong to
    somebody else.
    """
    data_dir = make_data_folder(data_dir)
    as_root = os.geteuid() == 0
    home = data_dir
    if (data_dir / POINTER).exists():
        home = Path((data_dir / POINTER).read_text().strip())
    account = _account(home / "postgres") if as_root else None
    fresh = home == data_dir and not home.joinpath("postgres").exists()
    if account is not None and fresh and not reachable(data_dir, account):
        key = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
        home = Path(once(data_dir / POINTER, os.fsencode(state_dir / key)).decode())
    if home != data_dir:
        _open_folder(home)
    _refuse_strangers(home / "postgres", as_root)
    return Places(data_dir=data_dir, home=home, socket_dir=_socket_dir(home, account), account=account)


def reachable(folder: Path, account: Account) -> bool:
    """Whether `account` may walk from the root to `folder`, by the mode bits."""
    for part in (folder, *folder.parents):
        facts = part.stat()
        wanted = stat.S_IXOTH
        if facts.st_uid == account.uid:
            wanted = stat.S_IXUSR
        elif facts.st_gid == account.gid:
            wanted = stat.S_IXGRP
        if not facts.st_mode & wanted:
            return False
    return True


def make_private(folder: Path, account: Account | None) -> None:
    """Makes `folder` (0700, of `account`). Raises ServerError when it exists but is not such a folder."""
    owner = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        facts = folder.lstat()
        if (
            not stat.S_ISDIR(facts.st_mode)
            or facts.st_mode & 0o077
            or facts.st_uid not in (owner, os.geteuid())
        ):
            raise ServerError(
                f"{folder} must be a folder of mode 0700 that belongs to uid {owner}: remove it."
            ) from None
    if account is not None:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def _account(cluster: Path) -> Account:
    """Whom root hands the server to: the owner of the cluster, else `funnel` when there is such an account, else `nobody`."""
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return _read(pwd.getpwuid(owner))
    for name in ("funnel", "nobody"):
        try:
            return _read(pwd.getpwnam(name))
        except KeyError:
            continue
    raise ServerError("PostgreSQL does not run as root and there is no account funnel or nobody: make one.")


def _read(entry: pwd.struct_passwd) -> Account:
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def _open_folder(folder: Path) -> None:
    """A folder of ours that the server's account can walk through but not list."""
    for part in (folder.parent, folder):
        if not part.is_dir():
            part.mkdir(parents=True, exist_ok=True)
            part.chmod(0o711)


def _refuse_strangers(cluster: Path, as_root: bool) -> None:
    if as_root or not cluster.exists():
        return
    owner = cluster.stat().st_uid
    if owner != os.geteuid():
        raise ServerError(
            f"The database in {cluster} belongs to uid {owner}: run as that account or as root, "
            "or choose another folder with FUNNEL_DATABASE__DATA_DIR."
        )


def _socket_dir(home: Path, account: Account | None) -> Path:
    folder = home / "socket"
    if len(os.fsencode(folder / SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
        folder = Path("/tmp") / f"funnel-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108 - owner checked
    make_private(folder, account)
    return folder
