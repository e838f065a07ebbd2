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
A case is a small document with what must come of it (`tests/conformance/cases/`). Every case runs in a world with a virtual clock;
those that need not wait run on a real Temporal server, too. The rules are numbered as in our reading of the specification, in our words.
The 66 examples of the specification and its use cases run to their ends by the command `swtemporal run` in `tests/examples/`, whose tables say what comes of each.
"""


class Report:
    """Collects outcomes while the tests run, and writes the page when all have."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._cases: dict[int, Counter[str]] = {}
        self._kit: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One outcome; a test that did not get as far as its call has one, too."""
        if report.when != "call" and report.outcome == "passed":
            return
        outcome = "not yet supported" if hasattr(report, "wasxfail") else report.outcome
        properties = {(name, str(value)) for name, value in report.user_properties}
        for name, value in properties:
            if name == "rule":
                self._cases.setdefault(int(value), Counter())[f"{_world(properties)} {outcome}"] += 1
            elif name == "kit":
                self._kit[f"{_world(properties)} {outcome}"] += 1

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        self._path.write_text(page(list(rules()), self._cases, self._kit))


def _world(properties: set[tuple[str, str]]) -> str:
    return next(value for name, value in properties if name == "world")


def page(all_rules: Iterable[Rule], cases: Mapping[int, Counter[str]], kit: Counter[str]) -> str:
    """The page in Markdown, from outcomes counted as `world outcome`."""
    lines = [INTRODUCTION, kit_line(kit)]
    for group, members in groupby(all_rules, key=lambda rule: rule.group):
        lines += [f"## {group}", "", "| Rule | It says | Stands |", "| --- | --- | --- |"]
        lines += [row(rule, cases.get(rule.number, Counter())) for rule in members]
        lines.append("")
    return "\n".join(lines)


def kit_line(kit: Counter[str]) -> str:
    """How the scenarios of the DSL's own kit ended."""
    if not kit:
        return "The DSL's own conformance kit was not at hand for this run.\n"
    told = [f"on {name} {_counted(world, kit)}" for world, name in (("fake", "the virtual clock"), ("real", "a real server"))]
    return f"The DSL's own conformance kit, read unedited: {'; '.join(told)}.\n"


def _counted(world: str, outcomes: Counter[str]) -> str:
    parts = [
        f"{count} {outcome.removeprefix(world + ' ')}"
        for outcome, count in sorted(outcomes.items(), reverse=True)
        if outcome.startswith(world)
    ]
    return ", ".join(parts) or "not run"


def row(rule: Rule, outcomes: Counter[str]) -> str:
    """A rule's line in its table."""
    says = rule.says.replace("|", "\\|")
    return f"| {rule.number} | {says} | {stands(rule, outcomes)} |"


def stands(rule: Rule, outcomes: Counter[str]) -> str:
    """What the run found out about a rule, and what it could not."""
    failed = sum(count for outcome, count in outcomes.items() if not outcome.endswith(" passed"))
    held, really = outcomes["fake passed"], outcomes["real passed"]
    parts = [f"**{failed} {_cases(failed)} not hold**"] if failed else []
    if held:
        parts.append(f"{held} {'case holds' if held == 1 else 'cases hold'}" + (f", {really} on a real server" if really else ""))
    if rule.later:
        parts.append(f"waits for {rule.later}")
    if rule.elsewhere:
        parts.append(f"checked in `{rule.elsewhere}`")
    return "; ".join(parts) or "**nothing checks it**"


def _cases(count: int) -> str:
    return "case does" if count == 1 else "cases do"
