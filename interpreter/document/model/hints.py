"""What the DSL has no word for: hints of this product, in `metadata.swtemporal` of a task or of the document.

They are notes to the language, and so never make a document invalid. Their values are looked at where they are needed.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from interpreter.document.blocks import Boolean, Maybe, Says, Template, Word, node

Length: TypeAlias = Annotated[Any, Says("a duration such as PT30S, or a number of milliseconds")]


SCOPES = ("workflow", "namespace")


@node()
class GrpcHints:
    """How a gRPC service is reached."""

    tls: Maybe[Boolean] = None
    """Whether the connection is encrypted; when absent, it is at port 443, and where no port is given."""
    metadata: Maybe[dict[str, Template]] = None
    """Metadata sent with the call, by name."""


@node()
class CacheHint:
    """For how long a task's result is kept, and who may use it again."""

    ttl: Annotated[Any, Says("a duration such as PT1H or {hours: 1}, ${ } in it")]
    """How long the result may be used again."""
    scope: Annotated[str, Word(SCOPES)] = SCOPES[0]
    """Whose runs use it: those of the workflow of this namespace and name, or those of every workflow in the namespace."""
    key: Maybe[Annotated[Any, Says("any value, ${ } in it")]] = None
    """What takes the place of the evaluated task and its input in telling results apart; such a result is used within the same text of the document only."""


@node()
class TaskHints:
    """Hints in `metadata.swtemporal` of a task."""

    at_most_once: Boolean = False
    """Whether what the task does outside is tried once only: when the worker is lost in the middle, the task fails with a `runtime` error that says
    that the outcome is unknown, where another worker would otherwise do it again."""
    task_queue: Maybe[str] = None
    """The Temporal task queue whose workers do what the task does outside; the run's own when absent."""
    schedule_to_start: Maybe[Length] = None
    """How long the task may wait in its queue for a worker, before it fails with an error of type `timeout`; as long as it takes when absent."""
    start_to_close: Maybe[Length] = None
    """How long one attempt may take before Temporal gives it to another worker; a day when absent."""
    heartbeat: Maybe[Length] = None
    """How long a worker may be silent before it counts as lost; 10 seconds when absent."""
    client_certificate: Maybe[str] = None
    """The secret, declared in `use.secrets`, with the certificate that is shown to whom the task calls."""
    stdout: Annotated[str, Word(("text", "json"))] = "text"
    """How the standard output of a script, a command or a container is read."""
    detached: Boolean = False
    """Whether a workflow that the task runs goes on when the run ends or is lost; it is always so in a fork and with `await: false`."""
    grpc: Maybe[GrpcHints] = None
    """How the gRPC service is reached that the task calls."""
    cache: Maybe[CacheHint] = None
    """That the result of a call or process is kept, and used again by later runs in place of doing it; see `docs/cache.md`."""
    local: Boolean = False
    """Accepted for documents that say so; it changes nothing."""


@node()
class DocumentHints:
    """Hints in `metadata.swtemporal` of the document."""

    secrets_in_data: Boolean = False
    """Whether `$secrets` and `$authorization` may also be read where the value is then recorded in the history, such as `set`."""
