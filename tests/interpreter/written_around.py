"""More documents written to be interrupted: functions, catalogs, `map`, and extensions around tasks."""

from __future__ import annotations

from tests.fakes import After
from tests.interpreter.documents import failing
from tests.interpreter.written import written

HUB = "{catalogs: {hub: {endpoint: 'https://github.com/acme/functions'}}}"
RAW = "https://raw.githubusercontent.com/acme/functions"
TEXT = """
do:
  - ask: {call: http, with: {method: get, endpoint: 'https://example.com/${ .n }'}}
  - rest: {wait: PT1S}
  - sum: {set: {n: '${ $input + ($context.n // 0) }'}, export: {as: '{n: .n}'}}
"""


def _fetched(effect):
    uri = effect.arguments["with"]["uri"]
    return After(1000, {"uri": uri, "digest": "0", "content": TEXT} if "/HEAD/" in uri else failing("communication", 404))


AROUND = [
    written(
        "a function that calls, and its caller",
        """
        - a: {call: double, with: {n: '${ .n }'}, output: {as: .twice}}
        - b: {call: double, with: {n: '${ . }'}, export: {as: '{ last: . }'}}
        - c: {set: {n: '${ $context.last.twice }'}}
        """,
        {"n": 20},
        4000,
        ("ask", 0),
        ("ask", 2000),
        input={"n": 5},
        answers={"ask": [After(1000, 2), After(1000, 2)]},
        use="{functions: {double: {do: [ask: CALL, w: {wait: PT1S}, s: {set: {twice: '${ $workflow.input.n * 2 * ($context.last.twice // 1) }'}}], input: {from: .n}, output: {as: '{ twice: ($input * 2) }'}}}}",
    ),
    written(
        "a function of a catalog at the second address, by branches at once, then again",
        """
        - f: {fork: {branches: [x: {call: 'sum:1.0.0@hub', with: {n: 1}}, y: {call: 'sum:1.0.0@hub', with: {n: 2}}]}}
        - z: {call: 'sum:1.0.0@hub', with: {n: 3}}
        """,
        {"n": 20},
        6000,
        ("x", 0),
        ("y", 0),
        ("x", 1000),
        ("y", 1000),
        ("ask", 2000),
        ("ask", 2000),
        ("ask", 4000),
        answers={"resource.fetch": _fetched, "ask": lambda effect: After(1000, 10)},
        keys=5,
        use=HUB,
    ),
    written(
        "items, some at a time, one of which fails and one ends by itself",
        """
        - m:
            call: map:1.0.0@default
            with:
              items: '${ [range(.n)] }'
              concurrency: 2
              tolerate: 0.3
              each: {do: [w: {wait: '${ {seconds: .} }'}, a: CALL, s: {set: {at: '${ $index }', got: '${ . }', kept: '${ $context.kept }'}, if: . != 3}], export: {as: '{ kept: . }'}}
        - n: {set: {all: '${ map(.status? // .at? // .) }', kept: '${ $context.kept }'}}
        """,
        {"all": [0, 503, 3, 3], "kept": None},
        5000,
        ("a", 0),
        ("a", 1000),
        ("a", 3000),
        ("a", 4000),
        input={"n": 4},
        answers={"a": [After(1000, 0), failing("communication", 503), After(1000, 3), After(1000, 1)]},
    ),
    written(
        "what surrounds a call, each attempt of it, and a wait",
        """
        - t: {try: [a: CALL], catch: {retry: {delay: PT1S, limit: {attempt: {count: 1}}}}}
        - w: {wait: PT1S, output: {as: '{ after: $context.seen }'}}
        """,
        {"after": ["a", "a", "w"]},
        7000,
        ("look", 0),
        ("a", 1000),
        ("look", 2000),
        ("a", 3000),
        ("check", 3000),
        ("look", 4000),
        ("check", 6000),
        answers={"a": [failing("communication", 503), 5], "look": lambda effect: After(1000, 1), "check": lambda effect: After(1000, 1)},
        keys=5,
        use="""
          extensions:
            - watch:
                extend: all
                when: $task.name == "a" or $task.name == "w"
                before: [look: CALL, keep: {set: {x: 1}, export: {as: '$context + { seen: (($context.seen // []) + [$task.name]) }'}}]
                after: [check: CALL]
        """,
    ),
    written(
        "a task that is skipped from outside, and one cut off within an extension",
        """
        - a: CALL
        - t: {try: [b: {set: {n: 1}, timeout: {after: PT3S}}], catch: {do: [c: {set: {late: '${ $error.status }', kept: '${ $context.kept }'}}]}}
        """,
        {"late": 408, "kept": {"mock": True}},
        5000,
        use="""
          extensions:
            - mock: {extend: call, before: [w: {wait: PT2S}, m: {set: {mock: true}, export: {as: '{ kept: . }'}, then: exit}, never: CALL]}
            - slow: {extend: set, when: '$task.name == "b"', after: [w: {wait: PT9S}]}
        """,
    ),
]
