from __future__ import annotations

import pytest

from tests.conformance.report import Report
from tests.conformance.worlds import evaluator, fake, real, runner
from tests.server import temporal_server

__all__ = ["evaluator", "fake", "real", "runner", "temporal_server"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--conformance-report FILE`: write down how every rule stands after this run."""
    parser.addoption("--conformance-report", metavar="FILE", help="write how every rule of the checklist stands")


def pytest_configure(config: pytest.Config) -> None:
    """The report is made where all results come together, in the process that started the others."""
    path = config.getoption("--conformance-report", default=None)
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(path))
