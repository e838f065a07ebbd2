"""`python -m benchmarks.serving SIDE ADDRESS QUEUE`: a worker in a process of its own, so that its time and memory can be told apart.

It says `null` when it serves. Then each line on its standard input is a question, answered by a line of JSON: `cpu` by the seconds
of CPU so far, `memory` by the resident bytes, `profile` by null, `profiled` by the text of what was sampled since. It ends with its input.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.policy import Policy, harmless
from activities.settings import Settings
from benchmarks import handwritten
from benchmarks.sampling import Sampler
from interpreter.temporal.client import connect
from interpreter.temporal.serve import worker
from interpreter.values import Json
from worker import serving


@asynccontextmanager
async def interpreting(address: str, queue: str) -> AsyncIterator[None]:
    """The product's worker, as `worker.py` runs it."""
    async with serving(await connect(address), queue, Settings(policy=Policy((harmless(["127.0.0.1"]),)))) as served, served:
        yield


@asynccontextmanager
async def handwriting(address: str, queue: str) -> AsyncIterator[None]:
    """A worker of the hand-written workflows, with every setting of the product's; its workflows, too, run without the SDK's sandbox."""
    client = await Client.connect(address)
    async with handwritten.activities() as activities:
        config = worker(client, f"{queue}-settings", activities).config()
        config["task_queue"], config["workflows"] = queue, handwritten.WORKFLOWS
        config["workflow_runner"], config["interceptors"] = UnsandboxedWorkflowRunner(), []
        async with Worker(**config):
            yield


SIDES = {"interpreter": interpreting, "hand-written": handwriting}


def resident() -> int:
    """Bytes of memory that this process holds now."""
    gc.collect()
    return 1024 * int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(os.getpid())]))


async def main(side: str, address: str, queue: str) -> None:
    """Serve and answer."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # where Temporal's core writes its warnings

    def say(answer: Json) -> None:
        answers.write(json.dumps(answer) + "\n")

    sampler = Sampler()
    async with SIDES[side](address, queue):
        say(None)
        while question := (await asyncio.to_thread(sys.stdin.readline)).strip():
            match question:
                case "cpu":
                    say(time.process_time())
                case "memory":
                    say(resident())
                case "profile":
                    sampler.start()
                    say(None)
                case "profiled":
                    say(sampler.stop())
                case _:
                    raise ValueError(f"no such question: {question}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
    os._exit(0)  # Temporal's client may crash in an ordinary exit (sdk-python issue 300)
