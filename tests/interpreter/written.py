"""Documents written to be interrupted: every kind of task, and what they do together; with what must come of each."""

from __future__ import annotations

from dataclasses import dataclass

from interpreter.values import Json
from tests.fakes import After, Ran, World
from tests.interpreter.documents import event, failing, flow
from tests.interpreter.interruption import Scene

DOWN = failing("communication", 503)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A scene with its outcome: output (or the error's type and place), when it ends, and which effects start when."""

    scene: Scene
    output: Json
    end: int
    starts: tuple[tuple[str, int], ...] = ()
    keys: int
    """How many idempotency keys there are: one for each visit of a place, however often it is tried."""

    def check(self, world: type[World] = World) -> None:
        """Hold the outcome of an uninterrupted run against what must come of it."""
        ran = self.scene.ran(world=world)
        assert isinstance(ran, Ran), ran
        found = ran.output if ran.completed else (ran.problem and [ran.problem["type"].rpartition("/")[2], ran.problem["instance"]])
        assert (found, ran.end) == (self.output, self.end)
        assert tuple((one.reference.rpartition("/")[2], one.at) for one in ran.started) == self.starts
        assert len({(one.reference, one.key) for one in ran.started}) == self.keys


def written(
    name: str,
    tasks: str,
    output: Json,
    end: int,
    *starts: tuple[str, int],
    input: Json = ...,
    answers=None,
    events=(),
    children=None,
    keys: int | None = None,
    **root,
) -> Written:
    """One of them; every effect that starts has a key of its own unless `keys` says otherwise."""
    scene = Scene(
        name=name,
        definition=flow(tasks, **root),
        input={} if input is ... else input,
        answers=lambda: answers or {},
        events=tuple(events),
        children=children or {},
    )
    return Written(scene=scene, output=output, end=end, starts=starts, keys=len(starts) if keys is None else keys)


CHILD = flow("[w: {wait: PT2S}, s: {set: {twice: '${ .n * 2 }'}}]")

WRITTEN = [
    written(
        "a sequence",
        """
        - a: CALL
        - b: {wait: PT2S}
        - c: {set: {n: '${ . + 1 }'}, export: {as: '{ kept: .n }'}}
        - d: CALL
        - e: {set: {kept: '${ $context.kept }', got: '${ . }'}}
        """,
        {"kept": 6, "got": "d"},
        4000,
        ("a", 0),
        ("d", 3000),
        answers={"a": After(1000, 5), "d": After(1000, "d")},
    ),
    written(
        "input and output are shaped once",
        """
        - a:
            input: {from: '{ n: .n, seen: $context.n }'}
            do: [x: {set: '${ . }', export: {as: '{ n: 9 }'}}, w: {wait: PT1S}, y: {set: '${ . }'}]
            output: {as: '[., $context.n, $input]'}
            export: {as: '{ n: ($context.n + 1) }', schema: {resource: {endpoint: 'https://example.com/schema'}}}
        - b: {set: {got: '${ . }', n: '${ $context.n }'}}
        """,
        {"got": [{"n": 1, "seen": None}, 9, {"n": 1, "seen": None}], "n": 10},
        2000,
        ("a", 1000),
        input={"n": 1},
        answers={"resource.fetch": After(1000, {"uri": "https://example.com/schema", "digest": "0", "content": '{"required": ["n"]}'})},
    ),
    written(
        "schemas that are fetched, once each",
        """
        - a:
            input: {schema: {resource: {endpoint: 'https://example.com/{which}'}}}
            wait: PT1S
            output: {as: .n, schema: {resource: {endpoint: 'https://example.com/out'}}}
        - b: {wait: PT1S, output: {schema: {resource: {endpoint: 'https://example.com/out'}}}}
        - c: {call: http, with: {method: get, endpoint: 'https://example.com'}, output: {schema: {resource: {endpoint: 'https://example.com/more'}}}}
        """,
        "called",
        6000,
        ("a", 0),
        ("a", 2000),
        ("c", 4000),
        ("c", 5000),
        keys=2,
        input={"n": 5, "which": "in"},
        answers={"resource.fetch": After(1000, {"uri": "-", "digest": "0", "content": "true"}), "call.http": After(1000, "called")},
    ),
    written(
        "a loop whose body changes what it was computed from",
        "[l: {for: {in: .items}, while: '.stop != true', do: [c: CALL, s: {set: {items: '${ [$item, $index] }', stop: '${ $index == 1 }'}}]}]",
        {"items": [8, 1], "stop": True},
        2000,
        ("c", 0),
        ("c", 1000),
        input={"items": [7, 8, 9]},
        answers={"c": After(1000, {})},
    ),
    written(
        "a loop whose condition reads what its body exports",
        "[l: {for: {in: '[1, 2, 3, 4]'}, while: '($context.n // 0) < 2', do: [w: {wait: PT1S, export: {as: '{ n: $item }'}}, v: {wait: PT1S}]}]",
        {},
        4000,
    ),
    written(
        "loops in loops",
        "[o: {for: {in: '[1, 2]', each: x}, do: [i: {for: {in: '[10, 20]', each: y}, do: [w: {wait: PT1S}, s: {set: {sum: '${ (.sum // 0) + $x * $y }'}}]}]}]",
        {"sum": 90},
        4000,
    ),
    written(
        "a fork of calls, exports and waits",
        """
        - f:
            fork:
              branches:
                - a: {do: [c: CALL, x: {set: {n: 1}, export: {as: '$context + { a: 1 }'}}, w: {wait: PT5S}]}
                - b: {do: [w: {wait: PT1S}, x: {set: {n: 2}, export: {as: '$context + { b: 1 }'}}]}
                - d: CALL
        - s: {set: {got: '${ . }', context: '${ $context }'}}
        """,
        {"got": [{"n": 1}, {"n": 2}, "d"], "context": {"a": 1, "b": 1}},
        7000,
        ("c", 0),
        ("d", 0),
        answers={"c": After(2000, {}), "d": After(3000, "d")},
    ),
    written(
        "a competition with one that fails and one that is cancelled",
        """
        - f:
            fork:
              compete: true
              branches:
                - bad: CALL
                - slow: {do: [w: {wait: PT3S}, c: CALL]}
                - good: {do: [x: {set: {n: 1}, export: {as: '{ won: true }'}}, c: CALL]}
        - s: {set: {got: '${ . }', context: '${ $context }'}}
        """,
        {"got": "good", "context": {"won": True}},
        4000,
        ("bad", 0),
        ("c", 0),
        ("c", 3000),
        answers={"bad": After(1000, DOWN), "c": [After(4000, "good"), After(9000, "late")]},
    ),
    written(
        "a loser that never starts",
        """
        - f: {fork: {compete: true, branches: [a: {do: [w: {wait: PT1S}, c: CALL]}, b: {do: [w: {wait: PT1S}, s: {set: {who: b}}]}]}}
        - w: {wait: PT5S}
        """,
        {"who": "b"},
        6000,
        answers={"c": After(1000, "late")},
    ),
    written(
        "a call that would begin at the deadline",
        "[t: {try: [o: {timeout: {after: PT2S}, do: [w: {wait: PT2S}, c: CALL]}], catch: {}}, w: {wait: PT5S}]",
        {},
        7000,
        answers={"c": After(1000, "late")},
    ),
    written(
        "a retry by the engine, with backoff",
        """
        - t:
            input: {from: .payload}
            try: [x: {set: {n: '${ .n + ($context.n // 0) }'}, export: {as: '{ n: (($context.n // 0) + 1) }'}}, c: CALL]
            catch: {errors: {with: {status: 503}}, retry: {delay: '${ {seconds: $context.n} }', backoff: {exponential: {}}, limit: {attempt: {count: 3}}}}
        - s: {set: {got: '${ . }', attempts: '${ $context.n }'}}
        """,
        {"got": "ok", "attempts": 3},
        4500,
        ("c", 0),
        ("c", 1500),
        ("c", 4000),
        keys=1,
        input={"payload": {"n": 1}},
        answers={"c": [After(500, DOWN), After(500, DOWN), After(500, "ok")]},
    ),
    written(
        "a retry that is used up, and a handler that waits",
        """
        - t:
            try: [c: CALL, s: {set: '${ . }'}]
            catch:
              as: e
              retry: {delay: PT2S, limit: {duration: PT5S}}
              do: [w: {wait: PT1S}, h: {set: {status: '${ $e.status }'}}]
        """,
        {"status": 503},
        5000,
        ("c", 0),
        ("c", 2000),
        ("c", 4000),
        keys=1,
        answers={"c": DOWN},
    ),
    written(
        "a retry that the activity makes",
        "[w: {wait: PT1S}, t: {try: [c: CALL], catch: {retry: {delay: PT2S, limit: {attempt: {count: 4}}}}}, v: {wait: PT1S}]",
        "ok",
        6000,
        ("c", 1000),
        ("c", 3000),
        ("c", 5000),
        keys=1,
        answers={"c": [DOWN, DOWN, "ok"]},
    ),
    written(
        "attempts with a limit of their own",
        "[t: {try: [w: {wait: PT1S}, c: CALL], catch: {retry: {delay: PT1S, limit: {attempt: {count: 3, duration: PT4S}}}}}]",
        "ok",
        7000,
        ("c", 1000),
        ("c", 6000),
        keys=1,
        answers={"c": [After(60_000, "late"), After(1000, "ok")]},
    ),
    written(
        "a fork tried again",
        "[t: {try: [f: {fork: {branches: [a: {wait: PT5S}, b: {do: [w: {wait: PT1S}, c: CALL]}]}}], catch: {retry: {delay: PT1S, limit: {attempt: {count: 2}}}}}]",
        [{}, "ok"],
        7000,
        ("c", 1000),
        ("c", 3000),
        keys=1,
        answers={"c": [DOWN, "ok"]},
    ),
    written(
        "timeouts within timeouts",
        """
        - t:
            try:
              - outer:
                  timeout: {after: PT6S}
                  for: {in: '[1, 2, 3]'}
                  do:
                    - inner:
                        try: [i: {timeout: {after: '${ "PT\\($item)S" }'}, do: [c: CALL]}]
                        catch: {errors: {with: {status: 408}}, do: [w: {wait: PT1S}]}
            catch: {do: [h: {set: {at: '${ $error.instance }'}}]}
        """,
        {"at": "/do/0/t/try/0/outer"},
        6000,
        ("c", 0),
        ("c", 2000),
        ("c", 5000),
        answers={"c": After(60_000, "late")},
    ),
    written(
        "the workflow's timeout",
        "[f: {fork: {branches: [a: {wait: PT9S}, b: {do: [w: {wait: PT1S}, c: CALL]}]}}]",
        ["timeout", ""],
        5000,
        ("c", 1000),
        answers={"c": After(60_000, 1)},
        timeout={"after": "PT5S"},
    ),
    written(
        "back and forth by name",
        """
        - count: {set: {n: '${ .n + 1 }'}}
        - c: CALL
        - s: {set: {n: '${ .n }'}, input: {from: '{ n: ($context.n // 0) + 1 }'}, export: {as: '{ n: .n }'}}
        - again: {switch: [more: {when: .n < 3, then: count}, done: {then: over}]}
        - never: {set: {n: 0}}
        - over: {wait: PT1S}
        """,
        {"n": 3},
        4000,
        ("c", 0),
        ("c", 1000),
        ("c", 2000),
        input={"n": 0},
        answers={"c": After(1000, {})},
    ),
    written(
        "events for two listeners, early and late",
        """
        - w: {wait: PT2S}
        - f:
            fork:
              branches:
                - a: {listen: {to: {all: [{with: {type: t}}, {with: {type: u}, correlate: {k: {from: .data}}}]}}}
                - b: {listen: {to: {any: [{with: {type: t}}], until: 'length == 2'}}}
        """,
        [[1, 4], [2, 5]],
        6000,
        events=[
            (0, event("t", 1)),
            (1000, event("t", 2)),
            (3000, event("v", 3)),
            (4000, event("u", 4)),
            (6000, event("t", 5)),
            (7000, event("t", 6)),
        ],
    ),
    written(
        "each event handled in its turn",
        """
        - l:
            listen: {to: {any: [{with: {type: t}}], until: {one: {with: {type: stop}}}}, read: envelope}
            foreach:
              item: e
              at: n
              do: [c: CALL, w: {wait: PT1S}]
              output: {as: '{ n: $n, v: $e.data }'}
              export: {as: '{ sum: (($context.sum // 0) + .v) }'}
        - s: {set: {got: '${ . }', sum: '${ $context.sum }'}}
        """,
        {"got": [{"n": 0, "v": 1}, {"n": 1, "v": 2}], "sum": 3},
        7000,
        ("c", 1000),
        ("c", 4000),
        answers={"c": After(2000, {})},
        events=[(1000, event("t", 1)), (2000, event("u", 9)), (3000, event("t", 2)), (5000, event("stop", 3)), (6000, event("t", 4))],
    ),
    written(
        "an until that counts beside a foreach",
        """
        - l:
            listen: {to: {any: [], until: 'add > 5'}}
            foreach: {do: [w: {wait: PT1S}, s: {set: {v: '${ $item }'}}], output: {schema: {resource: {endpoint: 'https://example.com/v'}}}}
        """,
        [{"v": 1}, {"v": 5}],
        4000,
        ("l", 1000),
        events=[(0, event("t", 1)), (3000, event("t", 5)), (4000, event("t", 6))],
        answers={"resource.fetch": After(1000, {"uri": "-", "digest": "0", "content": "true"})},
    ),
    written(
        "an event that ends the run, with everything checked",
        """
        - l:
            listen: {to: {any: [], until: 'length > 9'}}
            foreach:
              do:
                - q: {switch: [last: {when: $item == 2, then: end}]}
                - c: {call: http, with: {method: get, endpoint: 'https://example.com'}, then: exit}
                - never: CALL
              output: {as: '[$item, $context.sum]', schema: {resource: {endpoint: 'https://example.com/out'}}}
              export: {as: '{ sum: (($context.sum // 0) + .[0]) }', schema: {resource: {endpoint: 'https://example.com/context'}}}
            output: {as: '[., $context.sum]'}
        - never: CALL
        """,
        [[[1, None], [2, 1]], 3],
        3000,
        ("c", 0),
        ("l", 1000),
        ("l", 2000),
        keys=2,
        events=[(0, event("t", 1)), (100, event("t", 2))],
        answers={"resource.fetch": After(1000, {"uri": "-", "digest": "0", "content": "true"}), "call.http": After(1000, {})},
    ),
    written(
        "two events end the collecting, correlated",
        """
        - l:
            listen:
              to:
                any: [{with: {type: t}, correlate: {k: {from: .data.k}}}]
                until: {all: [{with: {type: x}}, {with: {type: y}, correlate: {k: {from: .data.k}}}]}
        """,
        [{"k": 1, "n": 0}, {"k": 1, "n": 2}],
        6000,
        events=[
            (at * 1000, event(type, {"k": k, "n": at}))
            for at, (type, k) in enumerate([("t", 1), ("t", 2), ("t", 1), ("x", 7), ("y", 2), ("t", 2), ("y", 1)])
        ],
    ),
    written(
        "children, awaited and not",
        """
        - a: {run: {workflow: {namespace: test, name: flow, version: 1.0.0, input: {n: 4}}}}
        - f: {fork: {branches: [b: {run: {workflow: {namespace: test, name: flow, version: 1.0.0, input: {n: '${ .twice }'}}}}, w: {wait: PT1S}]}}
        - c: {run: {await: false, workflow: {namespace: test, name: flow, version: 1.0.0}}}
        - e: {emit: {event: {with: {source: 'https://example.com', type: done, data: '${ . }'}}}, output: {as: .data}}
        """,
        [{"twice": 16}, {"twice": 8}],
        4000,
        ("a", 0),
        ("b", 2000),
        ("c", 4000),
        ("e", 4000),
        children={"test/flow:1.0.0": CHILD},
    ),
    written(
        "end from deep within, with siblings that only wait",
        """
        - f:
            fork:
              branches:
                - a: {do: [l: {for: {in: '[1, 2, 3]'}, do: [w: {wait: PT1S}, q: {switch: [two: {when: $item == 2, then: end}]}]}]}
                - b: {do: [w: {wait: PT9S}, c: CALL]}
            output: {as: '{ ended: . }'}
        - never: CALL
        """,
        {"ended": {}},
        2000,
    ),
    written(
        "skipped, raised, swallowed",
        """
        - a: {if: .n > 5, wait: PT9S, then: end}
        - t: {try: [w: {wait: PT1S}, r: {raise: {error: {type: 'https://example.com/e', status: 418, detail: 'n is ${ .n }'}}}], catch: {when: .status == 418, then: over}}
        - never: CALL
        - over: {do: [w: {wait: PT1S}, x: {set: {n: '${ .n }'}, then: exit}, y: {set: {n: 0}}]}
        """,
        {"n": 1},
        2000,
        input={"n": 1},
    ),
]
