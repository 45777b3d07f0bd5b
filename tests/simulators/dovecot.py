"""A real mail server (Debian's dovecot) for one test: its own folder, its own port, one mailbox; skipped where there is none."""

import contextlib
import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.ports import free_port

PROGRAM = Path("/usr/sbin/dovecot")
USER, PASSWORD = "help", "secret"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
ssl = no
disable_plaintext_auth = no
default_login_user = {login}
default_internal_user = {login}
default_internal_group = {group}
mail_location = maildir:{base}/mail
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass
class MailServer:
    """The server and what can be done to it."""

    base: Path
    port: int
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def client(self) -> IMAPClient:
        """Another reader of the same mailbox, signed in."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, *mails: bytes) -> None:
        """Mails arrive."""
        with self.client() as client:
            for mail in mails:
                client.append("INBOX", mail)

    def start(self) -> None:
        """Listens once this returns."""
        self._process = subprocess.Popen([PROGRAM, "-F", "-c", self.base / "dovecot.conf"])
        for _ in range(1200):
            with socket.socket() as probe:
                probe.settimeout(0.1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                break
        self.stop()
        raise RuntimeError(
            (self.base / "log").read_text() if (self.base / "log").exists() else "no mail server"
        )

    def stop(self) -> None:
        """Cuts every connection."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)

    def number_anew(self) -> None:
        """The mailbox gets another UIDVALIDITY, as after a restored backup; stopped meanwhile."""
        self.stop()
        for path in (self.base / "mail").glob("dovecot*"):
            path.unlink() if path.is_file() else shutil.rmtree(path)
        self.start()


@contextlib.contextmanager
def mail_server(base: Path) -> Iterator[MailServer]:
    """Running with an empty mailbox."""
    if not PROGRAM.exists() or not Path("/usr/lib/dovecot/imap").exists():
        pytest.skip("no dovecot here: apt-get install dovecot-imapd")
    root = os.geteuid() == 0
    name = "nobody" if root else getpass.getuser()
    person = pwd.getpwnam(name)
    group = grp.getgrgid(person.pw_gid).gr_name
    for folder in ("run", "state", "mail"):
        (base / folder).mkdir()
        if root:
            os.chown(base / folder, person.pw_uid, person.pw_gid)
    port = free_port()
    (base / "dovecot.conf").write_text(
        CONFIG.format(
            base=base, port=port, login=name, group=group, password=PASSWORD, uid=person.pw_uid, gid=person.pw_gid
        )
    )  # fmt: skip
    server = MailServer(base, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
