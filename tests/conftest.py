"""Options of the tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--generated", type=int, default=300, help="how many generated documents are interrupted (tests/interpreter/test_interruption.py)"
    )
