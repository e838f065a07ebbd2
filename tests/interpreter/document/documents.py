"""Documents for tests: the examples of the specification where they are at hand, and our own that cover the same ground."""

from __future__ import annotations

from pathlib import Path

import pytest

SPECIFICATION = Path(__file__).parents[4] / "shared" / "spec"
OWN = Path(__file__).with_name("documents")

needs_specification = pytest.mark.skipif(not SPECIFICATION.is_dir(), reason="the specification's examples are not at hand (../shared/spec)")


def examples():
    return sorted((SPECIFICATION / "examples").glob("*.yaml"))


def own():
    return sorted(OWN.glob("*.yaml"))


def samples():
    return sorted((Path(__file__).parents[3] / "samples").glob("*.yaml"))
