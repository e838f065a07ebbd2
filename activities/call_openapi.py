"""The effect `call.openapi`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#openapi-call
"""

from __future__ import annotations

import asyncio

from activities.documents import Documents, parsed
from activities.http.client import Http, Request
from activities.http.message import completed
from activities.http.outcome import outcome
from activities.invocation import Invocation
from activities.openapi.description import operation
from activities.openapi.request import Message, body_of, message
from interpreter.values import Json


async def call_openapi(invocation: Invocation, http: Http, documents: Documents) -> Json:
    """What `with.output` asks for, of the answer to an operation; see `outcome`.

    `with`: `{document, operationId, parameters?, output, redirect}`. The task's authentication goes into the `Authorization`
    header, whatever the document demands; an API key is a parameter, by the name that its security scheme gives it.

    Faults, before anything is called: as for reading the document (`communication`), `configuration` for a document,
    an operation or a parameter that cannot be used, `validation` for parameters that are missing or do not fit their place.
    """
    text = await documents.text(invocation)
    called, shown = await asyncio.to_thread(_messages, text, invocation)
    content = None if called.content is None else body_of(called.content)
    headers = called.headers if content is None else (*called.headers, ("Content-Type", content[1]))
    outgoing = Request(
        method=called.method,
        uri=called.uri,
        shown=shown.uri,
        headers=completed(headers, key=invocation.key),
        body=None if content is None else content[0],
    )
    hidden = {name.lower() for name, value in called.headers if (name, value) not in shown.headers}
    return await outcome(invocation, http, outgoing, hidden)


def _messages(text: str, invocation: Invocation) -> tuple[Message, Message]:
    """The call as it goes out, and as it may be shown."""
    with_, shown = invocation.with_, invocation.shown
    raw = parsed(text, shown["document"]["uri"])

    def made(given: Json) -> Message:
        found = operation(raw, with_["operationId"], uri=given["document"]["uri"], shown=shown["document"]["uri"])
        return message(found, given.get("parameters") or {})

    called = made(with_)
    return called, called if shown == with_ else made(shown)
