"""The effects of `call: asyncapi`: a message is published; a subscription is polled, and ended.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#asyncapi-call
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from temporalio import activity

from activities.asyncapi import document as asyncapi
from activities.asyncapi.binding import Binding, binding_of
from activities.asyncapi.message import incoming, outgoing
from activities.asyncapi.sessions import Sessions
from activities.asyncapi.site import Site
from activities.documents import Documents, parsed
from activities.http.client import Http
from activities.invocation import Invocation
from activities.openapi.node import Node, Source
from interpreter.faults import fault
from interpreter.values import Json

_GOODBYE = 5.0
"""Seconds that the end of a cancelled subscription may take."""


class Sites:
    """Finds the site of a call in its AsyncAPI document."""

    def __init__(self, documents: Documents, http: Http, origins: Mapping[str, str]) -> None:
        self._documents = documents
        self._http = http
        self._origins = origins

    async def site(self, invocation: Invocation) -> Site:
        """The site; faults: as for reading the document, and `configuration` for what does not fit it."""
        text = await self._documents.text(invocation)
        shown = invocation.shown["document"]["uri"]
        raw = await asyncio.to_thread(parsed, text, shown)
        if not isinstance(raw, dict):
            raise fault("configuration", f"{shown} holds no object", title="AsyncAPI document not usable")
        root = Node(Source(raw, invocation.with_["document"]["uri"], shown, "AsyncAPI"), raw)
        return await self._site(root, invocation).looked_at()

    def _site(self, root: Node, invocation: Invocation) -> Site:
        with_ = invocation.with_
        place = asyncapi.place_of(root, with_)
        server = asyncapi.server_of(root, place, with_)
        address, wild = asyncapi.address_of(place, server.protocol, with_.get("message"))
        return Site(
            protocol=server.protocol,
            secure=server.secure,
            host=server.host,
            peer=server.host,
            port=server.port,
            path=server.path,
            address=address,
            wild=wild,
            options=asyncapi.options_of(place, server),
            content_type=asyncapi.content_type_of(root, place),
            correlation=asyncapi.correlation_of(place),
            schemes=asyncapi.schemes_of(root, server),
            authorization=invocation.authorization,
            certificate=invocation.certificate,
            redaction=invocation.redaction,
            key=invocation.key,
            within=invocation.within,
            http=self._http,
            origins=self._origins,
        )


async def publish(invocation: Invocation, sites: Sites) -> Json:
    """Publish `with.message`; gives it, with placeholders where secrets were."""
    site = await sites.site(invocation)
    await binding_of(site).publish(site, outgoing(site, invocation.with_["message"]))
    return invocation.shown["message"]


async def poll(invocation: Invocation, sites: Sites, sessions: Sessions) -> Json:
    """The next messages of a subscription: `{messages: [{message, receipt}], position}`.

    `with`: besides the place, `most` (how many at most), `wait` (ms for a first one), `position` and `receipts` (of what came before,
    all of it recorded by now: it is settled first). When the run does not want the subscription any more, it is removed from the server.
    """
    with_ = invocation.with_
    site = await sites.site(invocation)
    binding = binding_of(site)
    try:
        messages, position = await sessions.poll(
            site.key, lambda at: binding.subscribe(site, at), with_["position"], with_["receipts"], with_["most"], with_["wait"] / 1000
        )
    except asyncio.CancelledError:
        details = activity.cancellation_details()
        if details is not None and (details.cancel_requested or details.not_found):
            await _leave(site, binding, with_, sessions)
        raise
    brought = [{"message": incoming(site, one), "receipt": one.receipt} for one in messages]
    return {"messages": brought, "position": position}


async def end(invocation: Invocation, sites: Sites, sessions: Sessions) -> Json:
    """Settle the last messages of a subscription (`receipts`), and remove it from the server. Gives null."""
    with_ = invocation.with_
    site = await sites.site(invocation)
    binding = binding_of(site)
    await sessions.end(site.key, lambda at: binding.subscribe(site, at), with_["position"], with_["receipts"], keeps=binding.KEEPS)


async def _leave(site: Site, binding: Binding, with_: Json, sessions: Sessions) -> None:
    """Remove a subscription that nobody wants any more, if that can be done soon; else it expires at the server."""
    position = with_["position"] or {"mark": None, "at": None}
    try:
        async with asyncio.timeout(_GOODBYE):
            await sessions.end(site.key, lambda at: binding.subscribe(site, at), position, with_["receipts"], keeps=binding.KEEPS)
    except Exception:  # noqa: BLE001 - the run has ended already; nobody is left to be told
        activity.logger.info("a cancelled subscription stays at %s until it expires there", site.shown)
