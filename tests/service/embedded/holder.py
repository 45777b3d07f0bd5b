"""A process that holds a share in an embedded server: `python -m … DATA_DIR [uid]`; ends cleanly when stdin closes."""

import os
import pwd
import sys
from pathlib import Path

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.start_errors import ServerError


def main() -> int:
    """Prints `ready PID` or `refused SENTENCE`, then waits."""
    if len(sys.argv) > 2:
        entry = pwd.getpwuid(int(sys.argv[2]))
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    server = EmbeddedServer(Path(sys.argv[1]))
    try:
        server.start()
    except ServerError as error:
        sys.stdout.write(f"refused {error}\n")
        return 1
    sys.stdout.write(f"ready {server.pid}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
