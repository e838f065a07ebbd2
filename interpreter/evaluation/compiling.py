"""Compile expressions without data, for `validate`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from interpreter.evaluation import frame, javascript
from interpreter.evaluation.runner import Budget, Refused, Request, Runner, excerpt
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Held
from interpreter.languages import JQ, Language

_BATCH = 100


def compile_check(runner: Runner, expressions: Sequence[str], settings: Settings, language: Language = JQ) -> list[str | None] | None:
    """For each expression None, or what is wrong with it and where in it (line and column from 1); every `$name` counts as known.

    None instead of all of them where what reads the language is not installed here; `Held` when there is no child to ask.
    """
    return _Check(runner, settings, language).verdicts(expressions)


class _Missing(Exception):
    """What reads the language is not installed."""


class _Check:
    """The check of expressions in one language."""

    def __init__(self, runner: Runner, settings: Settings, language: Language) -> None:
        self._runner, self._settings, self._language = runner, settings, language
        self._engine = frame if language is JQ else javascript

    def verdicts(self, expressions: Sequence[str]) -> list[str | None] | None:
        found = {expression: self._engine.refusal(expression) for expression in expressions}
        fit = [expression for expression, why in found.items() if why is None]
        # Out of balance, `1) , (2` would pass between two neighbours.
        batch = [expression for expression in fit if self._language.balanced(expression)]
        alone = [expression for expression in fit if not self._language.balanced(expression)]
        try:
            for texts in [*(batch[at : at + _BATCH] for at in range(0, len(batch), _BATCH)), *([text] for text in alone)]:
                found.update(zip(texts, self._compiled(texts), strict=True))
        except _Missing:
            return None
        return [found[expression] for expression in expressions]

    def _compiled(self, expressions: list[str]) -> list[str | None]:
        variables = sorted(frozenset[str]().union(*(self._language.names(expression) for expression in expressions)))
        try:
            data = json.dumps(expressions, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            data = b""
        if not data:
            return self._halved(expressions, "holds half of a surrogate pair")
        request = Request(self._engine.compile_head(variables), data, b"", "compilation", f"expression `{excerpt(expressions[0])}`")
        budget, seconds = Budget(self._settings.compilation), self._settings.compilation
        try:
            answers = json.loads(self._runner.ask_within(budget, seconds, request))
        except Refused as refused:
            if refused.phase == "missing":
                raise _Missing from None
            return self._halved(expressions, refused.message)
        except Held as held:
            if not held.counted:
                raise
            return self._halved(expressions, "cannot be compiled: " + held.message)
        return [None if said is None else self._engine.complaint(said, text) for text, said in zip(expressions, answers, strict=True)]

    def _halved(self, expressions: list[str], why: str) -> list[str | None]:
        """The same in halves, down to the one expression that the reason applies to."""
        if len(expressions) == 1:
            return [why]
        half = len(expressions) // 2
        return [*self._compiled(expressions[:half]), *self._compiled(expressions[half:])]
