"""What runs outside for a run: effects become activities and child workflows, and their answers go into the mailbox.

The shell says what is wanted after every pass; here that is compared with what runs. An effect runs from its start until
its answer is there or its cancellation is acknowledged. Nothing here decides anything about the language.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import FailureError

from interpreter.defaults import Limits
from interpreter.effects import FUNCTION_ACTIVITY, RUN_WORKFLOW, Effect
from interpreter.faults import Fault, standard
from interpreter.state import State, deliver
from interpreter.temporal.budget import Budget
from interpreter.temporal.children import Children
from interpreter.temporal.failures import answer_to
from interpreter.temporal.options import START_TO_CLOSE, Options, activity_id, options_of
from interpreter.temporal.payloads import read
from interpreter.temporal.summary import shortened
from interpreter.values import Json


class Flight:
    """The effects that run, by id; `wake` is called whenever one of them has ended.

    `identity` goes along with every activity: by it a worker knows what it grants.
    """

    def __init__(self, state: State, children: Children, identity: Mapping[str, Json], limits: Limits, wake: Callable[[], None]) -> None:
        self._state = state
        self._children = children
        self._identity = identity
        self._wake = wake
        self._budget = Budget(limits)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._repeatable: set[str] = set()
        self._unwanted: set[str] = set()
        self._bug: BaseException | None = None
        self._allowed: set[tuple[str, ...]] = set()

    def keep(self, wanted: Iterable[Effect]) -> None:
        """Cancel what runs and is not wanted any more, children left by an earlier run of the chain included."""
        if self._bug is not None:
            raise self._bug
        ids = {effect.id for effect in wanted}
        for effect_id in [*self._running, *self._children.left(self._running)]:
            if effect_id not in ids and effect_id not in self._unwanted:
                self._cancel(effect_id)

    def start(self, wanted: Iterable[Effect]) -> bool:
        """Start what is wanted and does not run, in document order, as far as the budget of a workflow task allows.

        Whether another workflow task is needed at once for the rest.
        """
        self._budget.open(workflow.info().get_current_history_length())
        for effect in wanted:
            if effect.id in self._running or effect.id in self._state["results"]:
                continue
            if not self._budget.takes(effect, running=len(self._running)):
                return self._budget.used_up
            self._start(effect)
        return False

    @property
    def idle(self) -> bool:
        """Whether nothing runs at all."""
        return not self._running

    @property
    def awaited(self) -> bool:
        """Whether something runs whose answer a capture must wait for: what may not be done twice, or is not known to have begun."""
        return any(effect_id not in self._repeatable and not self._children.detached(effect_id) for effect_id in self._running)

    async def end(self) -> None:
        """Cancel everything, and wait until all of it has acknowledged."""
        self.keep(())
        await workflow.wait_condition(lambda: self.idle)

    def _start(self, effect: Effect) -> None:
        if effect.kind == RUN_WORKFLOW:
            self._run(effect.id, self._answer(effect, self._children.run(effect)))
            return
        try:
            options = options_of(effect)
        except Fault as error:
            self._deliver(effect.id, {"fault": error.problem.as_json()})
            return
        if effect.repeatable:
            self._repeatable.add(effect.id)
        work = _activity(effect, self._identity, options)
        if effect.kind == FUNCTION_ACTIVITY:
            work = self._foreign(effect, work)
        self._run(effect.id, self._answer(effect, work, at_most_once=options.at_most_once))

    async def _foreign(self, effect: Effect, asking: Coroutine[Any, Any, RawValue]) -> RawValue:
        """An activity of somebody else's, once the worker's policy has allowed such, to the document and the functions it stands in."""
        who = tuple(effect.arguments.get("functions", ()))
        if who in self._allowed:
            asking.close()
        else:
            await asking
            self._allowed.add(who)
        return await _foreign(effect)

    def _run(self, effect_id: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running[effect_id] = task
        task.add_done_callback(lambda ended: self._ended(effect_id, ended))

    def _ended(self, effect_id: str, task: asyncio.Task[None]) -> None:
        del self._running[effect_id]
        self._unwanted.discard(effect_id)
        self._repeatable.discard(effect_id)
        if not task.cancelled() and task.exception() is not None:
            self._bug = task.exception()
        self._wake()

    def _cancel(self, effect_id: str) -> None:
        self._unwanted.add(effect_id)
        if self._children.detached(effect_id):
            # It must not end with us, so it is asked by name; whoever waits for it then sees it end.
            asking = f"{effect_id}/cancel"
            self._unwanted.add(asking)
            self._run(asking, self._children.cancel(effect_id))
        else:
            self._running[effect_id].cancel()

    async def _answer(self, effect: Effect, work: Coroutine[Any, Any, RawValue | None], *, at_most_once: bool = False) -> None:
        try:
            raw = await work
            answer: Json = {"value": None} if raw is None else _answer_in(effect, read(raw))
        except FailureError as error:
            answer = answer_to(error, at_most_once=at_most_once)
        except ValueError as error:
            answer = {"fault": standard("runtime", f"the answer is not usable: {error}").as_json()}
        if effect.id not in self._unwanted:
            self._deliver(effect.id, answer)

    def _deliver(self, effect_id: str, answer: Json) -> None:
        deliver(self._state, effect_id, answer)
        self._wake()


async def _activity(effect: Effect, identity: Mapping[str, Json], options: Options) -> RawValue:
    raw: RawValue = await workflow.execute_activity(
        effect.kind,
        {**effect.arguments, **identity},
        result_type=RawValue,
        activity_id=options.id,
        task_queue=options.task_queue,
        schedule_to_start_timeout=options.schedule_to_start,
        start_to_close_timeout=options.start_to_close,
        heartbeat_timeout=options.heartbeat,
        retry_policy=options.retry,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=options.summary,
    )
    return raw


async def _foreign(effect: Effect) -> RawValue:
    """An activity of somebody else's: it need not heartbeat, so nothing waits for it to acknowledge that it is cancelled."""
    wanted = effect.arguments["with"]
    raw: RawValue = await workflow.execute_activity(
        wanted["type"],
        args=wanted["arguments"],
        result_type=RawValue,
        activity_id=activity_id(f"{effect.id}/activity"),
        task_queue=wanted.get("queue"),
        start_to_close_timeout=_length(wanted, "startToClose") or START_TO_CLOSE,
        schedule_to_close_timeout=_length(wanted, "scheduleToClose"),
        schedule_to_start_timeout=_length(wanted, "scheduleToStart"),
        heartbeat_timeout=_length(wanted, "heartbeat"),
        retry_policy=RetryPolicy(maximum_attempts=wanted["attempts"]),
        cancellation_type=workflow.ActivityCancellationType.TRY_CANCEL,
        summary=shortened(effect.summary),
    )
    return raw


def _length(wanted: Json, member: str) -> timedelta | None:
    return timedelta(milliseconds=wanted[member]) if member in wanted else None


def _answer_in(effect: Effect, value: Json) -> Json:
    """What an activity tells beside the value: of the document's retries that it made itself, of the result cache (a result given by hand does not)."""
    answer = value if effect.arguments.get("retry") is not None and _has(value, {"value", "attempts"}) else {"value": value}
    inner = answer["value"]
    return {**answer, **inner} if effect.arguments.get("cache") is not None and _has(inner, {"value", "cached", "trouble"}) else answer


def _has(value: Json, members: set[str]) -> bool:
    return isinstance(value, dict) and value.keys() == members
