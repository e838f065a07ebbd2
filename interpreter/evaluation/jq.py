"""jq expressions, in a child: what is asked, and what its answers mean."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence

from interpreter.defaults import CHILD_COST
from interpreter.evaluation.answers import encoded, expression_fault, named, told, why
from interpreter.evaluation.frame import complaint, refusal, run_head
from interpreter.evaluation.runner import Refused, Request, Runner, excerpt
from interpreter.faults import Fault
from interpreter.languages import JQ
from interpreter.values import Json

_KB = 1000


def evaluate(
    runner: Runner, expressions: tuple[str, ...], dot: Json, variables: Mapping[str, Json], now: int, place: str
) -> tuple[list[Json], int]:
    """The results and their cost in steps; all expressions are one program."""
    for expression in expressions:
        if reason := refusal(expression):
            raise expression_fault(expression, reason)
    given = named(JQ, expressions, variables)
    data = encoded([*given.values(), dot], expressions, "jq")
    try:
        head = run_head(tuple(given), expressions)
    except UnicodeEncodeError:
        raise expression_fault(expressions[0], "holds half of a surrogate pair") from None
    others = f" (and {len(expressions) - 1} more)" if len(expressions) > 1 else ""
    clock = _seconds(now) if any("now" in text for text in expressions) else "0"
    request = Request(head, data, f"[{clock},".encode(), place, f"expression `{excerpt(expressions[0])}`{others}")
    try:
        answers: list[Json] = _decoded(runner.ask(request), expressions)
    except Refused as refused:
        raise _refused(refused, expressions) from None
    return answers, CHILD_COST + len(data) // _KB


def _seconds(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds}.{rest:03d}".rstrip("0").rstrip(".")


def _decoded(text: str, expressions: Sequence[str]) -> list[Json]:
    try:
        values: list[Json] = _DECODER.decode(text)
    except ValueError as error:
        raise expression_fault(expressions[0], f"the result cannot be read: {why(error)}") from None
    return values


def _finite(text: str) -> float:
    """A number as written; beyond the range of doubles the greatest one, as jq itself does with what it computes."""
    number = float(text)
    return number if math.isfinite(number) else math.copysign(sys.float_info.max, number)


_DECODER = json.JSONDecoder(parse_float=_finite)


def _refused(refused: Refused, expressions: Sequence[str]) -> Fault:
    expression = expressions[refused.index]
    if refused.phase == "compile":
        return expression_fault(expression, complaint(refused.message, expression))
    return expression_fault(expression, told(refused.message))
