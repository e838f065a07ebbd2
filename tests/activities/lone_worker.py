"""A worker process with nothing but the activities, for tests that kill it: `python -m tests.activities.lone_worker ADDRESS QUEUE`."""

from __future__ import annotations

import asyncio
import sys

from temporalio.worker import Worker

from activities.assembly import assembled
from interpreter.temporal.client import connect
from tests.activities.performing import Paths
from tests.settings import Settings


async def main(address: str, queue: str) -> None:
    async with assembled(Settings(), Paths()) as activities:
        await Worker(await connect(address), task_queue=queue, activities=activities).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
