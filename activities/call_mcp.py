"""The effect `call.mcp`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#mcp-call
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

from activities.granted import granted
from activities.http.client import Http
from activities.invocation import Invocation
from activities.mcp_.over_http import HttpWire
from activities.mcp_.over_stdio import StdioWire
from activities.mcp_.session import Wire, call
from activities.process.given import text
from activities.process.limits import Limits
from interpreter.faults import fault
from interpreter.values import Json


async def call_mcp(invocation: Invocation, http: Http, limits: Limits) -> Json:
    """The result of the one request that is made in a session of its own.

    `with`: `{method, parameters?, protocolVersion, client?, timeout?}` and either `{uri, headers?, authentication?}` or
    `{stdio: {command, arguments?, environment?}}`; `timeout` in ms. `runtime` faults for what the server answers as an error, also
    for a tool that failed; `timeout` (408) after `timeout`; `communication` for a server that is not there, breaks off or speaks something else,
    with the status where it gives one, 504 where it does not answer in time.
    """
    with_ = invocation.with_
    within = with_["timeout"] / 1000 if "timeout" in with_ else invocation.within
    try:
        async with asyncio.timeout(within), _wire(invocation, http, limits) as wire:
            return await call(wire, with_, invocation.key, invocation.redaction)
    except TimeoutError:
        if "timeout" in with_:
            raise fault("timeout", f"the server did not answer {with_['method']} within {within:g} s") from None
        raise fault("communication", f"{with_['method']}: no answer within {within:g} s", status=504, title="No answer in time") from None


def _wire(invocation: Invocation, http: Http, limits: Limits) -> AbstractAsyncContextManager[Wire]:
    if "stdio" in invocation.with_:
        grant = granted()
        if grant is not None:
            stdio = invocation.with_["stdio"]
            grant.kind("mcp.stdio")
            grant.command(text(stdio["command"], "the command"))
            grant.variables(stdio.get("environment"))
        return StdioWire.opened(invocation, limits)
    return HttpWire.opened(http, invocation)
