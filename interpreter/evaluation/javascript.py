"""JavaScript expressions on QuickJS, in a child: what is asked, and what its answers mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from math import isfinite
from typing import NoReturn

from interpreter.defaults import CHILD_COST
from interpreter.evaluation.answers import encoded, expression_fault, named, told, why
from interpreter.evaluation.child import LINE
from interpreter.evaluation.runner import Refused, Request, Runner, excerpt
from interpreter.evaluator import Held
from interpreter.languages import JAVASCRIPT
from interpreter.values import Json, encode

_KB = 1000

Ask = tuple[Sequence[int], tuple[str, ...]]
"""Which of a request's expressions these are, and their text."""


def evaluate(runner: Runner, ask: Ask, dot: Json, variables: Mapping[str, Json], now: int, place: str, seed: str) -> tuple[list[Json], int]:
    """The results and their cost in steps; each expression sees a copy of its own of the data."""
    ordinals, expressions = ask
    for expression in expressions:
        if reason := refusal(expression):
            raise expression_fault(expression, reason)
    given = {name: one for name, one in named(JAVASCRIPT, expressions, variables).items() if name.isidentifier()}
    data = encoded([*given.values(), dot], expressions, "JavaScript")
    try:
        head = _head("javascript", given, programs=expressions)
    except UnicodeEncodeError:
        raise expression_fault(expressions[0], "holds half of a surrogate pair") from None
    begins = json.dumps([now, _seeds(seed, place), list(ordinals)], separators=(",", ":"))[:-1] + ","
    others = f" (and {len(expressions) - 1} more)" if len(expressions) > 1 else ""
    request = Request(head, data, begins.encode(), place, f"expression `{excerpt(expressions[0])}`{others}")
    try:
        text = runner.ask(request)
    except Refused as refused:
        if refused.phase == "missing":  # another worker may have it: no fault of the document's
            raise Held(f"{place}: {request.subject} {refused.message}", place=place, counted=False) from None
        expression = expressions[refused.index]
        said = complaint(refused.message, expression) if refused.phase == "compile" else hinted(refused.message)
        raise expression_fault(expression, told(said)) from None
    # One by one: an expression that has changed what writes its value may have spoilt that, but no other's.
    answers = [_read(line, expression) for line, expression in zip(text[1:-1].split(LINE), expressions, strict=True)]
    return answers, CHILD_COST + len(data) // _KB


def _read(text: str, expression: str) -> Json:
    try:
        value = _DECODER.decode(text)
        if "\\u" in text:
            encode(value).encode()  # what looks for halves of surrogate pairs may have been changed, too
    except ValueError as error:
        raise expression_fault(expression, f"the result cannot be read: {why(error)}") from None
    return value


def compile_head(_variables: Iterable[str]) -> bytes:
    """The head of a request to compile expressions; what is not defined shows only when it is evaluated."""
    return _head("compile-javascript", ())


def _head(work: str, variables: Iterable[str], **others: Json) -> bytes:
    head = {"do": work, "names": [*(f"${name}" for name in variables), "$"], **others}
    return json.dumps(head, ensure_ascii=False).encode()


def _seeds(seed: str, place: str) -> list[int]:
    """Four signed 32-bit numbers: what chance gives depends on the run and the place, and on nothing else."""
    digest = blake2b(f"{seed}\0{place}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return [int.from_bytes(digest[at : at + 4], "big", signed=True) for at in range(0, 16, 4)]


def refusal(expression: str) -> str | None:
    """Why a text is refused before QuickJS sees it, or None."""
    if not expression.strip():
        return "is empty"
    return "holds a NUL character" if "\0" in expression else None


_PLACE = re.compile(r"<input>:(\d+):(\d+)")


def complaint(message: str, expression: str) -> str:
    """QuickJS's message about a text it cannot compile, in the terms of that text: one line, its own line number."""
    said = message.partition("\n")[0].removeprefix("SyntaxError: ")
    found = _PLACE.search(message)
    if found is None:
        return said
    line, last = int(found[1]) - 1, expression.count("\n") + 1
    if not 1 <= line <= last:
        return "it ends too soon, or closes what is not open (at its end)"
    return f"{said} (line {line}, column {found[2]})"


_UNDEFINED = re.compile(r"ReferenceError: (\S+) is not defined")
_ARGUMENTS = frozenset({"context", "input", "output", "task", "workflow", "runtime", "secrets", "authorization", "item", "index", "error"})


def hinted(message: str) -> str:
    """What an expression threw, with the cure where a name is used that is not there."""
    found = _UNDEFINED.match(message)
    if found is None:
        return message
    name = found[1]
    if name.startswith("$"):
        return f"`{name}` is not available here"
    hint = f"; the argument is called ${name}" if name in _ARGUMENTS else ""
    return f"there is no `{name}` here; the data are $, and every argument begins with $: $context{hint}"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no value of JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
