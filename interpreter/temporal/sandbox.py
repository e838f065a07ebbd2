"""The workflow sandbox: the thin shell runs in it, the pure core and its libraries are passed through."""

from __future__ import annotations

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "interpreter",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_inspection",
    "yaml",
    "jq",
    "jsonschema",
    "jsonschema_rs",
    "referencing",
    "rpds",
    "attr",
    "attrs",
    "opentelemetry",
)


def runner() -> SandboxedWorkflowRunner:
    """The runner for workers and replays. The core is pure by contract, so sharing it keeps identity, caches and speed."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))
