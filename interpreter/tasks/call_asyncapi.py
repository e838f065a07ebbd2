"""`call: asyncapi`: one message is published, or messages are consumed by one bounded poll after the other.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#asyncapi-call
"""

from __future__ import annotations

from interpreter.defaults import POLL_MESSAGES, POLL_TIME
from interpreter.document.model import (
    AsyncApiArguments,
    AsyncApiCall,
    AsyncApiSubscription,
    Consume,
    ConsumeAmount,
    ConsumeUntil,
    ConsumeWhile,
)
from interpreter.effects import ASYNCAPI_END, ASYNCAPI_POLL, CALL_ASYNCAPI
from interpreter.endpoints import credentials, under
from interpreter.faults import PREFIX, Fault, fault
from interpreter.languages import Language
from interpreter.resources import handed
from interpreter.tasks.foreach import handle
from interpreter.values import Json, kind_of
from interpreter.visit import Request, Result, Visit

_WAY = "with/subscription"
_NOT_FREE = frozenset({"document", "subscription", "authentication"})
_NAMES = ("operation", "channel")


def execute(task: AsyncApiCall, visit: Visit) -> Result:
    """The message that was published, or the array of the messages that were consumed, each as `foreach` makes it."""
    subscription = task.with_.subscription
    if subscription is None:
        return Result(visit.perform(CALL_ASYNCAPI, lambda: _request(task.with_, visit, "publish")))
    return _consume(task.with_, subscription, visit)


def _request(given: AsyncApiArguments, visit: Visit, verb: str) -> Request:
    """Where the message goes or comes from, as activities get it: `{document, operation | channel, server?, protocol?, message?, authentication?}`."""
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/with")
    document = handed(visit, given.document, "with/document")
    policy, inner, reads_secrets = credentials(visit, raw.get("authentication"), "with/authentication")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, "with", without=_NOT_FREE)
    for name in _NAMES:
        if not isinstance(filled.get(name, ""), str):
            raise fault("expression", f"'{name}' must give a name, not {kind_of(filled[name])}")
    arguments: dict[str, Json] = {"document": document.arguments, **filled}
    if policy is not None:
        arguments["authentication"] = policy
    deferred = {
        **deferred,
        **under("/document", document.deferred),
        **under("/authentication", inner),
    }
    summary = f"{verb} {given.operation or given.channel}"
    return Request(arguments, deferred, summary, reads_secrets=reads_secrets or document.reads_secrets)


def _consume(given: AsyncApiArguments, subscription: AsyncApiSubscription, visit: Visit) -> Result:
    """Messages, one at a time, in the order in which they came.

    Frame: `got` (outputs), `n` (consumed so far), `read` (messages for a condition that counts them beside a `foreach`), `seen` (looked
    at so far), `closes` (when the period ends), `call` (the subscription as activities get it, evaluated once), `fifo` (what the last
    poll brought and nobody has looked at), `receipts` (of what was looked at since), `position` (where the next poll goes on),
    `polled`, `item`, `kid`, `result`, `shaped`, `exported` (one message being handled), `stop`, `then`.

    What a poll brought stands in the history before the next poll, or the end, acknowledges it.
    """
    frame = visit.frame
    if "got" not in frame:
        _begin(given, subscription, visit)
    while True:
        if "item" in frame:
            _handle(subscription, visit)
        elif frame["stop"]:
            if frame["polled"]:
                visit.perform(ASYNCAPI_END, lambda: _next(visit), repeatable=True)
                frame["polled"] = False
            return Result(frame["got"], frame["then"])
        elif frame["fifo"]:
            _take(subscription, visit)
        else:
            _poll(subscription.consume, visit)


def _begin(given: AsyncApiArguments, subscription: AsyncApiSubscription, visit: Visit) -> None:
    frame, policy = visit.frame, subscription.consume
    closes = None if policy.for_ is None else visit.now + visit.milliseconds(policy.for_, f"{_WAY}/consume/for")
    stop = _ends_before_the_first(policy, visit)
    if not stop:
        call = _request(given, visit, "consume")
        frame["call"] = [call.arguments, dict(call.deferred), call.summary, call.reads_secrets]
        visit.notice("waiting", events=f"messages of {given.operation or given.channel}")
    frame["closes"], frame["stop"], frame["polled"], frame["then"] = closes, stop, False, None
    frame["n"], frame["seen"], frame["fifo"], frame["receipts"], frame["position"] = 0, 0, [], [], None
    frame["got"] = []


def _next(visit: Visit, **poll: Json) -> Request:
    """The subscription's next effect: what was looked at is acknowledged by it, and it goes on from where the last one stopped."""
    frame = visit.frame
    arguments, deferred, summary, reads_secrets = frame["call"]
    arguments = {**arguments, **poll, "position": frame["position"], "receipts": frame["receipts"]}
    return Request(arguments, deferred, summary if poll else f"end of {summary}", reads_secrets=reads_secrets)


def _poll(policy: Consume, visit: Visit) -> None:
    """Have the next messages fetched; when the period is over, that was all."""
    frame = visit.frame
    if "effect" not in frame and frame["closes"] is not None and frame["closes"] <= visit.now:
        frame["stop"] = True
        return
    brought = visit.perform(ASYNCAPI_POLL, lambda: _poll_request(policy, visit))
    frame["polled"], frame["fifo"], frame["receipts"], frame["position"] = True, list(brought["messages"]), [], brought["position"]


def _poll_request(policy: Consume, visit: Visit) -> Request:
    frame = visit.frame
    left = policy.amount - frame["n"] if isinstance(policy, ConsumeAmount) else POLL_MESSAGES
    wait = POLL_TIME if frame["closes"] is None else min(POLL_TIME, frame["closes"] - visit.now)
    return _next(visit, most=min(left, POLL_MESSAGES), wait=wait)


def _take(subscription: AsyncApiSubscription, visit: Visit) -> None:
    """Look at the next message; what the filter does not let through is acknowledged all the same."""
    frame = visit.frame
    visit.run.step()
    brought = frame["fifo"][0]
    meant = subscription.filter is None or _admits(subscription.filter, visit, brought["message"])
    del frame["fifo"][0]
    frame["seen"] += 1
    frame["receipts"].append(brought["receipt"])
    if meant:
        frame["item"] = brought["message"]


def _admits(filter: str, visit: Visit, message: Json) -> bool:
    """Whether a message passes; one on which the expression fails does not: somebody else's message must not end the run."""
    try:
        return visit.place.holds(filter, message, f"{_WAY}/filter[{visit.frame['seen']}]")
    except Fault as error:
        if error.problem.type != f"{PREFIX}expression":
            raise
        return False


def _handle(subscription: AsyncApiSubscription, visit: Visit) -> None:
    """Handle the message, and see whether it was the last."""
    frame, policy = visit.frame, subscription.consume
    kept, counted = not _endless(policy, visit.place.language), not isinstance(policy, ConsumeAmount)
    then = handle(subscription.foreach, visit, f"{_WAY}/foreach", kept=kept, counted=counted)
    if then == "end":
        frame["stop"], frame["then"] = True, "end"
    else:
        frame["stop"] = _enough(policy, visit)


def _ends_before_the_first(policy: Consume, visit: Visit) -> bool:
    match policy:
        case ConsumeAmount():
            return policy.amount <= 0
        case ConsumeWhile():
            return False
        case ConsumeUntil():
            return _holds(policy.until, visit, "until", 0, [])


def _enough(policy: Consume, visit: Visit) -> bool:
    """Whether the message just handled was the last; `.` is the array of the messages so far."""
    frame = visit.frame
    match policy:
        case ConsumeAmount():
            return bool(frame["n"] >= policy.amount)
        case ConsumeWhile():
            return not _holds(policy.while_, visit, "while", frame["n"], frame.get("read", frame["got"]))
        case ConsumeUntil():
            return _holds(policy.until, visit, "until", frame["n"], frame.get("read", frame["got"]))


def _holds(condition: str, visit: Visit, name: str, n: int, messages: Json) -> bool:
    constant = _CONSTANTS.get(visit.place.language.source(condition))
    return visit.place.holds(condition, messages, f"{_WAY}/consume/{name}[{n}]") if constant is None else constant


_CONSTANTS = {"true": True, "false": False}


def _endless(policy: Consume, language: Language) -> bool:
    """Whether nothing that is consumed, and no clock, can ever end it: then no list is kept."""
    if policy.for_ is not None or isinstance(policy, ConsumeAmount):
        return False
    return language.source(policy.while_) == "true" if isinstance(policy, ConsumeWhile) else language.source(policy.until) == "false"
