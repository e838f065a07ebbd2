"""Put the Temporal CLI into a folder, unless it is on PATH: what the tests and the demo need it for."""

from __future__ import annotations

import sys
from pathlib import Path

from interpreter.temporal.binary import NoServer, obtain


def main() -> None:
    """Say on stderr what takes time; one line and exit code 1 where it cannot be had."""
    try:
        obtain(Path(sys.argv[1]).resolve(), None, lambda text: print(text, file=sys.stderr, flush=True))
    except NoServer as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
