"""What an effect is asked to do, with nothing left to look up: deferred texts evaluated, credentials found."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activities.authentication import Authorization, authorize
from activities.redact import PLACEHOLDER, Redaction, leaves
from activities.secrets import Secrets
from interpreter.defaults import EXCHANGE_TIMEOUT
from interpreter.deferred import masked, part, resolve, rest
from interpreter.evaluator import Evaluator
from interpreter.templates import DEFERRED
from interpreter.values import Json

AUTHENTICATIONS = ("/authentication", "/document/authentication")
"""Where an effect's `with` may hold a policy: that of the call, and that of the document (OpenAPI, proto, …) which describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One attempt of an effect. `with_` may hold secrets: it goes out, and nowhere else."""

    key: str
    """The idempotency key, the same for every attempt."""
    with_: Json
    shown: Json
    """`with_` for people and histories: a placeholder stands where something was that only the activity may know."""
    authorizations: Mapping[str, Authorization]
    """By the pointer in the effect's `with` where the policy stood; see `AUTHENTICATIONS`."""
    secrets: Mapping[str, Json]
    within: float
    """Seconds that one exchange with a peer may take."""
    redaction: Redaction

    @property
    def authorization(self) -> Authorization | None:
        """The credentials of the call itself."""
        return self.authorizations.get("/authentication")


class Preparation:
    """Makes invocations from activities' arguments."""

    def __init__(self, environment: Mapping[str, str], evaluator: Evaluator) -> None:
        self._environment = environment
        self._evaluator = evaluator

    async def invocation(self, arguments: Json, redaction: Redaction) -> Invocation:
        """The invocation; `redaction` learns every secret read and every value made of one. Expressions are evaluated in a thread."""
        if arguments.get("deferred"):
            return await asyncio.to_thread(self._invocation, arguments, redaction)
        return self._invocation(arguments, redaction)

    def _invocation(self, arguments: Json, redaction: Redaction) -> Invocation:
        secrets = Secrets(arguments.get("secrets") or (), self._environment, redaction)

        def evaluate(expressions: Sequence[str], dot: Json, variables: Mapping[str, Json]) -> list[Json]:
            values = self._evaluator.evaluate(expressions, dot, variables, arguments.get("now", 0), arguments["reference"]).values
            plain = {name: value for name, value in variables.items() if name not in DEFERRED}
            redaction.hide(values, known={*leaves(dot), *leaves(plain)})
            return values

        authorizations, remaining = {}, arguments
        for place in AUTHENTICATIONS:
            policy = resolve(part(arguments, place), evaluate, secrets)
            if policy is not None:
                authorizations[place] = authorize(policy, secrets)
                redaction.hide(authorizations[place].parameter)
                remaining = rest(remaining, place)
        own = authorizations.get("/authentication")
        described = None if own is None else own.as_json()
        return Invocation(
            key=arguments["key"],
            with_=resolve(remaining, evaluate, secrets, described),
            shown=masked(remaining, PLACEHOLDER),
            authorizations=authorizations,
            secrets=secrets,
            within=arguments.get("timeout", EXCHANGE_TIMEOUT) / 1000,
            redaction=redaction,
        )
