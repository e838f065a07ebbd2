"""Documents that meet a continuation in every place where one can be met, with what the world does and how they must end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from interpreter.faults import fault
from interpreter.values import Json
from tests.temporal.house import Answer, call, document
from tests.temporal.test_children import child, runs
from tests.temporal.test_signals import event

DOWN = fault("communication", status=503)
COUNTED = {"as": "${ $context + {n: (($context.n // 0) + 1)} }"}
SCHEMA = {"resource": {"endpoint": "http://localhost/schema"}}
FETCHED = {"uri": "http://localhost/schema", "digest": "0", "content": '{"required": ["n"]}'}
NEVER = {"listen": {"to": {"one": {"with": {"type": "never"}}}}}


@dataclass(frozen=True, kw_only=True)
class Story:
    """`ends` is the output, or the type of the error."""

    name: str
    do: tuple[Json, ...]
    ends: Json
    runs: int
    """How many runs the chain has at least when it continues whenever it can."""
    answers: Callable[[], Mapping[str, Answer]] = dict
    events: tuple[Json, ...] = ()
    child: Json = None
    timeout: Json = None

    @property
    def root(self) -> Json:
        """The document."""
        return document(*self.do, **({"timeout": {"after": self.timeout}} if self.timeout else {}))


def in_turn(*answers: Answer) -> Callable[[Json], Any]:
    """One answer after the other."""
    left = list(answers)

    async def answer(_: Json) -> Answer:
        return left.pop(0)

    return answer


def milliseconds(count: int) -> Json:
    return {"milliseconds": count}


def loop(name: str, items: str, *do: Json, each: str = "item", **members: Json) -> Json:
    return {name: {"for": {"in": items, "each": each}, **members, "do": list(do)}}


def fork(name: str, *branches: Json, compete: bool = False, **members: Json) -> Json:
    return {name: {"fork": {"compete": compete, "branches": list(branches)}, **members}}


def hear(name: str, to: Json, **members: Json) -> Json:
    return {name: {"listen": {"to": to}, **members}}


STORIES = (
    Story(
        name="a loop in a loop, whose body changes what it was computed from",
        do=(
            loop(
                "outer", "${ .items }",
                loop("inner", "${ [range($x)] }", call("tick", export=COUNTED), each="y"),
                {"add": {"set": {"items": [], "sum": "${ ($context.n) * $x }"}}},
                each="x", **{"while": "${ ($context.n // 0) < 5 }"},
            ),
        ),
        answers=lambda: {"tick": {"n": 1}},
        ends={"items": [], "sum": 18},
        runs=6,
    ),
    Story(
        name="a fork whose branches call, wait and export",
        do=(
            fork(
                "all",
                {"a": {"do": [call("a1", export={"as": "${ $context + {a: .} }"}), call("a2"), {"nap": {"wait": milliseconds(20)}}, call("a3")]}},
                {"b": {"do": [{"nap": {"wait": milliseconds(50)}}, call("b1", export={"as": "${ $context + {b: .} }"}), call("b2")]}},
                hear("c", {"one": {"with": {"type": "approved"}}}),
            ),
            call("after"),
            {"tell": {"set": {"got": "${ . }", "context": "${ $context }"}}},
        ),
        answers=lambda: {"a1": 1, "a2": 2, "a3": 3, "b1": 4, "b2": 5, "after": "end"},
        events=(event("1", "heard"),),
        ends={"got": "end", "context": {"a": 1, "b": 4}},
        runs=2,
    ),
    Story(
        name="a competition in which one fails, two wait, and one wins",
        do=(
            fork(
                "first",
                {"bad": {"do": [call("b1"), call("broken")]}},
                {"slow": {"do": [{"nap": {"wait": {"hours": 1}}}, call("late")]}},
                {"deaf": NEVER},
                {"good": {"do": [call("g1"), call("g2"), call("g3"), call("g4", export={"as": "${ {won: .} }"})]}},
                compete=True,
            ),
            call("after"),
            {"tell": {"set": {"got": "${ . }", "context": "${ $context }"}}},
        ),
        answers=lambda: {"broken": DOWN, "g4": "good", "after": "end"},
        ends={"got": "end", "context": {"won": "good"}},
        runs=3,
    ),
    Story(
        name="a try that is tried four times, one that gives up, and one whose handler jumps",
        do=(
            {"a": {"try": [call("first"), {"count": {"set": {"n": 0}, "export": COUNTED}}, call("risky")], "catch": {
                "retry": {"delay": milliseconds(5), "backoff": {"exponential": {}}, "limit": {"attempt": {"count": 3}}},
            }}},
            {"b": {"try": [call("second"), call("broken")], "catch": {
                "as": "e",
                "retry": {"delay": milliseconds(1), "limit": {"attempt": {"count": 2}}},
                "do": [call("mend"), {"tell": {"set": {"because": "${ $e.status }"}, "export": {"as": "${ $context + {because: .because} }"}}}],
            }}},
            {"c": {"try": [call("broken2")], "catch": {}, "then": "over"}},
            call("never"),
            {"over": {"set": "${ $context }"}},
        ),
        answers=lambda: {"risky": in_turn(DOWN, DOWN, DOWN, "ok"), "broken": DOWN, "broken2": DOWN},
        ends={"n": 4, "because": 503},
        runs=8,
    ),
    Story(
        name="a listen that handles each event in its turn until another one comes, and one that counts",
        do=(
            hear(
                "each", {"any": [{"with": {"type": "approved"}}], "until": {"one": {"with": {"type": "stop"}}}},
                foreach={"item": "e", "at": "i", "do": [call("handle", export=COUNTED), {"keep": {"set": {"e": "${ $e }", "i": "${ $i }"}}}]},
            ),
            call("between", output={"as": "${ $input }"}, export={"as": "${ $context + {each: .} }"}),
            hear(
                "some", {"any": [{"with": {"type": "more"}}], "until": "${ length == 3 }"},
                foreach={"do": [call("handle2"), {"nap": {"wait": milliseconds(5)}}, {"keep": {"set": {"e": "${ $item }"}}}]},
            ),
            {"tell": {"set": {"some": "${ . }", "context": "${ $context }"}}},
        ),
        events=(*(event(f"a{n}", n) for n in range(4)), event("b", None, "stop"), *(event(f"c{n}", n, "more") for n in range(5))),
        ends={"some": [{"e": n} for n in range(3)], "context": {"n": 4, "each": [{"e": n, "i": n} for n in range(4)]}},
        runs=8,
    ),
    Story(
        name="a jump back out of a do in a do, and one that ends them",
        do=(
            {"outer": {"do": [
                {"inner": {"do": [
                    call("step", export=COUNTED),
                    {"again": {"switch": [{"more": {"when": "${ $context.n % 3 != 0 }", "then": "step"}}, {"done": {"then": "exit"}}]}},
                    call("never"),
                ]}},
                {"more": {"switch": [{"back": {"when": "${ $context.n < 6 }", "then": "inner"}}, {"done": {"then": "exit"}}]}},
                call("never2"),
            ]}},
            {"tell": {"set": "${ $context }"}},
        ),
        ends={"n": 6},
        runs=6,
    ),
    Story(
        name="a pending then: decided before what the task's schemas are held against is fetched",
        do=(
            {"a": {
                "do": [call("first"), {"n": {"set": {"n": 1}, "then": "exit"}}],
                "output": {"schema": SCHEMA}, "export": {"as": "${ {n: 7} }", "schema": SCHEMA}, "then": "over",
            }},
            call("never"),
            {"over": {"do": [call("second"), {"inner": {"do": [call("third")], "output": {"as": "${ {n: 2} }", "schema": {"resource": {"endpoint": "http://localhost/other"}}}, "then": "end"}}, call("never2")]}},
            call("never3"),
        ),
        answers=lambda: {"a": FETCHED, "inner": {**FETCHED, "uri": "http://localhost/other"}},
        ends={"n": 2},
        runs=4,
    ),
    Story(
        name="deadlines that pass in a later run than they were set in, the inner before the outer",
        do=(
            {"guarded": {"try": [{"outer": {"timeout": {"after": {"hours": 1}}, "do": [
                call("before"),
                {"inner": {"timeout": {"after": milliseconds(500)}, "do": [{"nap": {"wait": milliseconds(50)}}, {"again": {"set": "${ . }", "then": "nap"}}]}},
            ]}}], "catch": {"as": "e", "do": [call("caught"), {"tell": {"set": {"at": "${ $e.instance }"}}}]}}},
            call("after", output={"as": "${ $input }"}),
        ),
        ends={"at": "/do/0/guarded/try/0/outer/do/1/inner"},
        runs=3,
    ),
    Story(
        name="the deadline of the whole run",
        do=({"nap": {"wait": milliseconds(50)}}, {"again": {"set": "${ . }", "then": "nap"}}),
        timeout=milliseconds(500),
        ends="timeout",
        runs=2,
    ),
    Story(
        name="children: waited for alone, waited for beside others, and not waited for",
        do=(
            call("before"),
            runs({"n": 1}),
            fork("both", {"beside": runs({"n": 2})["go"]}, loop("ticks", "${ [range(3)] }", call("tick"))),
            {"left": runs({"n": 3}, run={"await": False})["go"]},
            call("after", output={"as": "${ $input }"}),
        ),
        child=child(call("in1"), call("in2"), {"nap": {"wait": milliseconds(20)}}, {"give": {"set": {"n": "${ $workflow.input.n * 10 }"}}}, call("in3", output={"as": "${ $input }"})),
        answers=lambda: {"tick": "ticked"},
        ends=[{"n": 20}, "ticked"],
        runs=3,
    ),
)  # fmt: skip
