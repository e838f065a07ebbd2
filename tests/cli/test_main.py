"""How a command ends, from outside."""

from __future__ import annotations

import subprocess
import sys

import pytest

WHERE_PYTHON_IGNORES_IT = """
import os, signal, weakref
from cli import main
class Module: pass
def imported(arguments):
    module = Module()
    lock = weakref.ref(module, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del module
    return 0
signal.signal(signal.SIGINT, signal.{handler})
main.invoke = imported
main.main()
"""


@pytest.mark.parametrize(("handler", "code"), [("default_int_handler", 130), ("SIG_IGN", 0)])
def test_ctrl_c_is_not_lost_while_modules_are_imported(handler: str, code: int):
    done = subprocess.run([sys.executable, "-c", WHERE_PYTHON_IGNORES_IT.format(handler=handler)], capture_output=True, check=False)

    assert done.returncode == code, done.stderr.decode()
