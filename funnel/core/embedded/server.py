"""The embedded server as the processes that share it see it: each starts or joins it, the last one out stops it."""

import fcntl
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from funnel.core.embedded import locks, postmaster
from funnel.core.embedded.binaries import find_binaries, major_version, reachable_binaries
from funnel.core.embedded.cluster import ROLE, check_version, describe, make_cluster
from funnel.core.embedded.places import STATE, Places, find_places
from funnel.core.start_errors import ServerError

_POLL_SECONDS = 0.002
_START_SECONDS = 300.0
_REMAINS_SECONDS = 10.0
_STOP_SECONDS = 60.0


class EmbeddedServer:
    """A share in the server of one data folder. All methods block: call them from a thread.

    Every holder keeps a shared flock, which the kernel frees when a process is killed. Whoever gets it exclusively on
    leaving is the last one and stops the server. Starting and stopping happen under an exclusive start lock.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Path | None = None,
        options: Mapping[str, str] = MappingProxyType({}),
        state_dir: Path = STATE,
    ) -> None:
        """`options` are server settings over ours; they count only for the process that starts the server."""
        self._data_dir, self._state_dir = data_dir, state_dir
        self._given_binaries, self._options = binaries, options
        self._places: Places | None = None
        self._share: int | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._pid = 0

    @property
    def places(self) -> Places:
        """Its folders. Raises RuntimeError before `start`."""
        if self._places is None:
            raise RuntimeError("the embedded server was not started")
        return self._places

    @property
    def pid(self) -> int:
        """The server's process, as last seen by this holder."""
        return self._pid

    def url(self, database: str = ROLE) -> str:
        """The address of a database on this server."""
        return f"postgresql://{ROLE}@/{quote(database)}?host={quote(str(self.places.socket_dir), safe='')}"

    def start(self) -> None:
        """Joins the running server or starts it, making the cluster when there is none. Idempotent. Raises ServerError."""
        try:
            if self._share is None:
                self._places = find_places(self._data_dir, self._state_dir)
                self._share = locks.take(self._places.data_dir / "server.users", fcntl.LOCK_SH)
            self._join_or_launch()
        except OSError as error:
            self._leave()
            raise _sentence(error) from None
        except BaseException:
            self._leave()
            raise

    def is_alive(self) -> bool:
        """Whether the process last seen still serves; microseconds, for the supervisor."""
        if self._child is not None and self._child.poll() is not None:
            self._child = None
        return postmaster.serves(self._pid, self.places.cluster)

    def answers(self) -> bool:
        """Whether any server replies on the socket; blocks for up to two seconds."""
        return postmaster.answers(self.places)

    def restart(self) -> bool:
        """Starts the server again after its death, or joins one another holder started. False when this holder has left
        meanwhile. Raises ServerError; the share is kept then, so that it can be tried again."""
        try:
            return self._join_or_launch()
        except OSError as error:
            raise _sentence(error) from None

    def stop(self) -> None:
        """Gives the share back; the last holder stops the server and waits for its end. Idempotent."""
        if self._share is None:
            return
        with locks.held(self.places.data_dir / "server.start"):
            share, self._share = self._share, None
            try:
                fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._shut_down()
            except BlockingIOError:
                pass
            finally:
                os.close(share)
                self._disown()

    def _join_or_launch(self) -> bool:
        if self._joined():
            return True
        with locks.held(self.places.data_dir / "server.start") as lock:
            if self._share is None:
                return False
            if not (self.places.cluster / "PG_VERSION").exists():
                binaries = self._binaries()
                make_cluster(self.places, binaries, major_version(binaries), lock)
            self._launch()
        return True

    def _joined(self) -> bool:
        found = postmaster.read_pid_file(self.places.cluster)
        if found is None or not postmaster.is_ready(self.places):
            return False
        self._pid = found.pid
        return True

    def _launch(self) -> None:
        """Waits for a server that is on its way up or down, clears what a dead one left, starts one."""
        deadline = time.monotonic() + _START_SECONDS
        remains_until = time.monotonic() + _REMAINS_SECONDS
        while time.monotonic() < deadline:
            if self._joined():
                return
            found = postmaster.read_pid_file(self.places.cluster)
            if found is not None and self._is_busy(found, time.monotonic() < remains_until):
                time.sleep(_POLL_SECONDS)
                continue
            if found is not None:
                postmaster.clear_remains(self.places, found)
            self._launch_new(deadline)
        raise ServerError(
            f"The database server was not ready after {_START_SECONDS:.0f} s; see {self.places.log}."
        )

    def _is_busy(self, found: postmaster.PidFile, patient: bool) -> bool:
        """Whether a server still lives, or, while `patient`, processes of a dead one still hold its memory."""
        alive = postmaster.serves(found.pid, self.places.cluster) or postmaster.answers(self.places)
        return alive or (patient and postmaster.memory_in_use(found.memory))

    def _launch_new(self, deadline: float) -> None:
        """Starts a process and waits until it is ready. Raises ServerError with its last words when it exits."""
        self._disown()
        binaries = self._binaries()
        spoken = self.places.log.stat().st_size if self.places.log.exists() else 0
        child = self._child = postmaster.launch(self.places, binaries, self._options)
        while child.poll() is None:
            found = postmaster.read_pid_file(self.places.cluster)
            if found is not None and found.pid == child.pid and self._joined():
                return
            if time.monotonic() > deadline:
                return
            time.sleep(_POLL_SECONDS)
        self._child = None
        check_version(self.places, major_version(binaries))
        words = postmaster.last_words(self.places, spoken)
        raise ServerError(describe(f"The database server stopped at once (log: {self.places.log})", words))

    def _binaries(self) -> Path:
        return reachable_binaries(find_binaries(self._given_binaries), self.places.account, self._state_dir)

    def _shut_down(self) -> None:
        found = postmaster.read_pid_file(self.places.cluster)
        if found is None or not postmaster.serves(found.pid, self.places.cluster):
            return
        postmaster.ask_to_stop(found.pid)
        deadline = time.monotonic() + _STOP_SECONDS
        while postmaster.serves(found.pid, self.places.cluster) and time.monotonic() < deadline:
            if self._child is not None:
                self._child.poll()
            time.sleep(_POLL_SECONDS)

    def _leave(self) -> None:
        if self._share is not None:
            os.close(self._share)
            self._share = None
        self._disown()

    def _disown(self) -> None:
        """Reaps the process this holder started, when it is dead. Alive, it outlives the holder because others use it:
        then Popen is told not to warn about a process left behind."""
        if self._child is not None and self._child.poll() is None:
            self._child.returncode = 0
        self._child = None


def _sentence(error: OSError) -> ServerError:
    return ServerError(describe("The database server cannot start", f"{error.strerror} ({error.filename})"))
