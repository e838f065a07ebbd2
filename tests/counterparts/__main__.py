from __future__ import annotations

import argparse
import sys
import threading

from tests.counterparts import Counterpart


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.counterparts", description="A local stand-in for the pet store, httpbin and an event sink."
    )
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; a free one without it")
    with Counterpart(port=parser.parse_args().port) as counterpart:
        sys.stdout.write(f"{counterpart.origin}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
