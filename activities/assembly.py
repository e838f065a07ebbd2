"""All activities of this package, as a worker registers them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from activities import call_asyncapi
from activities.allowed import allowed
from activities.asyncapi.sessions import Sessions
from activities.authentication.tokens import Tokens
from activities.boundary import Activity, effect
from activities.cache.results import Results
from activities.call_a2a import call_a2a
from activities.call_grpc import call_grpc
from activities.call_http import call_http
from activities.call_http_container import call_http_container
from activities.call_mcp import call_mcp
from activities.call_openapi import call_openapi
from activities.call_python import call_python
from activities.containers.containers import Containers
from activities.containers.docker import at_hand, docker
from activities.containers.runs import Runs
from activities.documents import Documents
from activities.emit import emit
from activities.fetch import fetch
from activities.grpc_.protos import Protos
from activities.http.client import Http
from activities.invocation import Perform, Preparation
from activities.process.processes import Processes
from activities.publish import publish
from activities.read_secrets import read_secrets
from activities.run_container import run_container
from activities.run_script import run_script
from activities.run_shell import run_shell
from activities.secrets.places import providers
from activities.settings import Settings
from interpreter.effects import (
    ASYNCAPI_END,
    ASYNCAPI_POLL,
    CALL_A2A,
    CALL_ASYNCAPI,
    CALL_GRPC,
    CALL_HTTP,
    CALL_MCP,
    CALL_OPENAPI,
    EMIT,
    FETCH,
    FUNCTION_ACTIVITY,
    FUNCTION_HTTP_CONTAINER,
    FUNCTION_PYTHON,
    READ_SECRETS,
    RUN_CONTAINER,
    RUN_SCRIPT,
    RUN_SHELL,
)
from interpreter.evaluator import Evaluator


@asynccontextmanager
async def assembled(settings: Settings, evaluator: Evaluator, client: Client | None = None) -> AsyncIterator[list[Activity]]:
    """The activities, with what they share (connections, secrets, expressions), for as long as a worker runs them.

    With the worker's `client` they find out which containers a lost worker has left behind.
    """
    async with (
        Http.opened(settings.origins) as http,
        Processes.opened(settings.process) as processes,
        Containers.opened(docker, at_hand, None if client is None else Runs(client)) as containers,
        Sessions.opened() as sessions,
        Results.opened(settings.cache, settings.origins) as results,
    ):
        preparation = Preparation(providers(settings.secrets, settings.environment, http), evaluator, Tokens(http), settings.policy)
        documents, protos = Documents(http), Protos()
        sites = call_asyncapi.Sites(documents, http, settings.origins)

        def kept(kind: str, perform: Perform) -> Activity:
            return effect(kind, results.around(kind, perform), preparation)

        yield [
            kept(CALL_HTTP, lambda invocation: call_http(invocation, http)),
            kept(CALL_GRPC, lambda invocation: call_grpc(invocation, documents, protos, settings.origins)),
            kept(CALL_MCP, lambda invocation: call_mcp(invocation, http, settings.process)),
            kept(CALL_A2A, lambda invocation: call_a2a(invocation, http, documents)),
            kept(CALL_OPENAPI, lambda invocation: call_openapi(invocation, http, documents)),
            effect(CALL_ASYNCAPI, lambda invocation: call_asyncapi.publish(invocation, sites), preparation),
            effect(ASYNCAPI_POLL, lambda invocation: call_asyncapi.poll(invocation, sites, sessions), preparation),
            effect(ASYNCAPI_END, lambda invocation: call_asyncapi.end(invocation, sites, sessions), preparation),
            effect(EMIT, lambda invocation: emit(invocation, http, settings.event_sink), preparation),
            effect(FUNCTION_ACTIVITY, allowed, preparation),
            kept(FUNCTION_HTTP_CONTAINER, lambda invocation: call_http_container(invocation, containers)),
            kept(FUNCTION_PYTHON, lambda invocation: call_python(invocation, processes)),
            effect(FETCH, lambda invocation: fetch(invocation, http), preparation),
            effect(READ_SECRETS, read_secrets, preparation),
            publish(http, settings.event_sink),
            kept(RUN_CONTAINER, lambda invocation: run_container(invocation, containers)),
            kept(RUN_SCRIPT, lambda invocation: run_script(invocation, documents, processes)),
            kept(RUN_SHELL, lambda invocation: run_shell(invocation, processes)),
        ]
