"""The effect `call.a2a`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#a2a-call
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from activities.a2a_.agent import Agent, agent_of
from activities.a2a_.wire import NOT_SPOKEN, STREAMED, Version, method, over, parameters
from activities.authentication import Authorization
from activities.documents import Documents, parsed
from activities.http import message
from activities.http.client import Http, Request, Stream
from activities.http.content import decoded, is_json
from activities.http.events import MEDIA_TYPE, events
from activities.http.origins import origin_of
from activities.invocation import Invocation
from activities.jsonrpc import code_of, explained, request, result
from interpreter.faults import fault
from interpreter.values import Json

_SUCCESS = range(200, 300)


async def call_a2a(invocation: Invocation, http: Http, documents: Documents) -> Json:
    """The result of a method of an agent, for `message/stream` and `tasks/resubscribe` the array of the results until the stream ends.

    `with`: `{method, parameters?}` and `{uri, authentication?}` of the agent, `document` with its card, or both: then the card wins.
    What a card does not say is tried: version 0.x, and 1.0 where the agent does not know that. `runtime` faults for what the agent
    answers as an error, `communication` for one that is not there, breaks off or speaks something else.
    """
    agent = await _agent(invocation, documents)
    versions: tuple[Version, ...] = ("0.3", "1.0") if agent.version is None else (agent.version,)
    answers: list[Json] = []
    for version in versions:
        outgoing = _request(invocation, agent, version)
        async with http.stream(outgoing, within=invocation.within) as incoming:
            answers = await _answers(invocation, outgoing, incoming)
        if code_of(answers[0]) not in NOT_SPOKEN:
            break
    results = [result(one, invocation.with_["method"], invocation.redaction) for one in answers]
    return results if invocation.with_["method"] in STREAMED else results[0]


async def _agent(invocation: Invocation, documents: Documents) -> Agent:
    with_, shown = invocation.with_, invocation.shown
    if "document" not in with_:
        return Agent(uri=with_["uri"])
    card = parsed(await documents.text(invocation), shown["document"]["uri"])
    return agent_of(card, with_["document"]["uri"], shown["document"]["uri"])


def _request(invocation: Invocation, agent: Agent, version: Version) -> Request:
    with_ = invocation.with_
    params = parameters(with_["method"], with_.get("parameters"), version, invocation.key)
    if agent.tenant is not None:
        params = {"tenant": agent.tenant, **params}
    headers = {"Accept": f"application/json, {MEDIA_TYPE}", "Content-Type": "application/json"}
    if version == "1.0":
        headers["A2A-Version"] = version
    query: dict[str, Json] = {}
    authorization = _credentials(invocation, agent)
    if authorization is not None and agent.key is not None:
        place, name = agent.key
        match place:
            case "header":
                headers[name] = authorization.parameter
            case "cookie":
                headers["Cookie"] = f"{name}={authorization.parameter}"
            case "query":
                query[name] = authorization.parameter
        authorization = None
    body = request(invocation.key, method(with_["method"], version), params)
    shown = invocation.shown["uri"] if "document" not in with_ else agent.uri
    key = f"{invocation.key}/{version}"  # an agent that does not know one version must not take the other for a repetition
    sent = {"method": "POST", "uri": agent.uri, "headers": headers, "query": query, "body": body}
    return replace(message.request(sent, {"uri": shown}, key=key), authorization=authorization, certificate=invocation.certificate)


def _credentials(invocation: Invocation, agent: Agent) -> Authorization | None:
    """The credentials written at the server, else at the card; they go to no other origin than the one they were written for."""
    with_ = invocation.with_
    for place, written in (("/authentication", with_), ("/document/authentication", with_.get("document", {}))):
        found = invocation.authorizations.get(place)
        if found is not None and origin_of(urlsplit(written["uri"])) == origin_of(urlsplit(agent.uri)):
            return found
    return None


async def _answers(invocation: Invocation, outgoing: Request, incoming: Stream) -> list[Json]:
    """The answers in a response, at least one."""
    kind = incoming.headers.get("content-type")
    if incoming.status not in _SUCCESS:
        return [await explained(outgoing, incoming, invocation.redaction)]
    if is_json(kind):
        return [decoded((await incoming.answer(accepted=True)).body, kind)]
    found = []
    if (kind or "").partition(";")[0].strip().lower() == MEDIA_TYPE:
        async for event in events(incoming.pieces):
            if event.data:
                found.append(decoded(event.data.encode("utf-8", "replace"), "application/json"))
                if over(found[-1].get("result") if isinstance(found[-1], dict) else None):
                    break
    if not found:
        raise fault("communication", f"POST {outgoing.shown}: the answer is no JSON-RPC response", title="Response not understood")
    return found
