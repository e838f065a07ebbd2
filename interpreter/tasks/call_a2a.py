"""`call: a2a`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#a2a-call
"""

from __future__ import annotations

from interpreter.document.model import A2aCall
from interpreter.effects import CALL_A2A
from interpreter.endpoints import target, under
from interpreter.faults import fault
from interpreter.resources import handed
from interpreter.tasks.parameters import parameters
from interpreter.values import Json
from interpreter.visit import Request, Result, Visit


def execute(task: A2aCall, visit: Visit) -> Result:
    """What the activity `call.a2a` gives: the result of the method, an array of them where it answers with a stream."""
    return Result(visit.perform(CALL_A2A, lambda: _request(task, visit)))


def _request(task: A2aCall, visit: Visit) -> Request:
    given = task.with_
    arguments: dict[str, Json] = {"method": given.method}
    deferred: dict[str, Json] = {}
    shown, reads_secrets = "", False
    if given.server is not None:
        server = target(visit, given.server, "with/server")
        arguments |= server.arguments
        deferred |= server.deferred
        shown, reads_secrets = server.shown, server.reads_secrets
    if given.agent_card is not None:
        card = handed(visit, given.agent_card, "with/agentCard")
        arguments["document"] = card.arguments
        deferred |= under("/document", card.deferred)
        shown, reads_secrets = card.shown, reads_secrets or card.reads_secrets
    elif given.server is None:
        raise fault("configuration", "'with' needs 'agentCard' or 'server'")
    sent, in_parameters = parameters(visit)
    return Request(
        {**arguments, **sent}, {**deferred, **in_parameters}, f"{given.method} · {shown}", visit.pushed, reads_secrets=reads_secrets
    )
