"""Processes that `run` starts: containers, scripts, shell commands and other workflows.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#run
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from interpreter.document.blocks import Boolean, Free, ListOr, Maybe, Template, Word, node
from interpreter.document.model.common import TaskCommon
from interpreter.document.model.resource import ExternalResource
from interpreter.document.model.scalars import Duration

Return: TypeAlias = Annotated[str, Word(("stdout", "stderr", "code", "all", "none"))]


@node()
class ProcessSettings:
    """What all processes have in common."""

    await_: Boolean = True
    """Whether the task waits for what it runs to end; without, its input passes on as soon as that has started."""
    return_: Return = "stdout"
    """What the task puts out: standard output (`stdout`), standard error (`stderr`), the exit code (`code`), an object with all three
    (`all`), or null (`none`)."""


@node()
class Lifetime:
    """What becomes of a container that has ended."""

    cleanup: Annotated[str, Word(("always", "never", "eventually"))] = "never"
    """When a container that has ended is removed: at once (`always`), not at all (`never`), or after a while (`eventually`)."""
    after: Maybe[Duration] = None
    """The while; goes with `eventually` only."""


@node()
class Container:
    """A container to be run."""

    image: Template
    """The image that the container is made of."""
    name: Maybe[Template] = None
    """The name of the container; one is made of the workflow's and the task's when absent."""
    command: Maybe[Template] = None
    """A command for `sh -c` in the container, in place of the image's entry point."""
    ports: Maybe[dict[str, Free]] = None
    """The ports that are published: those of the host (`8080`, `127.0.0.1:8080`), each with the container's."""
    volumes: Maybe[dict[str, Free]] = None
    """What is mounted: paths of the host or names of volumes, each with the path in the container (`/data`, `/data:ro`)."""
    environment: Maybe[dict[str, Free]] = None
    """Environment variables, by name; what is no text goes in as JSON, and what is null is left out."""
    stdin: Maybe[Template] = None
    """The text that is given as standard input."""
    arguments: Maybe[list[Template]] = None
    """Arguments of the command, `$1` and so on; without a command, of the image's entry point."""
    lifetime: Maybe[Lifetime] = None
    """What becomes of the container when it has ended; it is kept when absent."""
    pull_policy: Maybe[Annotated[str, Word(("ifNotPresent", "always", "never"))]] = None
    """When the image is pulled; `ifNotPresent` when absent."""


@node()
class Script:
    """A script to be run: given as code, or as a resource that holds it."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("code", "source"),)

    language: str
    """The language of the script: `python`, `javascript` or `js`; `validate` warns of others."""
    code: Maybe[str] = None
    """The script itself, taken as it stands: a `${ }` in it is the script's own."""
    source: Maybe[ExternalResource] = None
    """The resource that holds the script."""
    stdin: Maybe[Template] = None
    """The text that is given as standard input."""
    arguments: Maybe[Annotated[list[Template] | dict[str, Free], ListOr("a list of texts")]] = None
    """Arguments of the script, one by one; in the file of a function also a map of options, `--name value` each."""
    environment: Maybe[dict[str, Free]] = None
    """Environment variables, by name; what is no text goes in as JSON, and what is null is left out."""


@node()
class Shell:
    """A shell command to be run."""

    command: Template
    """The command, for `/bin/sh`; expressions in it are filled in as text, so data are better given as arguments or environment."""
    stdin: Maybe[Template] = None
    """The text that is given as standard input."""
    arguments: Maybe[list[Template]] = None
    """Arguments of the command, `$1` and so on."""
    environment: Maybe[dict[str, Free]] = None
    """Environment variables, by name; what is no text goes in as JSON, and what is null is left out."""


@node()
class Subflow:
    """Another workflow to be run."""

    namespace: str
    """The namespace of the workflow."""
    name: str
    """The name of the workflow."""
    version: str = "latest"
    """The version of the workflow; `latest` is the highest one that the run carries."""
    input: Maybe[Free] = None
    """The input of the workflow; an empty object when absent."""


@node()
class ContainerSettings(ProcessSettings):
    """A container and how it is run."""

    container: Container
    """The container that is run."""


@node()
class ScriptSettings(ProcessSettings):
    """A script and how it is run."""

    script: Script
    """The script that is run."""


@node()
class ShellSettings(ProcessSettings):
    """A shell command and how it is run."""

    shell: Shell
    """The command that is run."""


@node()
class WorkflowSettings(ProcessSettings):
    """Another workflow and how it is run."""

    workflow: Subflow
    """The workflow that is run."""


@node()
class ContainerRun(TaskCommon):
    """Runs a container.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#container-process

    An exit code other than zero is a `runtime` error, unless `return` is `code` or `all`. A worker's policy must allow it. It needs
    Docker and the extra `docker` where the worker runs. A container outlives its worker: another one goes on with it.
    """

    KEY: ClassVar[str] = "run.container"

    run: ContainerSettings
    """What is run, how, and what of it is put out."""


@node()
class ScriptRun(TaskCommon):
    """Runs a script.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#script-process

    An exit code other than zero is a `runtime` error, unless `return` is `code` or `all`. A worker's policy must allow it. The script
    runs in a process and a folder of its own, with nothing of the worker's environment, and within limits of time, memory and output.
    """

    KEY: ClassVar[str] = "run.script"

    run: ScriptSettings
    """What is run, how, and what of it is put out."""


@node()
class ShellRun(TaskCommon):
    """Runs a shell command.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#shell-process

    An exit code other than zero is a `runtime` error, unless `return` is `code` or `all`. A worker's policy must allow it. The command
    runs in a folder of its own, with nothing of the worker's environment, and within limits of time, memory and output.
    """

    KEY: ClassVar[str] = "run.shell"

    run: ShellSettings
    """What is run, how, and what of it is put out."""


@node()
class WorkflowRun(TaskCommon):
    """Runs another workflow.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#workflow-process

    It is a child workflow in Temporal. Its output stands for `stdout`. The run carries the other document along: `run --with` and
    `submit --with` name its file.
    """

    KEY: ClassVar[str] = "run.workflow"

    run: WorkflowSettings
    """What is run, and whether it is waited for."""
