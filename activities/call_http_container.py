"""The effect `function.http-container`: a function that is an image which answers JSON on a port."""

from __future__ import annotations

from activities.containers.containers import Containers
from activities.granted import granted
from activities.invocation import Invocation
from activities.process.given import text
from interpreter.values import Json


async def call_http_container(invocation: Invocation, containers: Containers) -> Json:
    """The answer of a container to one request.

    `with`: `{image, input, port, path, command?, environment?, files?, pullPolicy, startWithin: ms, of: {namespace, workflow, task}}`. The container is
    removed whatever comes of it; an attempt after a worker's death asks the one that runs, by the same idempotency key.
    Faults: what the container tells by `Swt-ErrorCode` and `Swt-ErrorMessage`; `communication` for a status that is no success, for no answer, and for
    what is no JSON; `runtime` for one that ends before it answers and for what the engine refuses; `configuration` for what describes no container.
    """
    grant = granted()
    if grant is not None:
        grant.image(text(invocation.with_["image"], "the image"))
    return await containers.ask(invocation)
