"""Whether expressions can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter import expressions
from interpreter.document.findings import Problem
from interpreter.document.rules.source import Source
from interpreter.document.texts import Found
from interpreter.document.wording import shown


def bad_expression(source: Source) -> Iterator[Problem]:
    """Every `${ }` is closed and every expression compiles; T50. What cannot be compiled here is not judged."""
    evaluate = source.document.evaluate
    if evaluate and evaluate.language != "jq":
        return
    sources: dict[str, list[str]] = {}
    for found in source.texts:
        try:
            for text in jq_of(found):
                of_another_language(text)
                sources.setdefault(text, []).append(found.pointer)
        except ValueError as error:
            yield Problem(code="bad-expression", pointer=found.pointer, message=str(error))
    if source.compile_check and sources:
        verdicts = source.compile_check(list(sources))
        for (text, pointers), complaint in zip(sources.items(), verdicts, strict=True):
            if complaint is not None:
                cure = _cure(text, complaint)
                message = f"the expression '{shown(text)}' does not compile: {complaint}{f'; {cure}' if cure else ''}"
                yield from (Problem(code="bad-expression", pointer=pointer, message=message) for pointer in pointers)


_MUSTACHES = re.compile(r"\{\s*((?:\.|\$?\w+\.).*?)\s*\}", re.DOTALL)
_JSON_PATH = re.compile(r"\$(?=[.\[])")


def of_another_language(text: str) -> None:
    """`ValueError`, worded for the author, for what other languages write and jq cannot read: `${{ … }}` and `$.path`."""
    doubled = _MUSTACHES.fullmatch(text)
    if doubled:
        raise ValueError(f"an expression stands in one pair of braces: ${{ {shown(doubled[1])} }}")
    if _JSON_PATH.match(text):
        raise ValueError(f"'{shown(text)}' is JSONPath; here a path begins with its dot: {shown(text[1:])}")


_CURES = (
    (re.compile(r"&&"), "write 'and'"),
    (re.compile(r"\|\|"), "write 'or'"),
    (re.compile(r"===|!=="), "write '==' or '!='"),
    (re.compile(r"\?\?"), "write '//'"),
    (re.compile(r"![^=]"), "write 'not' behind it: .x | not"),
    (re.compile(r"\?[^:]*:"), "write if … then … else … end"),
    (re.compile(r"'"), "texts stand in double quotes"),
)
"""What is written in jq for what other languages write, looked for only in what does not compile."""
_NO_FUNCTION = re.compile(r"there is no function `([A-Za-z_]\w*)/0`")


def _cure(text: str, complaint: str) -> str | None:
    unknown = _NO_FUNCTION.search(complaint)
    if unknown and re.match(rf"\s*{unknown[1]}\b", text):
        return f"a member is read by its dot: .{unknown[1]}"
    bare = re.sub(r'"[^"]*"', "", text)  # what stands in texts is no operator
    return next((cure for pattern, cure in _CURES if pattern.search(bare)), None)


def jq_of(found: Found) -> list[str]:
    """The jq sources in a text; `ValueError`, worded for the author, where a `${` is never closed."""
    if found.role == "expression":
        return [expressions.source(found.text)]
    return [part.source for part in expressions.split(found.text) if isinstance(part, expressions.Expression)]
