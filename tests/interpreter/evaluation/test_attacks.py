"""What a document must not reach through jq, tried by every route, in two worker processes' environments that differ in all it could see.

The environments hold a planted secret: in variables, in `$HOME/.jq`, in modules in the working and the home directory.
"""

from __future__ import annotations

import os
import time

import pytest

from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Held
from interpreter.faults import Fault

PLANTED = "PLANTED-SECRET"
NOW = 1_700_000_000_500

ROUTES = [
    *["X", "X?", "X//1", "[X]", "{a:X}", "{(X|tojson):1}", '"\\(X)"', '@json "\\(X)"', '@text "\\(X)"', '@base64 "\\(X)"', '@uri "\\(X)"'],
    *['@html "\\(X)"', '@sh "\\(X)"', "try X catch .", "try error(X) catch .", "path(X)", "first(X)", "limit(1;X)", "any(X;true)"],
    *["isempty(X)", "label $f|X", "reduce X as $x (0;.)", "reduce range(2) as $i (0;X)", "foreach X as $x (0;.)"],
    *["foreach range(2) as $i (0;X)", ". as [$a] ?// $a | X", "def f: X; f", "def f(g): g; f(X)", "if true then X else 1 end"],
    *["walk(X)", "map(X)?", "until(true;X)", "X as $x|$x", "1 # c\n|X", "[.[]?|X]", "{} | X", "[limit(3;X,X,X,X)]", "(X,1)", "X|tojson"],
]

ENVIRONMENT = [
    *["$ENV", "env", "{$ENV}", "$ENV.PATH", "$ENV[]", ". as {$ENV}|$ENV", "def f($ENV): $ENV; f(1)", '"PATH"|in(env)', "env|to_entries"],
    *['$ENV|getpath(["PATH"])', "$__prog_args", "$ARGS.named", "$__prog_name", "env.PLANTED", "$ENV|keys", "$named", "builtins|length"],
]
CLOCK = [
    *[
        "now",
        "now-now",
        "now|todate",
        "now|localtime|mktime",
        'now|strftime("%s")',
        "[limit(3;repeat(now))]|unique|length",
        "1 as $__now|now",
    ],
    *[". as {$__now}|now", "reduce 5 as $__now (0;now)", "def f($__now): now; f(7)", ". as [$__now] ?// $__now | now", "now|gmtime"],
]
ZONE = [
    *["0|localtime", '0|strflocaltime("%Z %z %c %s")', '0|strftime("%s")', '0|gmtime|strftime("%s")', "1e9|localtime|mktime"],
    *['[2024,6,1,0,0,0,0,0]|strftime("%s %Z %z")', "[2024,6,1,0,0,0,0,0]|mktime", '"1700000000"|strptime("%s")'],
    *[
        '"10:00 JST"|strptime("%H:%M %Z")',
        "1e18|gmtime",
        "nan|gmtime",
        '0|gmtime|strflocaltime("%s %Z")',
        '"2024-07-01"|strptime("%Y-%m-%d")|mktime',
    ],
]
PROCESS = [
    *["input", "inputs", "[inputs]", "debug", "debug(1)", "stderr", "halt", "1,halt,2", "halt_error", '"x"|halt_error', "halt_error(1)"],
    *['{}|halt_error("a")', "input_filename", "input_line_number", "get_search_list", "get_jq_origin", "get_prog_origin"],
]
FILES = [
    *[f'"{name}"|modulemeta' for name in ("leak", "./leak", "../leak", "/tmp/leak", "~/.jq", "~/leak", "HERE/leak")],
    *[
        'import "leak" as $x; $x',
        'import "leak" as $x {search:"HERE"}; $x',
        'include "leak" {search:"HERE"}; f',
        'include "leak"; f',
        "module {}; 1",
    ],
    *['(import "leak" as $x; $x)', 'def f: import "leak" as $x; $x; f', '#\nimport "leak" as $x; $x', '# \\\nimport "leak" as $x; $x'],
    *["leak::f", "$leak::leak", "planted", 'import "HERE/leak" as $x; $x'],
]


def said(evaluator, expression, dot=None, variables=None):
    """The value, or the fault's text; an expression that was stopped fails the test."""
    try:
        return "value", evaluator.evaluate([expression], dot, variables or {}, NOW, "/do/0/attack").values[0]
    except Fault as fault:
        return "fault", fault.problem.detail


def children(evaluator):
    return [child.pid for _, child in evaluator._runner._pool._idle]


def in_place(monkeypatch, folder, zone, words):
    """The answers to all words by all routes, in a process whose environment, zone, home and directory are these."""
    folder.mkdir()
    (folder / ".jq").write_text(f'def planted: "{PLANTED}"; def f: "{PLANTED}";')
    (folder / "leak.jq").write_text(f'module {{a: "{PLANTED}"}}; def f: "{PLANTED}";')
    (folder / "leak.json").write_text(f'"{PLANTED}"')
    monkeypatch.chdir(folder)
    for name, value in {"HOME": str(folder), "TZ": zone, "PLANTED": PLANTED, "LC_ALL": "C.UTF-8", "JQ_LIBRARY_PATH": str(folder)}.items():
        monkeypatch.setenv(name, value)
    time.tzset()
    evaluator = ChildEvaluator()
    said(evaluator, "[1, 1] | add")
    before = children(evaluator)
    try:
        return {
            (word, route): said(
                evaluator, route.replace("X", f"({word})" if route != "X" else word).replace("HERE", str(folder)), [1, {"a": 2}]
            )
            for word, routes in words.items()
            for route in routes
        }, before == children(evaluator)
    finally:
        evaluator.close()


@pytest.fixture
def restored_zone():
    yield
    time.tzset()


@pytest.mark.parametrize("words", [ENVIRONMENT, CLOCK, ZONE, PROCESS], ids=["environment", "clock", "zone", "process"])
def test_every_route_gives_the_same_everywhere_and_nothing_planted(tmp_path, monkeypatch, restored_zone, words):
    table = dict.fromkeys(words, ROUTES)

    here, alive = in_place(monkeypatch, tmp_path / "here", "Asia/Tokyo", table)
    there, alive_there = in_place(monkeypatch, tmp_path / "there", "America/New_York", table)

    assert here == there
    assert PLANTED not in repr(here)
    assert os.environ["PATH"] not in repr(here)
    assert alive
    assert alive_there


def test_no_file_is_read(tmp_path, monkeypatch, restored_zone):
    answers, alive = in_place(
        monkeypatch, tmp_path / "here", "UTC", {word: ["X", "try X catch .", "[X]?", "def f: X; f"] for word in FILES}
    )

    assert {word for (word, route), (kind, _) in answers.items() if kind == "value" and route == "X"} == set()
    assert PLANTED not in repr(answers)
    assert alive


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$ENV", {}),
        ("env", {}),
        ("{$ENV}", {"ENV": {}}),
        ("$ENV.PATH", None),
        ("$ENV[]", None),
        ('"PATH"|in(env)', False),
        ("def f($ENV): $ENV; f(1)", 1),
        ("now", 1_700_000_000.5),
        ("now|todate", "2023-11-14T22:13:20Z"),
        ("1 as $__now|now", 1_700_000_000.5),
        ("def f($__now): now; f(7)", 1_700_000_000.5),
        ("reduce 5 as $__now (0;now)", 1_700_000_000.5),
        ("[limit(3;repeat(now))]|unique|length", 1),
        ("0|localtime", [1970, 0, 1, 0, 0, 0, 4, 0]),
        ('0|strflocaltime("%z %s")', "+0000 0"),
        ("debug(1)", [1]),
        ("stderr", [1]),
        ("input_filename", None),
        ("input_line_number", 0),
        ("get_search_list", []),
        ("def gmtime: 5; 0|localtime", [1970, 0, 1, 0, 0, 0, 4, 0]),
        ('def tojson: "9"; 1', 1),
        ("def limit(a;b): 9; 1", 1),
        ("def map(f): 9; 1", 1),
        ('def strftime(f): 5; 0|strflocaltime("%Y")', "1970"),
        ("error({__jq:0})", None),
        ("label $a|error({__jq:0})", None),
        ("1 # )", 1),
        ("1 # c \\", 1),
        ("1 # \\\n) | (2", 1),
        ("1 # c \\\\", 1),
        ("1 #\r env", 1),
        ('"# )"', "# )"),
        ("", "is empty"),
        ("  ", "is empty"),
        ("\0", "NUL"),
        ("1\0)", "NUL"),
        ("[$__loc__]", "$__loc__"),
        ("{$__loc__}", "$__loc__"),
        *[(word, "is not available in expressions") for word in ("input", "inputs", "[inputs]", "halt", "halt_error", "halt_error(1)")],
        *[(word, "is not available in expressions") for word in ("1,halt,2", '"leak"|modulemeta', "def error(x): 5; input")],
        *[
            (text, "syntax error")
            for text in ("1) | (2", "1] | [2", "1)|env|(2", 'a")', '"a\\(', "(1", "))))", "#", "def f: 1;", "1;", "|1")
        ],
        *[(text, "syntax error") for text in ("def f: 1; )", "1))], [limit(1; ((2", "module {}; 1", "1; def f: 2")],
        ("break $x", "`break $x` stands outside of a `label $x`"),
    ],
)
def test_a_single_attack(evaluator, expression, expected):
    kind, found = said(evaluator, expression, [1])

    if kind == "value":
        assert found == expected
    else:
        assert isinstance(expected, str)
        assert expected in found


@pytest.mark.parametrize("expression", ["1) | (2", "1] | [2", "1))], [limit(1; ((2", "1), (2", "1 #", "1 # \\"])
def test_an_expression_cannot_leave_its_place_in_a_batch(evaluator, expression):
    try:
        values = evaluator.evaluate(["1 + 1", expression, "1 + 2"], None, {}, NOW, "/do/0/attack").values
    except Fault as fault:
        assert expression in fault.problem.detail  # noqa: PT017
    else:
        assert values == [2, 1, 3]


COST = [
    *["def f: f; f", "def f: 1+f; f", "last(range(1e9))", "[limit(1e9;repeat(1))]|length", "[range(3e6)]", '"a"*1e8', '"x"*1e9|length'],
    *[
        "[]|.[200000000]=1",
        '("a"*5000)|test("(a*)*b")',
        "reduce range(200000) as $i (0;[.])",
        "[recurse(1)]",
        "repeat(1)",
        "[range(1e5)]|combinations(9)",
    ],
]


@pytest.mark.parametrize("expression", COST)
def test_what_costs_too_much_is_stopped_and_the_next_one_is_not(expression):
    evaluator = ChildEvaluator(Settings(deadline=0.3, activation=30, memory=512 * 1024 * 1024))
    try:
        kind, found = said(evaluator, expression)
    except Held as held:
        kind, found = "held", held.message
    after = said(evaluator, "1 + 1")
    evaluator.close()

    assert kind in ("held", "fault") or found is False
    assert "\n" not in str(found)
    assert after == ("value", 2)
