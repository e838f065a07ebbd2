"""What a container asks of whoever calls it, and tells them, by HTTP.

The names with `Direktiv-` are those of images that were made for Direktiv; `Swt-` ones mean the same.
"""

from __future__ import annotations

from activities.http.client import Answer, Request
from activities.http.content import excerpt
from activities.http.message import completed
from activities.http.refusal import refusal
from activities.invocation import Invocation
from activities.reading import parsed
from activities.redact import Redaction
from interpreter.faults import Fault, Problem, fault, standard
from interpreter.values import Json, cut, encode

FOLDER = "swtemporal"
"""The folder in a container's root that belongs to its one call."""

_OWNERS = ("Swt", "Direktiv")
_CODE = 200
_FAILURE = 400


def request(invocation: Invocation, origin: str) -> Request:
    """The request that a container gets: the input as JSON, what the call is known by, and where its files are."""
    with_, key = invocation.with_, invocation.key
    told = [(f"{owner}-{name}", value) for owner in _OWNERS for name, value in (("ActionID", key), ("TempDir", f"/{FOLDER}"))]
    headers = [("Content-Type", "application/json"), ("Accept", "application/json"), *told]
    shown = f"{invocation.shown['path']} of the container"
    body = encode(with_["input"]).encode("utf-8", "replace")
    return Request(method="POST", uri=f"{origin}{with_['path']}", shown=shown, headers=completed(headers, key=key), body=body)


def outcome(request: Request, answer: Answer, redaction: Redaction) -> Json:
    """The value of the answer's JSON, null where it has no content; a fault for an error it tells, or for what is no JSON."""
    told = _told(answer, redaction)
    if told is not None:
        raise told
    if not answer.accepted:
        raise refusal(request, answer, redaction)
    if not answer.body.strip():
        return None
    try:
        return parsed(answer.body)
    except ValueError as error:
        said = excerpt(answer.body, answer.content_type, redaction)
        raise fault("communication", f"the container's answer is no JSON: {error}; it is {said}", title="Response not understood") from None


def _told(answer: Answer, redaction: Redaction) -> Fault | None:
    """The error that the headers tell, whatever the status: a code that is a URI is its type, any other its title."""
    for owner in _OWNERS:
        code, message = (answer.headers.get(f"{owner}-{name}".lower(), "").strip() for name in ("ErrorCode", "ErrorMessage"))
        if code or message:
            status = answer.status if answer.status >= _FAILURE else 500
            title, detail = redaction(cut(code, _CODE)), redaction(message) or "the container says no more"
            if "://" in code:
                return Fault(Problem(type=title, status=status, detail=detail))
            return Fault(standard("runtime", detail, status=status, title=title or "Function failed"))
    return None
