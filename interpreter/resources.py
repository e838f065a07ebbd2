"""External resources: carried by the run, fetched before by this run, or fetched now.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#external-resource
"""

from __future__ import annotations

from interpreter.document.model import EndpointParts, ExternalResource
from interpreter.effects import FETCH
from interpreter.endpoints import credentials, shown, uri_of
from interpreter.visit import Request, Visit


def text_of(visit: Visit, resource: ExternalResource, pointer: str) -> str:
    """The text of an external resource that stands at `pointer` below the task; blocks while it is being fetched.

    Once fetched, it is the same for the rest of the run.
    """
    endpoint = resource.endpoint
    text = endpoint.uri if isinstance(endpoint, EndpointParts) else endpoint
    uri, deferred = uri_of(visit, text, pointer)
    for known in (visit.run.host.resources, visit.run.state["resources"]):
        if deferred is None and uri in known:
            return str(known[uri])

    def make() -> Request:
        stands = visit.run.definition.raw_at(f"{visit.scope.pointer}/{pointer}/endpoint")
        policy, inner, reads_secrets = credentials(
            visit, stands.get("authentication") if isinstance(stands, dict) else None, f"{pointer}/authentication"
        )
        left = {f"/authentication{place}": needs for place, needs in inner.items()}
        if deferred is not None:
            left["/uri"] = deferred
        arguments = {"uri": uri} if policy is None else {"uri": uri, "authentication": policy}
        return Request(arguments, left, f"GET {shown(text)}", reads_secrets=reads_secrets)

    fetched = visit.perform(FETCH, make, repeatable=True, slot="fetch")
    if deferred is None:
        visit.run.state["resources"][uri] = fetched["content"]
    return str(fetched["content"])
