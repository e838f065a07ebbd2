"""Whether expressions can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.rules.source import Source
from interpreter.document.texts import Found
from interpreter.document.wording import shown
from interpreter.languages import JAVASCRIPT, JQ, Expression, Language


def bad_expression(source: Source) -> Iterator[Problem]:
    """Every `${ }` is closed and every expression compiles; T50. What cannot be compiled here is not judged."""
    language = source.language
    if language is None:
        return
    sources: dict[str, list[str]] = {}
    for found in source.texts:
        try:
            for text in sources_of(found, language):
                of_another_language(text, language)
                sources.setdefault(text, []).append(found.pointer)
        except ValueError as error:
            yield Problem(code="bad-expression", pointer=found.pointer, message=str(error))
    if source.compile_check and sources:
        verdicts = source.compile_check(list(sources), language)
        if verdicts is None:
            yield Problem(code="unchecked", pointer="/evaluate/language", message=_UNCHECKED, at="key", severity="warning")
        for (text, pointers), complaint in zip(sources.items(), verdicts or (), strict=verdicts is not None):
            if complaint is not None:
                cure = _cure(text, complaint) if language is JQ else None
                message = f"the expression '{shown(text)}' does not compile: {complaint}{f'; {cure}' if cure else ''}"
                yield from (Problem(code="bad-expression", pointer=pointer, message=message) for pointer in pointers)


_UNCHECKED = "expressions in JavaScript are not checked here: that needs the extra 'js': pip install 'swtemporal[js]'"
_MUSTACHES = re.compile(r"\{\s*((?:\.|\$?\w+\.).*?)\s*\}", re.DOTALL)
_DOUBLED = re.compile(r"\{\s*(\$\w*(?:\??\.\w+)+)\s*\}")
_JSON_PATH = re.compile(r"\$(?=[.\[])")
_JQ_PATH = re.compile(r"\.(?:[A-Za-z_][\w.]*)?(?=$|[^\w.])|\.\[")


def of_another_language(text: str, language: Language) -> None:
    """`ValueError`, worded for the author, for what other languages write: `${{ … }}`, `$.path` in jq and `.path` in JavaScript."""
    doubled = (_DOUBLED if language is JAVASCRIPT else _MUSTACHES).fullmatch(text)
    if doubled:
        raise ValueError(f"an expression stands in one pair of braces: ${{ {shown(doubled[1])} }}")
    if language is JAVASCRIPT and _JQ_PATH.match(text):
        path = text[1:] if text[1:2] in {"", "["} else text
        raise ValueError(f"'{shown(text)}' is jq; in JavaScript the data are $: {shown(f'${path}')}")
    if language is JQ and _JSON_PATH.match(text):
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


def sources_of(found: Found, language: Language) -> list[str]:
    """The sources in a text; `ValueError`, worded for the author, where a `${` is never closed."""
    if found.role == "expression":
        return [language.source(found.text)]
    return [part.source for part in language.split(found.text) if isinstance(part, Expression)]
