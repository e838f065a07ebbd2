"""Answers that are not accepted, as faults."""

from __future__ import annotations

from activities.http.client import Answer, Request
from activities.http.content import excerpt
from activities.redact import Redaction
from interpreter.faults import Fault, fault


def refusal(request: Request, answer: Answer, redaction: Redaction) -> Fault:
    """A `communication` fault with the peer's status, its words for it as title, and the beginning of what it said.

    Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#standard-error-types
    """
    location = answer.headers.get("location")
    towards = f" (to {redaction(location)})" if location else ""
    said = excerpt(answer.body, answer.content_type, redaction)
    return fault("communication", f"{request.method} {request.shown}{towards}: {said}", status=answer.status, title=answer.phrase)
