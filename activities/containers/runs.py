"""The runs that containers belong to, as the server knows them."""

from __future__ import annotations

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode


class Runs:
    """The runs of the namespace that a worker serves."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._namespace: str | None = None

    async def namespace(self) -> str:
        """The namespace's id, which no other has, on any server."""
        if self._namespace is None:
            asked = DescribeNamespaceRequest(namespace=self._client.namespace)
            self._namespace = (await self._client.workflow_service.describe_namespace(asked)).namespace_info.id
        return self._namespace

    async def waits(self, workflow: str, run: str, activity: str) -> bool:
        """Whether a run is open and waits for one of its activities, whoever performs it now."""
        try:
            found = await self._client.get_workflow_handle(workflow, run_id=run).describe()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return False
        pending = found.raw_description.pending_activities
        return found.status == WorkflowExecutionStatus.RUNNING and any(one.activity_id == activity for one in pending)
