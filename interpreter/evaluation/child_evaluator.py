"""Expressions, schemas and patterns, evaluated in child processes: the implementation of `interpreter.evaluator.Evaluator`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from interpreter.evaluation import compiling, fastpath, javascript, jq, member_paths, schemas
from interpreter.evaluation.operators import BEYOND
from interpreter.evaluation.runner import Runner
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Evaluated
from interpreter.languages import JAVASCRIPT, JQ, Language
from interpreter.values import Json


class ChildEvaluator:
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
            read = member_paths.compiled(expression) if script else fastpath.compiled(expression)
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
            answers, cost = jq.evaluate(self._runner, texts, dot, variables, now, place)
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


@cache
def shared() -> ChildEvaluator:
    """The evaluator of this process, with the settings of this version."""
    return ChildEvaluator()
