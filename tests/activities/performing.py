"""Runs one activity as a worker would, without a server."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.assembly import assembled
from activities.authentication.tokens import Tokens
from activities.http.client import Http
from activities.http.clients import Clients
from activities.invocation import Preparation
from activities.policy import Policy, everything
from activities.secrets.environment import Environment
from interpreter.effects import CALL_HTTP
from interpreter.evaluator import Evaluated, Held
from interpreter.faults import fault
from tests.counterparts import Counterpart
from tests.settings import Settings


class Paths:
    """An evaluator that knows `.`, `$name.a.b`, `error` and `stop`."""

    def __init__(self) -> None:
        self.stops = 0

    def evaluate(self, expressions: Any, dot: Any, variables: Any, now: int, place: str, **_: Any) -> Evaluated:
        return Evaluated([self._one(expression, dot, variables) for expression in expressions], 0)

    def _one(self, expression: str, dot: Any, variables: Any) -> Any:
        if expression.startswith("error"):
            raise fault("expression", f"jq: error: {variables} cannot be added")
        if expression.startswith("stop"):
            self.stops += 1
            raise Held("too long", place="/", counted=True)
        head, *path = expression.split(".")
        value = variables[head[1:]] if head else dot
        for name in filter(None, path):
            value = value[name]
        return value

    def check(self, schema: Any, value: Any, place: str) -> str | None:
        raise NotImplementedError

    def matches(self, pattern: str, text: str, place: str) -> bool:
        raise NotImplementedError


def preparation(environment: Mapping[str, str] | None = None, evaluator: Any = None) -> Preparation:
    """What makes invocations where nothing is asked of the network."""
    return Preparation([Environment(environment or {})], evaluator or Paths(), Tokens(Http(Clients(), {})), Policy((everything(),)))


def arguments(with_: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"task": "t", "reference": "/do/0/t", "key": "key-1", "with": with_, **more}


def environment(**info: Any) -> ActivityEnvironment:
    found = ActivityEnvironment()
    found.info = dataclasses.replace(found.info, **{"heartbeat_timeout": timedelta(seconds=30), **info})
    return found


async def performed(kind: str, given: dict[str, Any], settings: Settings | None = None, env: ActivityEnvironment | None = None) -> Any:
    """What the activity returns; raises what it raises."""
    async with assembled(settings or Settings(), Paths()) as activities:
        chosen = {one.__temporal_activity_definition.name: one for one in activities}[kind]  # type: ignore[attr-defined]
        return await (env or environment(activity_type=kind)).run(chosen, given)


def perform(kind: str, given: dict[str, Any], settings: Settings | None = None, env: ActivityEnvironment | None = None) -> Any:
    return asyncio.run(performed(kind, given, settings, env))


def failure(kind: str, given: dict[str, Any], settings: Settings | None = None, env: ActivityEnvironment | None = None) -> ApplicationError:
    """The failure of the activity, which must not succeed."""
    try:
        value = perform(kind, given, settings, env)
    except ApplicationError as error:
        return error
    raise AssertionError(f"no failure, but {value!r}")


def problem(kind: str, given: dict[str, Any], settings: Settings | None = None, env: ActivityEnvironment | None = None) -> dict[str, Any]:
    """The problem of a final failure."""
    error = failure(kind, given, settings, env)
    assert error.non_retryable
    return error.details[0]


def http(counterpart: Counterpart, path: str, **members: Any) -> dict[str, Any]:
    """The `with` of a call to the counterpart."""
    return {"method": "get", "uri": counterpart.origin + path, "output": "content", "redirect": False, **members}


def call(counterpart: Counterpart, path: str, **members: Any) -> Any:
    """What a call to the counterpart gives."""
    return perform(CALL_HTTP, arguments(http(counterpart, path, **members)))


def trouble(counterpart: Counterpart, path: str, **members: Any) -> tuple[str, int, str, str]:
    """Type (its last part), status, title and detail of what a call to the counterpart fails with."""
    found = problem(CALL_HTTP, arguments(http(counterpart, path, **members)))
    return found["type"].rpartition("/")[2], found["status"], found["title"], found["detail"]
