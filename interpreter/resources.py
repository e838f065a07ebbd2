"""External resources: carried by the run, fetched before by this run, or fetched now.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#external-resource
"""

from __future__ import annotations

from interpreter.document.model import ExternalResource
from interpreter.effects import FETCH
from interpreter.endpoints import Target, target
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


def handed(visit: Visit, resource: ExternalResource, member: str) -> Target:
    """A resource that an activity reads: `{uri, authentication?}`, or `{uri, content}` where this run carries it.

    Unlike `text_of` it leaves no trace in the run's state: what is large, or read by the activity only, stays out of history.
    """
    found = target(visit, resource.endpoint, f"{member}/endpoint")
    uri = found.arguments["uri"]
    if "/uri" not in found.deferred and uri in visit.run.host.resources:
        return Target({"uri": uri, "content": visit.run.host.resources[uri]}, {}, found.shown, reads_secrets=False)
    return found


def _known(visit: Visit, resource: ExternalResource, pointer: str) -> str | None:
    """The text, if this run has it; else the effect that fetches it stands in the frame."""
    found = target(visit, resource.endpoint, f"{pointer}/endpoint")
    uri = found.arguments["uri"]
    if "/uri" not in found.deferred:
        for texts in (visit.run.host.resources, visit.run.state["resources"]):
            if uri in texts:
                return str(texts[uri])
    request = Request(found.arguments, found.deferred, f"GET {found.shown}", reads_secrets=found.reads_secrets)
    visit.want(FETCH, request, repeatable=True, slot="fetch")
    return None
