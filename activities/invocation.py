"""What an effect is asked to do, with nothing left to look up: deferred texts evaluated, credentials found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from activities.authentication import Authorization
from activities.authentication.policy import authorize
from activities.authentication.tokens import Tokens
from activities.http.certificates import Certificate, certificate
from activities.policy import Policy
from activities.redact import PLACEHOLDER, Redaction, leaves
from activities.secrets import Provider, Secrets
from interpreter.defaults import EXCHANGE_TIMEOUT
from interpreter.deferred import Evaluate, language_of, masked, part, resolve, rest, secrets_named
from interpreter.evaluator import Evaluator
from interpreter.faults import Problem
from interpreter.templates import DEFERRED
from interpreter.values import Json

AUTHENTICATIONS = ("/authentication", "/document/authentication")
"""Where an effect's `with` may hold a policy: that of the call, and that of the document (OpenAPI, proto, …) which describes it."""


def _to_nobody(make: Callable[[], Json]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One attempt of an effect. `with_` may hold secrets: it goes out, and nowhere else."""

    task: str
    """The task's name."""
    key: str
    """The idempotency key, the same for every attempt."""
    with_: Json
    shown: Json
    """`with_` for people and histories: a placeholder stands where something was that only the activity may know."""
    authorizations: Mapping[str, Authorization]
    """By the pointer in the effect's `with` where the policy stood; see `AUTHENTICATIONS`."""
    certificate: Certificate | None
    """What the worker shows to a peer that asks for a certificate."""
    secrets: Secrets
    within: float
    """Seconds that one exchange with a peer may take."""
    redaction: Redaction
    timeout: float | None = None
    """Seconds that the whole task may take, where its document says so."""
    cache: Json = None
    """What is wanted from the result cache, if anything (`interpreter.caching`)."""
    carried: Sequence[str] = ()
    """Hashes of what the run carries beside its document."""
    deferring: bool = False
    """Whether something was put into `with_` that only the activity may know."""
    tell: Callable[[Callable[[], Json]], None] = _to_nobody
    """From now on every sign of life carries what the given function gives, for whoever looks on, and for the next attempt."""

    @property
    def authorization(self) -> Authorization | None:
        """The credentials of the call itself."""
        return self.authorizations.get("/authentication")


Perform = Callable[[Invocation], Awaitable[Json]]
"""An effect: what it gives, or a fault."""


class Preparation:
    """Makes invocations from activities' arguments."""

    def __init__(self, providers: Sequence[Provider], evaluator: Evaluator, tokens: Tokens, policy: Policy) -> None:
        self._providers = providers
        self._evaluator = evaluator
        self._tokens = tokens
        self.policy = policy
        """What documents may have this worker do."""

    async def invocation(self, arguments: Json, redaction: Redaction) -> Invocation:
        """The invocation; `redaction` learns every secret read and every value made of one. Expressions are evaluated in a thread."""
        secrets = Secrets(arguments.get("secrets") or (), self._providers, redaction)
        known = await secrets.read(secrets_named(arguments, secrets.declared))
        filled = partial(self._filled, self._evaluating(arguments, redaction), known)
        authorizations, remaining = {}, arguments
        for place in AUTHENTICATIONS:
            policy = await filled(part(arguments, place))
            if policy is not None:
                authorizations[place] = await authorize(policy, secrets, self._tokens, redaction)
                remaining = rest(remaining, place)
        own = authorizations.get("/authentication")
        named = arguments.get("certificate")
        return Invocation(
            task=arguments["task"],
            key=arguments["key"],
            with_=await filled(remaining, None if own is None else own.as_json()),
            shown=masked(remaining, PLACEHOLDER),
            authorizations=authorizations,
            certificate=None if named is None else certificate(named, await secrets.value(named)),
            secrets=secrets,
            within=arguments.get("timeout", EXCHANGE_TIMEOUT) / 1000,
            redaction=redaction,
            timeout=arguments["timeout"] / 1000 if "timeout" in arguments else None,
            cache=arguments.get("cache"),
            carried=arguments.get("carried", ()),
            deferring=bool(remaining.get("deferred")),
        )

    def outdated(self, invocation: Invocation, problem: Problem) -> bool:
        """Whether a refusal may be due to tokens that the worker has kept; they are forgotten then."""
        if problem.status != HTTPStatus.UNAUTHORIZED:
            return False
        forgotten = [self._tokens.refused(one) for one in invocation.authorizations.values()]
        return any(forgotten)

    def _evaluating(self, arguments: Json, redaction: Redaction) -> Evaluate:
        def evaluate(expressions: Sequence[str], dot: Json, variables: Mapping[str, Json]) -> list[Json]:
            now, place, language = arguments.get("now", 0), arguments["reference"], language_of(arguments).name
            values = self._evaluator.evaluate(expressions, dot, variables, now, place, language=language, seed=arguments["key"]).values
            plain = {name: value for name, value in variables.items() if name not in DEFERRED}
            redaction.hide(values, known={*leaves(dot), *leaves(plain)})
            return values

        return evaluate

    async def _filled(self, evaluate: Evaluate, secrets: Mapping[str, Json], arguments: Json, authorization: Json = None) -> Json:
        if not arguments.get("deferred"):
            return arguments["with"]
        return await asyncio.to_thread(resolve, arguments, evaluate, secrets, authorization)
