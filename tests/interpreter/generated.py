"""Documents and worlds made from a seed, for properties that must hold for every document."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from random import Random
from typing import Any

from interpreter.document.load import define
from interpreter.effects import Effect
from interpreter.values import Json
from tests.fakes import After, Answer
from tests.interpreter.documents import CALL, HEADER, custom, event, failing
from tests.interpreter.interruption import Scene

DEPTH = 3
COUNT = "$context + { n: (($context.n // 0) + 1) }"
CONDITIONS = (".n > 2", "($context.n // 0) < 3", "($context.n // 0) % 2 == 0", "true", "false", "$context.absent")


AROUND = 0.3
"""The share of documents with a function, and with an extension."""

OUTSIDE = ("set", "wait", "call", "emit", "wait", "call", "listen")
INSIDE = ("set", "wait", "wait", "raise")
"""Kinds of plain tasks: with those that need the outside world, and those for which only time goes by."""


def scene(seed: int, *, plain: tuple[str, ...] = OUTSIDE) -> Scene:
    """A document of nested tasks, and a world in which calls take their time and fail, and events come when they come."""
    random = Random(seed)
    author = _Author(random, plain)
    root: dict[str, Json] = {"timeout": {"after": {"seconds": random.randint(10, 90)}}} if random.random() < 0.5 else {}
    tasks = author.list(0)
    around = Random(f"{seed} around")
    if around.random() < AROUND:
        root["use"] = {"functions": {"f": author.entry_body(DEPTH - 1)}, "extensions": _extensions(around, author)}
        author.calling(tasks, around)
    return Scene(
        name=f"seed {seed}",
        definition=define({"document": HEADER, **root, "do": tasks}),
        input={"n": random.randint(0, 3)},
        answers=lambda: {"call.http": _Answers(seed), "emit": _Answers(seed)},
        events=tuple(
            (500 * random.randint(0, 60), event(random.choice("tuv"), random.randint(0, 3), id=str(at)))
            for at in range(random.randint(0, 12))
        ),
        steps=random.choice((1, 4, 20_000, 20_000)),
    )


def _extensions(random: Random, author: _Author) -> Json:
    """One around tasks of some kind; of those that call, wait or set, else there would be no end of tasks."""
    skips = {"skip": {"set": {"n": 9}, "if": random.choice(CONDITIONS), "then": "exit"}}
    parts: dict[str, Json] = {"before": [author.plain_entry(), skips], "after": [author.plain_entry()]}
    kept = {part: parts[part] for part in random.sample(sorted(parts), random.randint(1, 2))}
    return [{"around": {"extend": random.choice(("call", "wait", "set", "composite")), "when": random.choice(CONDITIONS), **kept}}]


class _Answers:
    """Answers drawn for an effect and how often it was asked, the same in every run of a scene."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked: Counter[str] = Counter()

    def __call__(self, effect: Effect) -> Answer | After:
        self._asked[effect.id] += 1
        random = Random(sha256(json.dumps([self._seed, effect.id, self._asked[effect.id]]).encode()).digest())
        outcome = random.random()
        answer: Any = {"n": random.randint(0, 5)}
        if outcome < 0.12:
            answer = failing("communication", random.choice((500, 503)))
        elif outcome < 0.14:
            answer = custom("https://example.com/e", 418)
        return After(500 * random.randint(0, 8), answer)


class _Author:
    """Writes task lists; every task has a name of its own."""

    def __init__(self, random: Random, plain: tuple[str, ...]) -> None:
        self.random = random
        self.plain = plain
        self.written = 0

    def list(self, depth: int) -> Json:
        """Some tasks, perhaps with a way back: counted in the context, so that it is not taken for ever."""
        tasks = [self.entry(depth) for _ in range(self.random.randint(2 if depth else 4, 4 if depth < DEPTH else 2))]
        names = [next(iter(task)) for task in tasks]
        for at, task in enumerate(tasks):
            if self.random.random() < 0.12:
                task[names[at]]["then"] = self.random.choice(["exit", "end", "continue", *names[at + 1 :]])
        if self.random.random() < 0.15:
            back = {"switch": [{"again": {"when": "($context.n // 0) < 4", "then": names[0]}}]}
            tasks += [{self.name("count"): {"set": "${ . }", "export": {"as": COUNT}}}, {self.name("back"): back}]
        return tasks

    def name(self, kind: str) -> str:
        """A new name."""
        self.written += 1
        return f"{kind}{self.written}"

    def entry(self, depth: int) -> dict[str, Any]:
        """A task of some kind with some of the members every task may have."""
        composite = ("do", "for", "fork", "try", "try", "try", "fork")
        kind = "raise" if self.random.random() < 0.02 else self.random.choice(self.plain if depth >= DEPTH else self.plain + composite)
        task = getattr(self, f"_{kind}")(depth)
        chance = self.random.random
        if chance() < 0.15:
            task["if"] = self.random.choice(CONDITIONS)
        if chance() < 0.15:
            task["timeout"] = {"after": {"milliseconds": 500 * self.random.randint(1, 12)}}
        if chance() < 0.15:
            task["input"] = {"from": "{ n: ((.n? // 0) + ($context.n // 0)) }"}
        if chance() < 0.15:
            task["output"] = {"as": "{ n: ($input | .n? // 7), seen: ($context.n // 0) }"}
        if chance() < 0.2:
            task["export"] = {"as": COUNT}
        return {self.name(kind): task}

    def entry_body(self, depth: int) -> Json:
        """A task without its name and without what leads elsewhere, as a function has it."""
        body = next(iter(self.entry(depth).values()))
        return {member: item for member, item in body.items() if member != "then"}

    def plain_entry(self) -> dict[str, Any]:
        """A task that holds no others."""
        return self.entry(DEPTH)

    def calling(self, tasks: Json, random: Random) -> None:
        """Put calls of the function, and a map of it, among the tasks."""
        mapped = {
            "items": "${ [1, 2, 3] }",
            "each": {"call": "f", "with": {"n": "${ . }"}},
            "concurrency": 2,
            "tolerate": random.choice((0, 1)),
        }
        for call in ({"call": "f", "with": {"n": "${ .n? // 1 }"}}, {"call": "map:1.0.0@default", "with": mapped}):
            tasks.insert(random.randint(0, len(tasks)), {self.name("call"): call})

    def _set(self, depth: int) -> Json:
        return {"set": {"n": self.random.choice(["${ (.n? // 0) + 1 }", "${ $context.n }", 4]), "depth": depth}}

    def _wait(self, _: int) -> Json:
        return {"wait": {"milliseconds": 500 * self.random.randint(0, 8)}}

    def _call(self, _: int) -> Json:
        return {**CALL}

    def _emit(self, _: int) -> Json:
        return {"emit": {"event": {"with": {"source": "https://example.com", "type": "done", "data": "${ . }"}}}}

    def _raise(self, _: int) -> Json:
        return {"raise": {"error": {"type": "https://example.com/e", "status": self.random.choice((418, 503))}}}

    def _listen(self, depth: int) -> Json:
        filters = [{"with": {"type": self.random.choice(["t", "u", "t|u", "v"])}} for _ in range(self.random.randint(1, 2))]
        strategy = self.random.choice(
            [
                {"one": filters[0]},
                {"all": filters},
                {"any": filters},
                {"any": filters, "until": "length >= 2"},
                {"any": filters, "until": {"one": {"with": {"type": "v"}}}},
            ]
        )
        listen: dict[str, Json] = {"listen": {"to": strategy}, "timeout": {"after": "PT20S"}}
        if self.random.random() < 0.4:
            listen["foreach"] = {"do": self.list(depth + 1), "export": {"as": COUNT}}
        return listen

    def _do(self, depth: int) -> Json:
        return {"do": self.list(depth + 1)}

    def _for(self, depth: int) -> Json:
        loop = {"for": {"in": self.random.choice(["[1, 2]", "[range(([.n?, 1][0] | numbers) % 4)]", "[]"])}, "do": self.list(depth + 1)}
        return loop | ({"while": self.random.choice(CONDITIONS)} if self.random.random() < 0.3 else {})

    def _fork(self, depth: int) -> Json:
        branches = [self.entry(depth + 1) for _ in range(self.random.randint(1, 3))]
        return {"fork": {"branches": branches, "compete": self.random.random() < 0.5}}

    def _try(self, depth: int) -> Json:
        catch: dict[str, Json] = {}
        if self.random.random() < 0.4:
            catch["errors"] = {"with": {"status": self.random.choice((418, 503, 408))}}
        if self.random.random() < 0.6:
            limit: dict[str, Json] = {"attempt": {"count": self.random.randint(0, 2)}}
            if self.random.random() < 0.3:
                limit["attempt"]["duration"] = {"seconds": self.random.randint(1, 4)}
            backoff = self.random.choice(["constant", "linear", "exponential"])
            catch["retry"] = {"delay": {"milliseconds": 500 * self.random.randint(0, 3)}, "backoff": {backoff: {}}, "limit": limit}
            if self.random.random() < 0.3:
                catch["retry"]["jitter"] = {"from": {"milliseconds": 0}, "to": {"milliseconds": 900}}
        if self.random.random() < 0.5:
            catch["do"] = self.list(depth + 1)
        only_a_call = "call" in self.plain and self.random.random() < 0.4
        return {"try": [{self.name("call"): {**CALL}}] if only_a_call else self.list(depth + 1), "catch": catch}
