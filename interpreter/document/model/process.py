"""Processes that `run` starts: containers, scripts, shell commands and other workflows.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#run
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from interpreter.document.blocks import Boolean, Free, Maybe, Template, Word, node
from interpreter.document.model.common import TaskCommon
from interpreter.document.model.resource import ExternalResource
from interpreter.document.model.scalars import Duration

Return: TypeAlias = Annotated[str, Word(("stdout", "stderr", "code", "all", "none"))]


@node()
class ProcessSettings:
    """What all processes have in common."""

    await_: Boolean = True
    """Whether the task waits for the process to end."""
    return_: Return = "stdout"
    """What of the process becomes the task's output."""


@node()
class Lifetime:
    """What becomes of a container that has ended."""

    cleanup: Annotated[str, Word(("always", "never", "eventually"))] = "never"
    """Whether it is removed: at once, never, or after a while."""
    after: Maybe[Duration] = None
    """The while; goes with `eventually` only."""


@node()
class Container:
    """A container to be run."""

    image: Template
    """The image it is made of."""
    name: Maybe[Template] = None
    """What it is called."""
    command: Maybe[Template] = None
    """The command, given to the image's shell."""
    ports: Maybe[dict[str, Free]] = None
    """Ports of the host, each with the container's."""
    volumes: Maybe[dict[str, Free]] = None
    """Paths of the host, each with the container's."""
    environment: Maybe[dict[str, Free]] = None
    """Environment variables."""
    stdin: Maybe[Template] = None
    """What it reads."""
    arguments: Maybe[list[Template]] = None
    """Arguments of the command."""
    lifetime: Maybe[Lifetime] = None
    """What becomes of it when it has ended."""
    pull_policy: Maybe[Annotated[str, Word(("ifNotPresent", "always", "never"))]] = None
    """When the image is pulled; `ifNotPresent` when absent."""


@node()
class Script:
    """A script to be run: given as code, or as a resource that holds it."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("code", "source"),)

    language: str
    """The language it is written in."""
    code: Maybe[str] = None
    """The script itself."""
    source: Maybe[ExternalResource] = None
    """Where the script stands."""
    stdin: Maybe[Template] = None
    """What it reads."""
    arguments: Maybe[list[Template]] = None
    """Its arguments."""
    environment: Maybe[dict[str, Free]] = None
    """Environment variables."""


@node()
class Shell:
    """A shell command to be run."""

    command: Template
    """The command."""
    stdin: Maybe[Template] = None
    """What it reads."""
    arguments: Maybe[list[Template]] = None
    """Its arguments, `$1` and so on."""
    environment: Maybe[dict[str, Free]] = None
    """Environment variables."""


@node()
class Subflow:
    """Another workflow to be run."""

    namespace: str
    """Its namespace."""
    name: str
    """Its name."""
    version: str = "latest"
    """Its version; `latest` is the highest one known."""
    input: Maybe[Free] = None
    """Its input; when absent, an empty object."""


@node()
class ContainerSettings(ProcessSettings):
    """A container and how it is run."""

    container: Container
    """The container."""


@node()
class ScriptSettings(ProcessSettings):
    """A script and how it is run."""

    script: Script
    """The script."""


@node()
class ShellSettings(ProcessSettings):
    """A shell command and how it is run."""

    shell: Shell
    """The command."""


@node()
class WorkflowSettings(ProcessSettings):
    """Another workflow and how it is run."""

    workflow: Subflow
    """The workflow."""


@node()
class ContainerRun(TaskCommon):
    """Runs a container."""

    KEY: ClassVar[str] = "run.container"

    run: ContainerSettings
    """What is run, and how."""


@node()
class ScriptRun(TaskCommon):
    """Runs a script."""

    KEY: ClassVar[str] = "run.script"

    run: ScriptSettings
    """What is run, and how."""


@node()
class ShellRun(TaskCommon):
    """Runs a shell command."""

    KEY: ClassVar[str] = "run.shell"

    run: ShellSettings
    """What is run, and how."""


@node()
class WorkflowRun(TaskCommon):
    """Runs another workflow."""

    KEY: ClassVar[str] = "run.workflow"

    run: WorkflowSettings
    """What is run, and how."""
