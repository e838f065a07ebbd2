"""The effect `call.http`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

from activities.http.client import Http
from activities.http.message import request
from activities.http.outcome import outcome
from activities.invocation import Invocation
from interpreter.values import Json


async def call_http(invocation: Invocation, http: Http) -> Json:
    """What `with.output` asks for, of the answer to `with`: `{method, uri, headers?, query?, body?, output, redirect}`; see `outcome`.

    What the response object tells of the request has placeholders where secrets and credentials were.
    """
    with_, shown = invocation.with_, invocation.shown
    outgoing = request(with_, shown, key=invocation.key)
    known = shown.get("headers") if isinstance(shown.get("headers"), dict) else {}
    hidden = {name.lower() for name, value in (with_.get("headers") or {}).items() if known.get(name) != value}
    return await outcome(invocation, http, outgoing, hidden)
