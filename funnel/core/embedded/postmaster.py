"""One server process: is it there, is it ready, start it, stop it. No locks here; `server` holds them."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from funnel.core.embedded.places import Places

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    # Errors of statements quote values, that is, what people wrote: they go to the client that caused them only.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
_LOG_BYTES = 1 << 20
_PROBE_SECONDS = 2.0
# "Do you speak TLS?": answered by one byte before any authentication, and nothing is logged when we leave then.
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class PidFile(msgspec.Struct, frozen=True):
    """What a server wrote about itself. `memory` is the id of its shared memory segment."""

    pid: int
    memory: int | None
    status: str


def read_pid_file(cluster: Path) -> PidFile | None:
    """None while there is none, or it is half-written."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        memory = lines[6].split() if len(lines) > 6 else []
        return PidFile(
            pid=int(lines[0]),
            memory=int(memory[1]) if len(memory) == 2 else None,
            status=lines[7].strip() if len(lines) > 7 else "",
        )
    except (OSError, ValueError, IndexError):
        return None


def serves(pid: int, cluster: Path) -> bool:
    """Whether `pid` is a living server of this cluster. A zombie, or another program under a reused pid, is not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return state not in ("Z", "X") and os.fsencode(cluster) in arguments
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        return True
    return False


def is_ready(places: Places) -> bool:
    """Whether a server takes queries: it says so, and answers on the socket."""
    found = read_pid_file(places.cluster)
    return found is not None and found.status == "ready" and answers(places)


def answers(places: Places) -> bool:
    """Whether a server replies on the socket. This is the truth and not a pid: it holds across containers, where pids
    mean nothing, and a server that was just killed, whose socket still takes connections, does not reply."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(os.fspath(places.socket))
            probe.sendall(_SSL_REQUEST)
            return bool(probe.recv(1))
        except OSError:
            return False


def memory_in_use(memory: int | None) -> bool:
    """Whether processes of a dead server are still attached to its shared memory, that is, may still write."""
    try:
        rows = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    except OSError:
        return False
    return any(fields[1] == str(memory) and fields[6] != "0" for fields in map(str.split, rows))


def clear_remains(places: Places, found: PidFile) -> None:
    """Removes the lock files of a server that is gone. PostgreSQL does so itself for a pid that is free, but takes a
    zombie, or another program of the same account, for the server. Does nothing while the dead one's memory is held."""
    if memory_in_use(found.memory) or answers(places) or not Path(f"/proc/{found.pid}").exists():
        return
    lock = places.socket.with_name(f"{places.socket.name}.lock")
    for path in (places.cluster / "postmaster.pid", lock, places.socket):
        with contextlib.suppress(OSError):
            if path != places.cluster / "postmaster.pid" or read_pid_file(places.cluster) == found:
                path.unlink()


def launch(places: Places, binaries: Path, options: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts `postgres` in a session of its own, so that Ctrl-C in a terminal does not reach it."""
    settings = {**SETTINGS, "unix_socket_directories": str(places.socket_dir), **options}
    too_long = places.log.exists() and places.log.stat().st_size > _LOG_BYTES
    with places.log.open("wb" if too_long else "ab") as log:
        places.log.chmod(0o600)
        return subprocess.Popen(  # noqa: S603 - our own program
            [
                binaries / "postgres",
                "-D",
                places.cluster,
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            start_new_session=True,
            user=places.account.uid if places.account else None,
            group=places.account.gid if places.account else None,
            extra_groups=[] if places.account else None,
        )


def last_words(places: Places, since: int) -> str:
    """What the server logged after byte `since`."""
    with contextlib.suppress(OSError), places.log.open("rb") as log:
        log.seek(since)
        return log.read(65_536).decode(errors="replace")
    return ""


def ask_to_stop(pid: int) -> None:
    """Fast shutdown: connections are closed, a checkpoint is written."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
