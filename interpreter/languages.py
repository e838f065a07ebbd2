"""The languages of runtime expressions, as far as their text says something without being evaluated.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#runtime-expressions
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from interpreter import expressions, javascript
from interpreter.expressions import Token
from interpreter.values import Json, cut

_CACHED = 8192
_OPENING = "${"
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Expression:
    """The source between `${` and `}`, trimmed; `start` is its first character's place in the whole text."""

    source: str
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, eq=False)
class Language:
    """How expressions of one language are found in texts, and what they mention. One object for each, told apart by identity."""

    name: str
    tokens: Callable[[str, int], Iterator[Token]]
    names: Callable[[str], frozenset[str]]
    """The `$names` a source mentions, without `$`; never misses one that would be looked up, never fails."""
    fields: Callable[[str, str], frozenset[str] | None]
    """The members of a variable (named without `$`) that a source reads; None when it may look at the whole of it."""
    holds: Callable[[Json], bool]
    """Whether a condition's result means yes."""
    comment: str
    """What begins a comment that goes on to the end of its line."""

    @lru_cache(_CACHED)  # noqa: B019  a language lives as long as the process
    def split(self, text: str) -> tuple[str | Expression, ...]:
        """The literal parts and the `${ … }` parts of a string, in order; empty literals are left out.

        A text without `${` gives itself. `ValueError`, worded for the document's author, when a `${` is never closed.
        """
        parts: list[str | Expression] = []
        at = 0
        while (opening := text.find(_OPENING, at)) >= 0:
            if opening > at:
                parts.append(text[at:opening])
            closing = self._closing(text, opening)
            inner = text[opening + len(_OPENING) : closing]
            indent = len(inner) - len(inner.lstrip())
            parts.append(Expression(inner.strip(), opening + len(_OPENING) + indent))
            at = closing + 1
        if at < len(text) or not parts:
            parts.append(text[at:])
        return tuple(parts)

    @lru_cache(_CACHED)  # noqa: B019  as above
    def whole(self, text: str) -> str | None:
        """The source if one `${ … }` spans the whole trimmed text, else None; `ValueError` as `split`."""
        trimmed = text.strip()
        if not trimmed.startswith(_OPENING):
            return None
        parts = self.split(trimmed)
        return parts[0].source if len(parts) == 1 and isinstance(parts[0], Expression) else None

    @lru_cache(_CACHED)  # noqa: B019  as above
    def source(self, text: str) -> str:
        """The source of a field whose only meaning is an expression (`if`, `when`, `for.in`, …), marked with `${ }` or not.

        `ValueError`, worded for the document's author, when the text begins with `${` but is not one marked expression.
        """
        trimmed = text.strip()
        if not trimmed.startswith(_OPENING):
            return trimmed
        marked = self.whole(trimmed)
        if marked is None:
            raise ValueError("text goes on after the closing `}` of `${ … }`; mark the whole expression, or leave `${ }` out")
        return marked

    def balanced(self, source: str) -> bool:
        """Whether every bracket and string of a source is closed, and none is closed that was not open."""
        return all(token.kind in {"name", "comma"} for token in self.tokens(source, 0))

    def marked(self, source: str) -> str:
        """An expression as text that marks it; a comment at its end must not go on over the closing brace."""
        return f"${{{source}\n}}" if self.comment in source else f"${{{source}}}"

    def _closing(self, text: str, opening: int) -> int:
        """The place of the `}` that closes the `${` at `opening`."""
        for token in self.tokens(text, opening + len(_OPENING)):
            if token.kind != "stray":
                continue
            if token.text == "}" and token.expected is None:
                return token.end - 1
            expected = token.expected or "}"
            raise ValueError(f"`{token.text}` at character {token.end} of {_excerpt(text)}, where `{expected}` has to come first")
        raise ValueError(
            f"`${{` at character {opening + 1} of {_excerpt(text)} is never closed; "
            "add the missing `}` (one inside a string or a comment does not count)"
        )


def _excerpt(text: str) -> str:
    return f"`{cut(' '.join(text.split()), _SHOWN)}`"


def _unless_null_or_false(value: Json) -> bool:
    return value is not None and value is not False


JQ = Language("jq", expressions.tokens, expressions.names, expressions.fields, _unless_null_or_false, "#")
JAVASCRIPT = Language("javascript", javascript.tokens, javascript.names, javascript.fields, javascript.truthy, "//")

LANGUAGES = {"jq": JQ, "javascript": JAVASCRIPT, "js": JAVASCRIPT}
"""What `evaluate.language` may say, and what it is."""
