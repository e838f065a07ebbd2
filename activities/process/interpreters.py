"""What a worker runs scripts with."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from activities.extras import missing
from activities.process.processes import Program

_PYTHON = (3, 13)
"""The Python that the language promises to scripts."""

_NEWER = ("python3.13", "python3.14")
_PATIENCE = 10
_QUICKJS = Path(__file__).with_name("quickjs_module.py")


def python(code: str) -> Program:
    """A script for Python: the worker's own, or where that is older than 3.13 a newer one on the worker's PATH, if there is one."""
    interpreter = _python()
    return Program(
        what="the script",
        files={"script.py": code},
        argv=lambda folder: (interpreter, "-X", "utf8", "-B", str(folder / "script.py")),
    )


def javascript(code: str) -> Program:
    """A script for JavaScript, as a module: on Node.js where it is on the worker's PATH, else on QuickJS (extra `js`)."""
    node = shutil.which("node")
    return on_quickjs(code) if node is None else on_node(code, node)


def on_node(code: str, node: str) -> Program:
    """A module on Node.js. It has to be a file: only then is `process.argv[2]` the first argument."""
    return Program(what="the script", files={"script.mjs": code}, argv=lambda folder: (node, str(folder / "script.mjs")))


def on_quickjs(code: str) -> Program:
    """A module on QuickJS, in a Python process of its own; see `quickjs_module.py` for what it knows."""
    if importlib.util.find_spec("quickjs") is None:
        raise missing("run: script in JavaScript (there is no Node.js on the worker's PATH)", "js")
    return Program(
        what="the script",
        files={"script.mjs": code},
        argv=lambda folder: (sys.executable, "-I", "-X", "utf8", "-B", str(_QUICKJS), str(folder / "script.mjs")),
    )


def module(what: str, caller: Path) -> Program:
    """A file of ours for the worker's own Python, with the packages that are installed there and nothing of the current folder."""
    return Program(what=what, argv=lambda _: (sys.executable, "-I", "-X", "utf8", "-B", str(caller)))


@cache
def _python() -> str:
    for name in _NEWER if sys.version_info < _PYTHON else ():
        found = shutil.which(name)
        if found is not None and _answers(found):
            return found
    return sys.executable


def _answers(interpreter: str) -> bool:
    """Whether it runs: what is on the PATH may be a shim of a Python that is not installed."""
    try:
        asked = subprocess.run([interpreter, "-I", "-S", "-c", ""], capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
