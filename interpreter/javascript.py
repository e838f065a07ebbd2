r"""The text of JavaScript expressions: where they end in a string, and which arguments they name.

Only text is looked at here; QuickJS itself is asked in `interpreter.evaluation`. Strings, template literals, comments and regular
expressions are told apart, so a brace in one of them closes nothing. Whether a `/` divides or begins a regular expression is
decided by what stands before it, as every highlighter does; where that is wrong, the text does not compile, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from interpreter.expressions import Token
from interpreter.values import Json

_CACHED = 8192

_CLOSES = {"(": ")", "[": "]", "{": "}", "${": "}"}
_PIECE = re.compile(
    r"""(?P<blank>(?:\s|//[^\n\r\u2028\u2029]*|/\*.*?\*/)+)
      | (?P<string>"(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
      | (?P<word>[\w$]+)
      | (?P<sign>\+\+|--|.)""",
    re.DOTALL | re.VERBOSE,
)
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+/\w*")
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)", re.DOTALL)
_BEFORE_A_REGEX = frozenset("([{,;:=!&|?+-*%<>~^/")
_OPERATORS = frozenset({"return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else"})

_NAME = re.compile(r"(?<![\w$])\$([^\W\d][\w$]*)")
_FIELD = re.compile(r"""\??\.([^\W\d][\w$]*)(?![\w$\\])|(?:\?\.)?\[(?:"([^"\\\n]*)"|'([^'\\\n]*)')\]""")

INHERITED = frozenset(
    [
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
    ]
)
"""What every object has without having it as data."""


@lru_cache(_CACHED)
def names(expression: str) -> frozenset[str]:
    r"""The `$names` that a JavaScript text mentions, without `$`, those in its strings included.

    Never misses one that could be looked up: what is written with escapes is not handed to the expression.
    """
    return frozenset(_NAME.findall(expression))


@lru_cache(_CACHED)
def fields(variable: str, expression: str) -> frozenset[str] | None:
    r"""The members of a variable (named without `$`) that a JavaScript text reads; None when it may look at the whole of it."""
    read: set[str] = set()
    for mention in _NAME.finditer(expression):
        if mention[1] != variable:
            continue
        found = _FIELD.match(expression, mention.end())
        name = None if found is None else next(group for group in found.groups() if group is not None)
        if name is None or name in INHERITED:
            return None
        read.add(name)
    return frozenset(read)


def tokens(text: str, at: int) -> Iterator[Token]:
    """The closing brackets that close nothing of the code that begins at `at`; the last token is of kind `end` when something is still open there."""
    end = Token("end", "", len(text), None)
    opened: list[str] = []
    before = ""
    while piece := _PIECE.match(text, at):
        at, sign = piece.end(), piece[0]
        expected = _CLOSES[opened[-1]] if opened else None
        if piece.lastgroup == "blank":
            continue
        regex = _REGEX.match(text, piece.start()) if sign == "/" and _may_begin_a_regex(before) else None
        if regex is None and _begins_what_never_ends(piece, before):
            yield end
            return
        if regex:
            at, sign = regex.end(), "regex"
        elif sign in _CLOSES:
            opened.append(sign)
        elif sign in {")", "]", "}"} and sign != expected:
            yield Token("stray", sign, at, expected)
        elif sign == "`" or (sign == expected and opened.pop() == "${"):
            literal = _TEMPLATE.match(text, at)
            if literal is None:
                yield end
                return
            at, sign = literal.end(), literal[1]
            opened.extend(["${"] if sign == "${" else [])
        before = _left(before, piece, sign)
    if opened:
        yield end


def _begins_what_never_ends(piece: re.Match[str], before: str) -> bool:
    """Whether a piece that is no whole one begins a string, a comment or a regular expression: looking for more behind it could take long."""
    sign = piece[0]
    return sign in {'"', "'"} or (sign == "/" and (_may_begin_a_regex(before) or piece.string.startswith("/*", piece.start())))


def _left(before: str, piece: re.Match[str], sign: str) -> str:
    """What tells the next piece whether it stands behind a value."""
    if sign in {"++", "--"} and not _may_begin_a_regex(before):
        return before  # behind a value: both together are one
    if piece.lastgroup == "sign":
        return sign[-1:]
    return f".{sign}" if before == "." and piece.lastgroup == "word" else sign


def _may_begin_a_regex(before: str) -> bool:
    """Whether a slash after a piece cannot divide: the piece is no value. A name after a dot is one, whatever it is."""
    return not before or before in _BEFORE_A_REGEX or before in _OPERATORS


def truthy(value: Json) -> bool:
    """Whether a value counts as true in JavaScript: null, `false`, zero and the empty text do not."""
    return value is not None and value is not False and value != "" and (isinstance(value, bool) or value != 0)
