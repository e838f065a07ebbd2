"""What a body is by its media type; what a response's means; and how its text is quoted in an error.

JSON (also `+json`) is parsed, text, XML and forms are text, anything else is base64, nothing is null.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-response
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable

from activities.reading import parsed
from interpreter.faults import fault
from interpreter.values import Json, cut

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_TEXTUAL = {"application/xml", _FORM}
_WRITTEN = {
    f"application/{name}"
    for name in ("graphql", "javascript", "jsonl", "jwt", "ndjson", "sql", "toml", "x-ndjson", "x-sh", "x-yaml", "yaml")
}
"""What is text all the same when it is sent."""
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]+)"|([^\s";]+))', re.IGNORECASE)
_CHARSET = re.compile(r'charset\s*=\s*"?([^\s";]+)', re.IGNORECASE)
_EXCERPT = 500
"""Characters of a body that an error may quote."""


def decoded(body: bytes, content_type: str | None) -> Json:
    """The value of a body; a `communication` fault when it says it is JSON and is not."""
    if not body:
        return None
    if is_json(content_type):
        return _parsed(body)
    if _is_text(_named(content_type)):
        return _text(body, content_type)
    return b64encode(body).decode("ascii")


def is_json(content_type: str | None) -> bool:
    """Whether a media type is JSON or one of its `+json` kin."""
    name = _named(content_type)
    return name == "application/json" or name.endswith("+json")


def is_form(content_type: str | None) -> bool:
    """Whether a media type is that of an HTML form."""
    return _named(content_type) == _FORM


def is_multipart(content_type: str | None) -> bool:
    """Whether a media type is that of an HTML form with files."""
    return _named(content_type) == _MULTIPART


def is_binary(content_type: str) -> bool:
    """Whether what is sent under a media type is bytes, not text: it names no charset, and is none of those known to be text."""
    name = _named(content_type)
    textual = is_json(name) or _is_text(name) or name in _WRITTEN or name.startswith("multipart/")
    return not textual and charset_of(content_type) is None


def charset_of(content_type: str) -> str | None:
    """The charset that a media type names."""
    found = _CHARSET.search(content_type)
    return found[1] if found else None


def boundary_of(content_type: str) -> str | None:
    """The boundary between the parts that a media type names."""
    found = _BOUNDARY.search(content_type)
    return (found[1] or found[2]) if found else None


def excerpt(body: bytes, content_type: str | None, redact: Callable[[str], str]) -> str:
    """The beginning of a body on one line, redacted, for an error's detail; of binary content only what it is."""
    if not body:
        return "(no content)"
    if not is_json(content_type) and not _is_text(_named(content_type)):
        return f"(binary content, {_named(content_type) or 'of unknown type'})"
    return cut(" ".join(redact(_text(body, content_type)).split()), _EXCERPT)


def _parsed(body: bytes) -> Json:
    try:
        return parsed(body)
    except ValueError as error:
        raise fault("communication", f"the response says it is JSON and is not: {error}", title="Response not understood") from None


def _named(content_type: str | None) -> str:
    """The media type alone, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def _text(body: bytes, content_type: str | None) -> str:
    """A body as text, in the charset it names if there is one of that name; what cannot be decoded is replaced."""
    charset = charset_of(content_type or "")
    try:
        return body.decode(charset or "utf-8", "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")


def _is_text(name: str) -> bool:
    return name.startswith("text/") or name.endswith("+xml") or name in _TEXTUAL
