"""The effect `run.container`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#container-process
"""

from __future__ import annotations

import asyncio
import os

from activities.containers.containers import Containers
from activities.granted import granted
from activities.invocation import Invocation
from activities.process.given import text
from interpreter.values import Json


async def run_container(invocation: Invocation, containers: Containers) -> Json:
    """What `with.return` asks for of a container.

    `with`: `{image, name?, command?, arguments?, environment?, stdin?, ports?, volumes?, pullPolicy, lifetime: {cleanup, after?: ms}, of: {namespace,
    workflow, task}, await, return, stdout}`. An attempt after a worker's death goes on with the container of the one before, unless it may have lost
    some of its standard input. Cancelled, the container is stopped. What becomes of it then is what `lifetime` says.
    Faults: `configuration` for what describes no container or an image that may not be pulled, `runtime` for what the engine refuses, with status 409 for a
    name that is taken; those of `activities.process.returned`.
    """
    grant = granted()
    if grant is not None:
        grant.image(text(invocation.with_["image"], "the image"))
        for folder in invocation.with_.get("volumes") or {}:
            grant.volume(folder)
            grant.volume(await asyncio.to_thread(os.path.realpath, folder))  # where a link in it leads
    return await containers.perform(invocation)
