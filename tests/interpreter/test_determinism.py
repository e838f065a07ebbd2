from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNS = """
from tests.interpreter import generated
from tests.interpreter.written import WRITTEN

for scene in [*(written.scene for written in WRITTEN), *(generated.scene(seed) for seed in range(40))]:
    print(scene.name, scene.ran())
"""


def runs(seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", RUNS], env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=60).stdout


@pytest.fixture(scope="module")
def first() -> bytes:
    return runs("1")


@pytest.mark.parametrize("seed", ["2", "12345"])
def test_the_same_runs_in_another_process_are_the_same_byte_for_byte(first: bytes, seed: str):
    assert len(first) > 100_000
    assert runs(seed) == first
