"""The effect `resource.fetch`: the content of an external resource.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#external-resource
"""

from __future__ import annotations

from hashlib import sha256

from activities.http.client import Http, Request
from activities.http.refusal import refusal
from activities.invocation import Invocation
from interpreter.defaults import RESOURCE_BYTES
from interpreter.faults import fault
from interpreter.values import Json


async def fetch(invocation: Invocation, http: Http) -> Json:
    """`{uri, content, digest}` of the resource at `with.uri`: its text, and the SHA-256 of its bytes in hexadecimal.

    Over 256 kB the content is left out. Only http and https are read, never a file of the worker's (`configuration` fault);
    redirects are not followed, the fault says where they lead.
    """
    shown = invocation.shown["uri"]
    outgoing = Request(
        method="GET",
        uri=invocation.with_["uri"],
        shown=shown,
        authorization=invocation.authorization,
        certificate=invocation.certificate,
    )
    answer = await http.exchange(outgoing, within=invocation.within)
    if not answer.accepted:
        raise refusal(outgoing, answer, invocation.redaction)
    found = {"uri": shown, "digest": sha256(answer.body).hexdigest()}
    if len(answer.body) > RESOURCE_BYTES:
        return found
    try:
        return {**found, "content": answer.body.decode("utf-8-sig")}
    except UnicodeDecodeError:
        raise fault("communication", f"{shown} is no text in UTF-8", title="Resource not understood") from None
