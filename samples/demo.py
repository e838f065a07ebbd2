"""`make demo`: runs demo.yaml on the embedded server, beside the small service that it calls.

The document's output is all that goes to stdout; what happens meanwhile and the address of the Web UI go to stderr.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from service import PORT, serving

HERE = Path(__file__).parent
INPUT = '{"customer": "Ada", "items": [{"name": "tea", "price": 4}, {"name": "pot", "price": 21}]}'


def main() -> int:
    """The exit code of `swtemporal run`."""
    command = Path(sys.executable).with_name("swtemporal")
    with serving() as origin:
        mapping = f"http://localhost:{PORT}={origin}"
        return subprocess.run([command, "run", HERE / "demo.yaml", "--input", INPUT, "--map-origin", mapping], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
