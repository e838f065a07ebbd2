"""What the doors need of Temporal: starting a run, waiting for it, speaking to it, looking at it.

Temporal's own errors pass through: `RPCError` (with its status), `WorkflowAlreadyStartedError`, `WorkflowQueryFailedError`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from temporalio import exceptions
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, TaskQueueType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client, Interceptor, WorkflowExecution, WorkflowFailureError, WorkflowHandle
from temporalio.common import RawValue, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.converter import DataConverter
from temporalio.exceptions import CancelledError, TerminatedError

from interpreter.defaults import TASK_QUEUE
from interpreter.effects import Completed, Faulted
from interpreter.temporal.failures import FailureConverter, ended
from interpreter.temporal.memo import memo_of, title_of
from interpreter.temporal.names import EVENT, RESUME, STATE, SUSPEND, TRACE
from interpreter.temporal.payloads import PayloadConverter, read
from interpreter.temporal.summary import shortened
from interpreter.values import Json

if TYPE_CHECKING:  # a command that only speaks to a run needs nothing of documents, and starts in half the time
    from interpreter.document.envelope import Envelope

CONVERTER = DataConverter(payload_converter_class=PayloadConverter, failure_converter_class=FailureConverter)
"""How everything of this product is written: by clients, workers and replays alike."""

ADDRESS = "localhost:7233"
NAMESPACE = "default"
TASK_TIMEOUT = timedelta(seconds=10)
QUERY_TIMEOUT = timedelta(seconds=4)
"""A query with no worker would else be waited for, for half a minute."""

POLL_SECONDS = 75
"""A worker asks again at least every minute; the server lists for some minutes one that is gone."""

Handle: TypeAlias = WorkflowHandle[Any, Any]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run was ended from outside; `reason` as whoever did it gave it."""

    how: Literal["cancelled", "terminated", "timed out"]
    reason: str


async def connect(
    address: str = ADDRESS,
    namespace: str = NAMESPACE,
    config: Mapping[str, object] | None = None,
    *,
    interceptors: Sequence[Interceptor] = (),
) -> Client:
    """A client that writes as this product does; `config` is the rest of what Temporal's configuration says (TLS, key, metadata)."""
    rest: dict[str, Any] = {**(config or {})}
    return await Client.connect(address, **{**rest, "namespace": namespace, "data_converter": CONVERTER, "interceptors": interceptors})


async def start(
    client: Client,
    envelope: Envelope,
    input: Json,
    *,
    id: str,
    task_queue: str = TASK_QUEUE,
    again: bool = False,
    eager: bool = False,
) -> Handle:
    """Start a run of the envelope's root document.

    `WorkflowAlreadyStartedError` when the id belongs to a run that is open, or, unless `again`, to a closed one that is still kept.
    `eager` is for a client whose own worker serves the queue.
    """
    document = envelope.definition(envelope.root).document
    header = document.document
    return await client.start_workflow(
        f"{header.namespace}/{header.name}",
        args=[input, envelope.as_json()],
        id=id,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE if again else WorkflowIDReusePolicy.REJECT_DUPLICATE,
        task_timeout=TASK_TIMEOUT,
        memo=memo_of(document),
        static_summary=shortened(title_of(document)),
        request_eager_start=eager,
        result_type=RawValue,
    )


def handle(client: Client, id: str, run: str | None = None) -> Handle:
    """The run named, or the latest of an id."""
    return client.get_workflow_handle(id, run_id=run, result_type=RawValue)


async def outcome(run: Handle) -> Completed | Faulted | Stopped:
    """Wait for the end of a run and of those that continue it."""
    try:
        output = await run.result()
    except WorkflowFailureError as failure:
        match failure.cause:
            case CancelledError():
                return Stopped("cancelled", "")
            case TerminatedError():
                return Stopped("terminated", failure.cause.message)
            case exceptions.TimeoutError():
                return Stopped("timed out", failure.cause.message)
        return Faulted(ended(failure.cause))
    return Completed(read(output) if isinstance(output, RawValue) else output)


async def events(client: Client, id: str, run: str | None = None, *, follow: bool = False) -> AsyncIterator[HistoryEvent]:
    """The history of a run, event by event; with `follow` until it is closed, and on through the runs that continue it."""
    while True:
        following = None
        async for event in handle(client, id, run).fetch_history_events(wait_new_event=follow):
            yield event
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
                following = event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        if following is None or not follow:
            return
        run = following


async def beginning(client: Client, id: str, run: str | None = None) -> tuple[Json, Json] | None:
    """Input and envelope that a run was started with; None for a start that is none of ours."""
    first = await anext(aiter(events(client, id, run)))
    payloads: Sequence[Payload] = first.workflow_execution_started_event_attributes.input.payloads
    if client.data_converter.payload_codec is not None:
        payloads = await client.data_converter.payload_codec.decode(payloads)
    values = [read(RawValue(payload)) for payload in payloads[:2]]
    return (values[0], values[1]) if len(values) == 2 else None  # noqa: PLR2004


async def signal_event(run: Handle, event: Json) -> None:
    """Send a CloudEvent, or a list of them, in structured JSON form."""
    await run.signal(EVENT, event)


async def suspend(run: Handle) -> None:
    """Hold a run."""
    await run.signal(SUSPEND)


async def resume(run: Handle) -> None:
    """Let a suspended run go on."""
    await run.signal(RESUME)


async def cancel(run: Handle) -> None:
    """Ask a run to cancel; it ends when what it runs outside has acknowledged."""
    await run.cancel()


async def terminate(run: Handle, reason: str) -> None:
    """End a run at once, whatever it does."""
    await run.terminate(reason=reason)


async def state(run: Handle, *, context: bool = False) -> Json:
    """Where a run stands (`status.status_of`); needs a worker."""
    return await run.query(STATE, context, rpc_timeout=QUERY_TIMEOUT)


async def trace(run: Handle, *, after: int = 0) -> Json:
    """What happened lately in a run (`trace.Trace.as_json`); needs a worker."""
    return await run.query(TRACE, after, rpc_timeout=QUERY_TIMEOUT)


def runs(client: Client, query: str | None = None, *, limit: int | None = None) -> AsyncIterator[WorkflowExecution]:
    """Runs of any workflow type, the latest first; `query` is Temporal's list filter."""
    return client.list_workflows(query, limit=limit)


async def polled(client: Client, task_queue: str, *, activities: bool = False) -> bool:
    """Whether a worker takes workflow tasks (or `activities`) from the queue."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY if activities else TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    answer = await client.workflow_service.describe_task_queue(request)
    since = time() - POLL_SECONDS
    return any(poller.last_access_time.ToMilliseconds() / 1000 > since for poller in answer.pollers)
