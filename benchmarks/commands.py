"""The command line as a whole process, from its start to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.measures import Aim, Effort, Measured, Row

COMMAND = Path(sys.executable).with_name("swtemporal")
ROOT = Path(__file__).parent.parent
EXAMPLES = Path(os.environ.get("SWTEMPORAL_SPECIFICATION", ROOT.parent / "shared" / "spec")) / "examples"
"""The specification's examples; they are not in this repository."""

HELLO = """\
document: {dsl: '1.0.3', namespace: benchmarks, name: hello, version: 1.0.0}
do:
  - hello:
      set:
        greeting: Hello, ${ .name }!
"""


def measure(effort: Effort) -> Iterator[Measured]:
    """Wall time of whole commands, the first of each not counted."""
    with tempfile.TemporaryDirectory(prefix="swtemporal-bench-") as folder:
        hello = Path(folder) / "hello.yaml"
        hello.write_text(HELLO)
        environment = {**os.environ, "XDG_DATA_HOME": folder, "SWTEMPORAL_SERVER_PORT": "0", "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation has compiled what it installs

        def command(*arguments: str) -> None:
            done = subprocess.run([COMMAND, *arguments], env=environment, capture_output=True, check=False)
            if done.returncode:
                raise RuntimeError(f"'swtemporal {' '.join(arguments)}' ended with {done.returncode}: {done.stderr.decode()}")

        run = ("run", str(hello), "--input", "name=Ada")
        yield _row("--help", 0.3, effort, lambda: command("--help"))
        if EXAMPLES.is_dir():
            yield _row(f"validate {len(list(EXAMPLES.glob('*.yaml')))} examples", 2, effort, lambda: command("validate", str(EXAMPLES)))
        yield _row("run hello world, cold", 4, effort, lambda: command(*run), after=lambda: command("server", "stop"))
        try:
            yield _row("run hello world", 1, effort, lambda: command(*run))
        finally:
            command("server", "stop")


def _row(measure: str, aim: float, effort: Effort, work: Callable[[], None], after: Callable[[], None] = lambda: None) -> Measured:
    took: list[float] = []
    for _ in range(effort.rounds + 1):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
        after()
    return Measured(rows=(Row(case="whole process", measure=measure, unit="s", figure=median(took[1:]), aim=Aim("at most", aim)),))
