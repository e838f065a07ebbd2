"""Expressions, schemas and patterns, evaluated in child processes: the implementation of `interpreter.evaluator.Evaluator`."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from interpreter.defaults import CHILD_COST
from interpreter.evaluation import compiling, javascript, member_paths, schemas
from interpreter.evaluation.answers import encoded, expression_fault, told, why
from interpreter.evaluation.fastpath import compiled
from interpreter.evaluation.frame import complaint, refusal, run_head
from interpreter.evaluation.operators import BEYOND
from interpreter.evaluation.runner import Refused, Request, Runner, excerpt
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Evaluated
from interpreter.expressions import context_fields, names
from interpreter.faults import Fault
from interpreter.languages import JAVASCRIPT, JQ, Language
from interpreter.values import Json

_KB = 1000


class JqEvaluator:
    """Thread-safe and deterministic, except where it raises `Held`; children are started when first needed.

    Values may be parts of what was given: read-only for the caller.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._runner = Runner(self._settings)

    def begin_activation(self) -> None:
        """To be called on the workflow's thread when an activation begins: its evaluations share one budget of time.

        A thread that never calls this has the whole budget for each evaluation.
        """
        self._runner.begin_activation()

    def close(self) -> None:
        """End the children; nothing can be evaluated afterwards that needs one to be kept."""
        self._runner.close()

    def evaluate(
        self,
        expressions: Sequence[str],
        dot: Json,
        variables: Mapping[str, Json],
        now: int,
        place: str,
        *,
        language: str = JQ.name,
        seed: str = "",
    ) -> Evaluated:
        """See `Evaluator.evaluate`; whatever a child is needed for goes into one request."""
        values: list[Json] = [None] * len(expressions)
        rest: list[int] = []
        script = language == JAVASCRIPT.name
        for index, expression in enumerate(expressions):
            read = member_paths.compiled(expression) if script else compiled(expression)
            value = BEYOND if read is None else read(dot, variables)
            if value is BEYOND:
                rest.append(index)
            else:
                values[index] = value
        if not rest:
            return Evaluated(values, 0)
        texts = tuple(expressions[index] for index in rest)
        if script:
            answers, cost = javascript.evaluate(self._runner, (rest, texts), dot, variables, now, place, seed)
        else:
            answers, cost = self._by_jq(texts, dot, variables, now, place)
        for index, answer in zip(rest, answers, strict=True):
            values[index] = answer
        return Evaluated(values, cost)

    def check(self, schema: Json, value: Json, place: str) -> str | None:
        """See `Evaluator.check` and `schemas.check`."""
        return schemas.check(self._runner, schema, value, place)

    def matches(self, pattern: str, text: str, place: str) -> bool:
        """See `Evaluator.matches` and `schemas.matches`."""
        return schemas.matches(self._runner, pattern, text, place)

    def compile_check(self, expressions: Sequence[str], language: Language = JQ) -> list[str | None] | None:
        """See `compiling.compile_check`; None where what reads the language is not installed here."""
        return compiling.compile_check(self._runner, expressions, self._settings, language)

    def _by_jq(
        self, expressions: tuple[str, ...], dot: Json, variables: Mapping[str, Json], now: int, place: str
    ) -> tuple[list[Json], int]:
        for expression in expressions:
            if why := refusal(expression):
                raise expression_fault(expression, why)
        mentioned, fields, timed = _needs(expressions)
        given = {name: variables[name] for name in mentioned if name in variables}
        context = given.get("context")
        if fields is not None and type(context) is dict:
            given["context"] = {name: context[name] for name in fields if name in context}
        data = encoded([*given.values(), dot], expressions, "jq")
        try:
            head = run_head(tuple(given), expressions)
        except UnicodeEncodeError:
            raise expression_fault(expressions[0], "holds half of a surrogate pair") from None
        others = f" (and {len(expressions) - 1} more)" if len(expressions) > 1 else ""
        clock = _seconds(now) if timed else "0"
        request = Request(head, data, f"[{clock},".encode(), place, f"expression `{excerpt(expressions[0])}`{others}")
        try:
            answers: list[Json] = _decoded(self._runner.ask(request), expressions)
        except Refused as refused:
            raise _refused(refused, expressions) from None
        return answers, CHILD_COST + len(data) // _KB


@lru_cache(4096)
def _needs(expressions: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...] | None, bool]:
    """The variables they mention; the members of `$context` they read (None: the whole); whether they may read the clock."""
    mentioned = frozenset[str]().union(*(names(expression) for expression in expressions))
    parts = [context_fields(expression) for expression in expressions]
    fields: set[str] | None = set()
    for part in parts:
        fields = None if fields is None or part is None else fields | part
    return tuple(sorted(mentioned)), None if fields is None else tuple(sorted(fields)), any("now" in text for text in expressions)


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


@cache
def shared() -> JqEvaluator:
    """The evaluator of this process, with the settings of this version."""
    return JqEvaluator()
