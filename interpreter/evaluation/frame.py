"""The program around the user's jq: what it may name, what it may not reach, and how its results come out.

The frame stands on one line and the user's text begins on the next, so that jq's line numbers are off by exactly one.
Every name in `_BOUND` reaches, in bare jq, the clock, the zone, the environment, the process or a file of the worker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache

from interpreter.expressions import names

_RESULTS = 10_000


def _withheld(name: str) -> str:
    return f'error("`{name}` is not available in expressions")'


_BOUND = {
    "now": "$__now",
    "env": "{}",
    "localtime": "gmtime",
    "strflocaltime(f)": "strftime(f)",
    "debug": ".",
    "debug(m)": ".",
    "stderr": ".",
    "halt": _withheld("halt"),
    "halt_error": _withheld("halt_error"),
    "halt_error(c)": _withheld("halt_error"),
    "input": _withheld("input"),
    "inputs": _withheld("inputs"),
    "modulemeta": _withheld("modulemeta"),
    "input_filename": "null",
    "input_line_number": "0",
    "get_search_list": "[]",
    "get_jq_origin": "null",
    "get_prog_origin": "null",
}
_TABLE = " ".join(f"def {name}: {body};" for name, body in _BOUND.items())

# Two newlines after the user's text: the first may be the end of a comment that runs on by a backslash.
_EACH = f"[limit({_RESULTS + 1}; (\n", "\n\n))]"
_VALUE = "if length == 1 then .[0] elif length == 0 then null"
_TOO_MANY = f'elif length > {_RESULTS} then error("gives more than {_RESULTS:,} results")'
_ALL = "[", f"] | map({_VALUE} {_TOO_MANY} else . end) | tojson"


def opening(variables: Sequence[str]) -> str:
    """The line before the user's text. The program's input is the array `[now in seconds, variables …, dot]`."""
    bound = "".join(f".[{place}] as ${name} | " for place, name in enumerate(variables, start=1))
    return f".[0] as $__now | {{}} as $ENV | {_TABLE} {bound}.[{len(variables) + 1}] |\n"


@lru_cache(4096)
def run_head(variables: tuple[str, ...], expressions: tuple[str, ...]) -> bytes:
    """The head of a request to run expressions together; the answer is a JSON array, one value per expression.

    `UnicodeEncodeError` when an expression holds half of a surrogate pair.
    """
    head = {"do": "jq", "frame": opening(variables), "each": _EACH, "all": _ALL, "programs": expressions}
    return json.dumps(head, ensure_ascii=False).encode()


def compile_head(variables: Sequence[str]) -> bytes:
    """The head of a request to compile expressions; every name in `variables` counts as defined."""
    return json.dumps({"do": "compile", "frame": opening(variables), "each": _EACH, "all": _ALL}).encode()


def refusal(expression: str) -> str | None:
    """Why a text is refused before jq sees it, or None."""
    if not expression.strip():
        return "is empty"
    if "\0" in expression:
        return "holds a NUL character"
    if "__loc__" in names(expression):
        return "uses `$__loc__`, which shows nothing of the document; leave it out"
    return None


_PLACE = re.compile(r" at <top-level>(?:, line (\d+), column (\d+))?:?$")
_UNDEFINED_VARIABLE = re.compile(r"\$(\w+) is not defined$")
_UNDEFINED_LABEL = re.compile(r"\$\*label-(\w+) is not defined$")
_UNDEFINED_FUNCTION = re.compile(r"((\w+(?:::\w+)*)/(\d+)) is not defined$")


def complaint(message: str, expression: str) -> str:
    """jq's message about a program it cannot compile, in the terms of the user's text: one line, its own line number."""  # noqa: D403
    text = message.split("\n", 1)[0].removeprefix("jq: error: ")
    found = _PLACE.search(text)
    if found is None:
        return text
    where = ""
    if found[1]:
        line = min(max(int(found[1]) - 1, 1), expression.count("\n") + 1)
        where = f" (line {line}, column {found[2]})" if line == int(found[1]) - 1 else " (at its end)"
    return _said(text[: found.start()], expression) + where


def _said(text: str, expression: str) -> str:
    if label := _UNDEFINED_LABEL.search(text):
        return f"`break ${label[1]}` stands outside of a `label ${label[1]}`"
    if variable := _UNDEFINED_VARIABLE.search(text):
        return f"`${variable[1]}` is not available here"
    if function := _UNDEFINED_FUNCTION.search(text):
        hint = f"; a variable of a shell is written `${expression}`, without braces" if expression == function[2].upper() else ""
        return f"there is no function `{function[1]}` in jq" + hint
    return text.replace("QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END", '`"`').replace("INVALID_CHARACTER", "character")
