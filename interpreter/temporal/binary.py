"""Where the Temporal CLI comes from, which holds the embedded server: named, on PATH, cached, downloaded, or built by Go."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

MODULE = "github.com/temporalio/cli/cmd/temporal@v1.5.1"
CURE = "install it from https://docs.temporal.io/cli, or name one that is running with --address"


class NoServer(Exception):
    """The embedded server cannot be had or used here; the text says why and what to do about it."""


def obtain(cache: Path, named: str | None, say: Callable[[str], None]) -> Path:
    """The Temporal CLI's executable; fetched into `cache` if it is nowhere, which `say` announces. `NoServer` where that fails."""
    if named:
        return _named(named)
    found = shutil.which("temporal") or shutil.which("temporal", path=str(cache))
    return Path(found) if found else _fetch(cache, say)


def _named(text: str) -> Path:
    found = shutil.which(text)
    if found is None:
        message = f"SWTEMPORAL_TEMPORAL_CLI names '{text}', which is no program; name the Temporal CLI's executable there, or unset it"
        raise NoServer(message)
    return Path(found)


def _fetch(cache: Path, say: Callable[[str], None]) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    say("no Temporal CLI on PATH: downloading it, once")
    trouble = _download(cache)
    if trouble is not None:
        say(f"the download failed ({trouble})")
        _build(cache, say)
    return cache / "temporal"


def _download(cache: Path) -> str | None:
    """Let the SDK download the CLI; what went wrong, if anything.

    In a process of its own, because the SDK starts the server it downloads, and that one writes on the stdout it inherits.
    """
    command = [sys.executable, "-P", "-m", "interpreter.temporal.download", str(cache)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    return _last_line(done.stderr) or f"exit code {done.returncode}"


def _build(cache: Path, say: Callable[[str], None]) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoServer(f"no Temporal CLI on PATH, none can be downloaded, and there is no Go to build it: {CURE}")
    say("building it with Go, once; this takes some minutes")
    environment = {**os.environ, "GOBIN": str(cache)}
    done = subprocess.run([go, "install", MODULE], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoServer(f"no Temporal CLI: 'go install {MODULE}' failed ({_last_line(done.stderr)}); {CURE}")


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
