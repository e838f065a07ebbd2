from __future__ import annotations

from collections import Counter

from tests.conformance.report import kit_line, page, row
from tests.conformance.rules import Rule

RULE = Rule(number=7, group="Loops", says="they end")


def test_a_rule_with_cases_says_how_many_hold() -> None:
    assert row(RULE, Counter({"fake passed": 3, "real passed": 2})) == "| 7 | they end | 3 cases hold, 2 on a real server |"
    assert row(RULE, Counter({"fake passed": 1})) == "| 7 | they end | 1 case holds |"


def test_a_case_that_does_not_hold_stands_out() -> None:
    assert row(RULE, Counter({"fake failed": 1, "fake passed": 1})) == "| 7 | they end | **1 case does not hold**; 1 case holds |"


def test_a_rule_that_waits_says_what_for() -> None:
    assert row(Rule(number=8, group="Loops", says="a | b", later="loops"), Counter()) == "| 8 | a \\| b | waits for loops |"


def test_a_rule_that_nothing_checks_is_told() -> None:
    assert "**nothing checks it**" in row(RULE, Counter())


def test_the_kit_is_told_by_world_or_as_missing() -> None:
    line = kit_line(Counter({"fake passed": 19, "fake not yet supported": 2, "real passed": 19}))
    assert "virtual clock 19 passed, 2 not yet supported; on a real server 19 passed" in line
    assert "not at hand" in kit_line(Counter())


def test_the_page_has_a_table_for_each_group() -> None:
    text = page([RULE, Rule(number=8, group="Ends", says="x", later="y")], {7: Counter({"fake passed": 1})}, Counter())
    assert text.count("| Rule | It says | Stands |") == 2
    assert "## Loops" in text
    assert "## Ends" in text
