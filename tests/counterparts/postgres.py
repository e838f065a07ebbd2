"""PostgreSQL, as Debian has it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.counterparts.brokers import PASSWORD, USER, program
from tests.counterparts.serving import Serving

_SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")


def postgres(folder: Path) -> Serving:
    """A server in a folder. PostgreSQL refuses to be root; then it is whom Debian has made for it, who must be able to enter the folder's parents."""
    server, maker = program("postgres", "apt install postgresql"), program("initdb", "apt install postgresql")
    as_whom: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:
        as_whom = [program("setpriv", "apt install util-linux"), "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
    data, password = folder / "data", folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    made = [
        maker,
        "-D",
        str(data),
        "-U",
        USER,
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C",
    ]
    subprocess.run([*as_whom, *made], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    # Its sessions are processes beyond its group; it ends them itself.
    return Serving(lambda port, _: [*as_whom, server, "-D", str(data), "-p", str(port), *settings], folder, by=signal.SIGQUIT)
