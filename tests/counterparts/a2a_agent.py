"""An agent made with `a2a-sdk`, which others wrote: `python -m tests.counterparts.a2a_agent PORT new|both`, in version 1.0 alone or in 0.3, too.

It shouts back what it hears at `/a2a`, and at `/guarded` for those who have the token; to `slowly` it answers after half a minute, to `wait for GATE` when that is open.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from a2a.helpers import proto_helpers as made
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.tasks import InMemoryPushNotificationConfigStore, InMemoryTaskStore, TaskUpdater
from a2a.types import AgentCapabilities, AgentCard, AgentInterface, AgentSkill
from starlette.applications import Starlette

from tests.counterparts import tokens
from tests.counterparts.doorkeeper import guarded
from tests.counterparts.gate import Gate


class Shouting(AgentExecutor):
    """Does one task per message."""

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        task = context.current_task or made.new_task_from_user_message(context.message)
        await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        await updater.start_work()
        said = made.get_message_text(context.message)
        if said == "slowly":
            await asyncio.sleep(30)
        if said.startswith("wait for "):
            await Gate(said.removeprefix("wait for ")).passed(context.message.message_id)
            said = "held"
        await updater.add_artifact([made.new_text_part(said.upper())])
        await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def application(port: int, *, old: bool) -> Any:
    url = f"http://127.0.0.1:{port}/a2a"
    versions = ["1.0", "0.3"] if old else ["1.0"]
    card = AgentCard(
        name="shouter",
        description="shouts",
        version="1",
        skills=[AgentSkill(id="shout", name="shout", description="shouts", tags=["loud"])],
        capabilities=AgentCapabilities(streaming=True, push_notifications=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        supported_interfaces=[AgentInterface(url=url, protocol_binding="JSONRPC", protocol_version=version) for version in versions],
    )
    store = InMemoryPushNotificationConfigStore()
    handler = DefaultRequestHandler(Shouting(), InMemoryTaskStore(), card, push_config_store=store)
    routes = [*create_agent_card_routes(card), *create_jsonrpc_routes(handler, "/a2a", enable_v0_3_compat=old)]
    routes += create_jsonrpc_routes(handler, "/guarded", enable_v0_3_compat=old)
    return guarded(Starlette(routes=routes), "/guarded", tokens.A2A)


if __name__ == "__main__":
    where = int(sys.argv[1])
    uvicorn.run(application(where, old=sys.argv[2] == "both"), host="127.0.0.1", port=where, log_level="warning")
