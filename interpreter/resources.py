"""External resources: carried by the run, fetched before by this run, or fetched now.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#external-resource
"""

from __future__ import annotations

from interpreter.document.model import EndpointParts, ExternalResource
from interpreter.effects import FETCH
from interpreter.endpoints import credentials, shown, uri_of
from interpreter.faults import fault
from interpreter.visit import Request, Visit


def text_of(visit: Visit, resource: ExternalResource, pointer: str) -> str:
    """The text of an external resource that stands at `pointer` below the task; blocks while it is being fetched.

    Once fetched, it is the same for the rest of the run.
    """
    if "fetch" not in visit.frame:
        known = _known(visit, resource, pointer)
        if known is not None:
            return known
    uri = visit.frame["fetch"]["args"]["with"]["uri"]
    names_secrets = "/uri" in visit.frame["fetch"]["args"].get("deferred", {})
    fetched = visit.answer("fetch")
    if "content" not in fetched:
        raise fault("configuration", f"the resource at {uri} is larger than a run can keep; schemas must be smaller")
    if names_secrets:
        return str(fetched["content"])
    # A sibling may have had its answer before: then that is the resource.
    return str(visit.run.state["resources"].setdefault(uri, fetched["content"]))


def _known(visit: Visit, resource: ExternalResource, pointer: str) -> str | None:
    """The text, if this run has it; else the effect that fetches it stands in the frame."""
    endpoint = resource.endpoint
    text = endpoint.uri if isinstance(endpoint, EndpointParts) else endpoint
    uri, deferred = uri_of(visit, text, pointer)
    if deferred is None:
        for texts in (visit.run.host.resources, visit.run.state["resources"]):
            if uri in texts:
                return str(texts[uri])
    stands = visit.run.definition.raw_at(f"{visit.scope.pointer}/{pointer}/endpoint")
    policy = stands.get("authentication") if isinstance(stands, dict) else None
    filled, inner, reads_secrets = credentials(visit, policy, f"{pointer}/authentication")
    left = {f"/authentication{place}": needs for place, needs in inner.items()}
    if deferred is not None:
        left["/uri"] = deferred
    arguments = {"uri": uri} if filled is None else {"uri": uri, "authentication": filled}
    visit.want(FETCH, Request(arguments, left, f"GET {shown(text)}", reads_secrets=reads_secrets), repeatable=True, slot="fetch")
    return None
