"""How every rule stands: a page made by the test run itself (`make conformance`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

import pytest

from tests.conformance.rules import Rule, rules

INTRODUCTION = """# Conformance

How the product stands to each rule of Serverless Workflow DSL 1.0.3, as the last run of `make conformance` found it.
A case is a small document with what must come of it (`tests/conformance/cases/`); it runs in a world with a virtual clock and,
unless it waits, on a real Temporal server. The rules are numbered as in our reading of the specification, in our words.
"""


class Report:
    """Collects outcomes while the tests run, and writes the page when all have."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._cases: dict[int, Counter[str]] = {}
        self._kit: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One outcome; what was skipped or failed before it ran is one, too."""
        if report.when != "call" and report.outcome == "passed":
            return
        outcome = "not yet supported" if hasattr(report, "wasxfail") else report.outcome
        world = "real" if "real" in report.keywords or "-real" in report.nodeid or "[real" in report.nodeid else "fake"
        if "test_a_scenario_of_the_kit_holds" in report.nodeid:
            self._kit[f"{world} {outcome}"] += 1
        for name, value in report.user_properties:
            if name == "rule":
                self._cases.setdefault(int(str(value)), Counter())[f"{world} {outcome}"] += 1

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        self._path.write_text(page(list(rules()), self._cases, self._kit))


def page(all_rules: Iterable[Rule], cases: Mapping[int, Counter[str]], kit: Counter[str]) -> str:
    """The page in Markdown, from outcomes counted as `world outcome`."""
    lines = [INTRODUCTION, _kit(kit)]
    for group, members in groupby(all_rules, key=lambda rule: rule.group):
        lines += [f"## {group}", "", "| Rule | It says | Stands |", "| --- | --- | --- |"]
        lines += [f"| {rule.number} | {_cell(rule.says)} | {_stands(rule, cases.get(rule.number, Counter()))} |" for rule in members]
        lines.append("")
    return "\n".join(lines)


def _kit(kit: Counter[str]) -> str:
    if not kit:
        return "The DSL's own conformance kit was not at hand for this run.\n"
    told = [_world(world, kit) for world in ("fake", "real")]
    return f"The DSL's own conformance kit, read unedited: {'; '.join(filter(None, told))}.\n"


def _stands(rule: Rule, outcomes: Counter[str]) -> str:
    told = [_world(world, outcomes) for world in ("fake", "real")]
    found = "; ".join(filter(None, told))
    waits = f"waits for {rule.later}" if rule.later else f"checked in `{rule.elsewhere}`" if rule.elsewhere else ""
    return "; ".join(filter(None, (found, waits))) or "**nothing checks it**"


def _world(world: str, outcomes: Counter[str]) -> str:
    names = {"fake": "virtual clock", "real": "real server"}
    parts = [
        f"{count} {outcome.removeprefix(world + ' ')}" for outcome, count in sorted(outcomes.items()) if outcome.startswith(world + " ")
    ]
    parts = [f"**{part}**" if part.endswith("failed") else part for part in parts]
    return f"{names[world]} {', '.join(parts)}" if parts else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
