"""Compile expressions without data, for `validate`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from interpreter.evaluation.frame import compile_head, complaint, refusal
from interpreter.evaluation.runner import Budget, Refused, Request, Runner, excerpt
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Held
from interpreter.expressions import balanced, names

_BATCH = 100


def compile_check(runner: Runner, expressions: Sequence[str], settings: Settings) -> list[str | None]:
    """For each expression None, or what is wrong with it and where in it (line and column from 1); every `$name` counts as known.

    `Held` when there is no child to ask.
    """
    found = {expression: refusal(expression) for expression in expressions}
    fit = [expression for expression, why in found.items() if why is None]
    # Out of balance, `1) , (2` would pass between two neighbours.
    batch = [expression for expression in fit if balanced(expression)]
    alone = [expression for expression in fit if not balanced(expression)]
    for texts in [*(batch[at : at + _BATCH] for at in range(0, len(batch), _BATCH)), *([text] for text in alone)]:
        found.update(zip(texts, _compiled(runner, texts, settings), strict=True))
    return [found[expression] for expression in expressions]


def _compiled(runner: Runner, expressions: list[str], settings: Settings) -> list[str | None]:
    variables = sorted(frozenset[str]().union(*(names(expression) for expression in expressions)))
    try:
        data = json.dumps(expressions, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        data = b""
    if not data:
        return _halved(runner, expressions, settings, "holds half of a surrogate pair")
    request = Request(compile_head(variables), data, b"", "compilation", f"expression `{excerpt(expressions[0])}`")
    try:
        answers = json.loads(runner.ask_within(Budget(settings.compilation), settings.compilation, request))
    except Refused as refused:
        return _halved(runner, expressions, settings, refused.message)
    except Held as held:
        if not held.counted:
            raise
        return _halved(runner, expressions, settings, "cannot be compiled: " + held.message)
    return [None if said is None else complaint(said, text) for text, said in zip(expressions, answers, strict=True)]


def _halved(runner: Runner, expressions: list[str], settings: Settings, why: str) -> list[str | None]:
    """The same in halves, down to the one expression that the reason applies to."""
    if len(expressions) == 1:
        return [why]
    half = len(expressions) // 2
    return [*_compiled(runner, expressions[:half], settings), *_compiled(runner, expressions[half:], settings)]
