"""`run: workflow` as child workflows, and how one is found again by a later run of the chain.

A child that ends with its parent (TERMINATE) is awaited by the run that started it: a capture waits for it. One that lives on
(ABANDON) is remembered in `state["children"]` as soon as its start is confirmed; after a continuation, of which the server
tells the new run nothing, the `workflow.attach` activity waits for it by its id and first run id, and who does not want it
any more asks it to cancel.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from hashlib import sha256
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from interpreter.document.envelope import Envelope
from interpreter.effects import Effect
from interpreter.state import State
from interpreter.temporal.memo import memo_of, title_of
from interpreter.temporal.names import ATTACH
from interpreter.temporal.options import HEARTBEAT, activity_id
from interpreter.temporal.summary import shortened
from interpreter.values import Json

PARENT_ID_LENGTH = 700


class Children:
    """The child workflows of a run."""

    def __init__(self, state: State, envelope: Envelope) -> None:
        self._known: dict[str, Json] = state["children"]
        self._seed: str = state["run"]["seed"]
        self._envelope = envelope

    def detached(self, effect_id: str) -> bool:
        """Whether this is a child that has started and lives on without us."""
        return effect_id in self._known

    def left(self, running: Container[str]) -> list[str]:
        """Children of an earlier run of the chain that nobody here waits for."""
        return [effect_id for effect_id in self._known if effect_id not in running]

    async def run(self, effect: Effect) -> RawValue | None:
        """The child's result; None at once after its start where it is not awaited."""
        try:
            if effect.id in self._known:
                return await self._attach(effect)
            return await self._native(effect)
        finally:
            # Not reached when the run is captured meanwhile: a captured coroutine is simply dropped.
            self._known.pop(effect.id, None)

    async def cancel(self, effect_id: str) -> None:
        """Ask a detached child to cancel; one that has ended meanwhile needs no asking."""
        child = self._known[effect_id]
        try:
            await workflow.get_external_workflow_handle(child["id"]).cancel()
        except ApplicationError as error:
            workflow.logger.info("child %s could not be cancelled: %s", child["id"], error.message)
        self._known.pop(effect_id, None)

    async def _native(self, effect: Effect) -> RawValue | None:
        wanted, abandon = effect.arguments["with"], bool(effect.options.get("abandon"))
        envelope = self._envelope.reachable(wanted["digest"])
        definition = envelope.definition(envelope.root)
        child_id = _child_id(workflow.info().workflow_id, effect, self._seed)
        try:
            handle: workflow.ChildWorkflowHandle[Any, RawValue] = await workflow.start_child_workflow(
                f"{wanted['namespace']}/{wanted['name']}",
                args=[wanted["input"], envelope.as_json()],
                id=child_id,
                result_type=RawValue,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON if abandon else workflow.ParentClosePolicy.TERMINATE,
                memo=memo_of(definition.document),
                static_summary=shortened(title_of(definition.document)),
            )
        except WorkflowAlreadyStartedError:
            # The id holds the chain and the effect: after a reset this is our own child, still running.
            self._known[effect.id] = {"id": child_id, "run": None}
            return await self._attach(effect)
        if not wanted["await"]:
            return None
        if abandon:
            self._known[effect.id] = {"id": handle.id, "run": handle.first_execution_run_id}
        return await handle

    async def _attach(self, effect: Effect) -> RawValue:
        child = self._known[effect.id]
        raw: RawValue = await workflow.execute_activity(
            ATTACH,
            child,
            result_type=RawValue,
            activity_id=activity_id(effect.id),
            start_to_close_timeout=timedelta(days=3650),
            heartbeat_timeout=HEARTBEAT,
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=10)),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=shortened(f"{effect.name} · waits for {child['id']}"),
        )
        return raw


def _child_id(parent: str, effect: Effect, seed: str) -> str:
    """`<parent>/<task>-<hash>`: the same after a reset, another one for every effect of every chain."""
    digest = sha256(f"{seed}\n{effect.id}".encode()).hexdigest()[:12]
    return f"{parent[:PARENT_ID_LENGTH]}/{effect.name[:100]}-{digest}"
