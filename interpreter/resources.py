"""External resources: carried by the run, fetched before by this run, or fetched now.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#external-resource
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from interpreter.defaults import RESOURCE_BYTES
from interpreter.document.model import ExternalResource
from interpreter.effects import FETCH
from interpreter.endpoints import Target, target
from interpreter.faults import Fault, fault
from interpreter.values import Json
from interpreter.visit import Request, Visit

NOT_FOUND = 404


class Text(NamedTuple):
    """The text of a resource, and where it was found."""

    uri: str
    text: str


def text_of(visit: Visit, resource: ExternalResource, pointer: str) -> str:
    """The text of an external resource that stands at `pointer` below the task; blocks while it is being fetched.

    Once fetched, it is the same for the rest of the run.
    """
    return fetched(visit, lambda: (target(visit, resource.endpoint, f"{pointer}/endpoint"), ())).text


def fetched(visit: Visit, find: Callable[[], tuple[Target, tuple[str, ...]]]) -> Text:
    """The same for what is found at a target, or else (where that answers 404) at one of the other addresses, in their order.

    `find` is asked once, before anything is fetched.
    """
    frame = visit.frame
    if "fetch" not in frame:
        found, elsewhere = find()
        known = _known(visit, found, elsewhere)
        if known is not None:
            return known
        visit.want(FETCH, _request(found.arguments, found.deferred, found.shown, reads=found.reads_secrets), repeatable=True, slot="fetch")
        if elsewhere:
            frame["elsewhere"] = list(elsewhere)
    while True:
        asked = frame["fetch"]
        try:
            answer = visit.answer("fetch")
        except Fault as error:
            if error.problem.status != NOT_FOUND or not frame.get("elsewhere"):
                raise
            _ask_elsewhere(visit, asked)
            continue
        frame.pop("elsewhere", None)
        return _kept(visit, asked["args"], answer)


def _ask_elsewhere(visit: Visit, asked: Json) -> None:
    uri, *visit.frame["elsewhere"] = visit.frame["elsewhere"]
    arguments = asked["args"]
    shown = asked["summary"].rpartition("GET ")[2]
    request = _request({**arguments["with"], "uri": uri}, arguments.get("deferred", {}), shown, reads="secrets" in arguments)
    visit.want(FETCH, request, repeatable=True, slot="fetch")


def _kept(visit: Visit, arguments: Json, answer: Json) -> Text:
    """What was fetched, now the same for the rest of the run; not so what has a secret in its address."""
    uri = arguments["with"]["uri"]
    if "content" not in answer:
        raise fault("configuration", f"the resource at {uri} is larger than a run can keep ({RESOURCE_BYTES:,} bytes)")
    if "/uri" in arguments.get("deferred", {}):
        return Text(uri, str(answer["content"]))
    # A sibling may have had its answer before: then that is the resource.
    return Text(uri, str(visit.run.state["resources"].setdefault(uri, answer["content"])))


def _request(arguments: Json, deferred: Mapping[str, Json], shown: str, *, reads: bool) -> Request:
    return Request(arguments, deferred, f"GET {shown}", reads_secrets=reads)


def handed(visit: Visit, resource: ExternalResource, member: str) -> Target:
    """A resource that an activity reads: `{uri, authentication?}`, or `{uri, content}` where this run carries it.

    Unlike `text_of` it leaves no trace in the run's state: what is large, or read by the activity only, stays out of history.
    """
    found = target(visit, resource.endpoint, f"{member}/endpoint")
    uri = found.arguments["uri"]
    if "/uri" not in found.deferred and uri in visit.run.host.resources:
        return Target({"uri": uri, "content": visit.run.host.resources[uri]}, {}, found.shown, reads_secrets=False)
    return found


def _known(visit: Visit, found: Target, elsewhere: tuple[str, ...]) -> Text | None:
    """The text, if this run has it from one of its addresses."""
    if "/uri" in found.deferred:
        return None
    for uri in (found.arguments["uri"], *elsewhere):
        for texts in (visit.run.host.resources, visit.run.state["resources"]):
            if uri in texts:
                return Text(uri, str(texts[uri]))
    return None
