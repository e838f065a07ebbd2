"""A Docker daemon of the test run's own, with images made of BusyBox: no registry is asked for anything.

Debian: `apt-get install docker.io busybox-static`; it needs root.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

BUSYBOX = Path("/bin/busybox")
GREETING = "Hello from Docker!"
_PATIENCE = 60


def lacking() -> str | None:
    """What is missing here for a Docker daemon; None where there is everything."""
    if os.geteuid() != 0:
        return "a Docker daemon needs root"
    for program in ("dockerd", "docker", "containerd"):
        if shutil.which(program) is None:
            return f"there is no {program} (Debian: docker.io)"
    asked = subprocess.run([BUSYBOX, "--list"], capture_output=True, check=False) if BUSYBOX.exists() else None
    if asked is None or b"dynamic" in subprocess.run(["file", "-L", BUSYBOX], capture_output=True, check=False).stdout:
        return "there is no static busybox (Debian: busybox-static)"
    return None


class Daemon:
    """Answers at `address` while it is entered; it can be stopped, and started again with all it had. In the end it is gone with all it held."""

    def __init__(self, *options: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="swt-dockerd-"))  # a socket's path must be short
        self.socket = self._folder / "docker.sock"
        self.address = f"unix://{self.socket}"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start, and wait until it answers and has its images."""
        folder = self._folder
        roots = ["--data-root", folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid"]
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["dockerd", "--host", self.address, *roots, *self._options], stdout=log, stderr=log, start_new_session=True
            )
        _answers(self.address, self._process, folder / "log")
        if not client(self.address, "images", "-q"):
            _import(self.address, "alpine:latest", 'CMD ["sh"]')
            _import(self.address, "busybox:latest", 'CMD ["sh"]')
            _import(self.address, "hello-world:latest", f'CMD ["echo", "{GREETING}"]')

    def pause(self) -> None:
        """Keep it from doing anything: who connects is not answered. Its containers run on."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on with all that came meanwhile."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it, and its containers; killed like others, it would leave mounts behind."""
        if self._process is not None:
            self._signal(signal.SIGTERM)
            self.resume()
            self._process.wait(_PATIENCE)
            self._process = None

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def dockerd(*options: str) -> Iterator[str]:
    """The address of a daemon that has `alpine:latest`, `busybox:latest` and `hello-world:latest`."""
    with Daemon(*options) as daemon:
        yield daemon.address


def client(address: str, *arguments: str, input: bytes = b"") -> str:
    """What Docker's own command line says."""
    return subprocess.run(["docker", "--host", address, *arguments], input=input, capture_output=True, check=True).stdout.decode()


def _answers(address: str, daemon: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _PATIENCE
    while subprocess.run(["docker", "--host", address, "info"], capture_output=True, check=False).returncode != 0:
        if daemon.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"dockerd does not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


def _import(address: str, name: str, change: str) -> None:
    client(address, "import", "--change", change, "-", name, input=root())


def root() -> bytes:
    """The files of an image as a tar: BusyBox under all its names."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name in ("bin", "etc", "tmp"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            archive.addfile(folder)
        archive.add(BUSYBOX.resolve(), "bin/busybox")
        for applet in subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split():
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                archive.addfile(link)
        users = b"root:x:0:0:root:/:/bin/sh\n"
        passwd = tarfile.TarInfo("etc/passwd")
        passwd.size = len(users)
        archive.addfile(passwd, io.BytesIO(users))
    return content.getvalue()
