"""JavaScript expressions, asked of QuickJS in the children."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.evaluation import member_paths
from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Held
from interpreter.faults import Fault
from interpreter.languages import JAVASCRIPT

NOW = 1_700_000_000_500
PLACE = "/do/0/script"


def asked(evaluator, *expressions, dot=None, seed="run", place=PLACE, **variables):
    return evaluator.evaluate(expressions, dot, variables, NOW, place, language="javascript", seed=seed).values


def value(evaluator, expression, dot=None, **variables):
    return asked(evaluator, expression, dot=dot, **variables)[0]


def refusal(evaluator, expression, dot=None, **variables):
    with pytest.raises(Fault) as raised:
        asked(evaluator, expression, dot=dot, **variables)
    assert raised.value.problem.type.endswith("/expression")
    return raised.value.problem.detail


@pytest.mark.parametrize(
    "function", ["Date", "Date.now", "Math.random", "Function", "Function.prototype.toString", "[].map", "(x => x + 1)"]
)
def test_no_function_tells_its_text(evaluator, function):
    told = value(evaluator, f"[String({function}), Function.prototype.toString.call({function})]")

    assert told[0] == told[1]
    assert told[0].startswith("function ")
    assert told[0].endswith("() { [native code] }")
    assert "not a function" in refusal(evaluator, "Function.prototype.toString.call({})")
    assert "read-only" in refusal(evaluator, "(() => { 'use strict'; Function.prototype.toString = () => 1 })()")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$.items.filter(x => x.n > 1).map(x => x.n)", [2, 3]),
        ("({...$.who, n: $.items.length})", {"name": "Zoë", "n": 3}),
        ("`Hello ${$.who.name}!`", "Hello Zoë!"),
        ("$.who.name === 'Zoë' && $.items.length >= 3", True),
        ("$.nobody?.name ?? 'unknown'", "unknown"),
        ("(() => { let sum = 0; for (const x of $.items) sum += x.n; return sum })()", 6),
        ("$.items.sort((a, b) => b.n - a.n)[0].n", 3),
        ("{a: 1}", {"a": 1}),
        ("[undefined, null]", [None, None]),
        ("({a: undefined, b: 1})", {"b": 1}),
        ("undefined", None),
        ("void 0", None),
        ("1, 2", 2),
        ("1 // a comment", 1),
        ("12n ** 20n", 12**20),
        ("new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("({toJSON: () => [1]})", [1]),
        ("Object.groupBy([1, 2], x => `n${x}`)", {"n1": [1], "n2": [2]}),
        ("'a1b2'.match(/\\d/g)", ["1", "2"]),
        ("[3, 1, 2].toSorted()", [1, 2, 3]),
    ],
)
def test_what_expressions_give(evaluator, expression, expected):
    dot = {"who": {"name": "Zoë"}, "items": [{"n": 1}, {"n": 2}, {"n": 3}]}

    assert value(evaluator, expression, dot) == expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("() => 1", "gives a function"),
        ("$.trim", "gives a function"),
        ("Symbol('x')", "gives a symbol"),
        ("0 / 0", "gives NaN"),
        ("[1, {'a/b': 1 / 0}]", "gives Infinity, which is no number of JSON at /1/a~1b"),
        ("new Map()", "gives Map, which is no value of JSON"),
        ("[new Set([1])]", "gives Set, which is no value of JSON at /0"),
        ("Promise.resolve(1)", "gives Promise"),
        ("import('os')", "gives Promise"),
        ("/a/", "gives RegExp"),
        ("Math", "gives Math"),
        ("globalThis", "gives globalThis"),
        ("new Error('x')", "gives Error"),
        ("new Date('x')", "gives an invalid date"),
        ("'\\ud800'", "half of a surrogate pair"),
        ("({'\\udfff': 1})", "half of a surrogate pair"),
        ("(() => { const a = {}; a.a = a; return a })()", "nested deeper than 256 levels, or holds itself"),
        ("'x'.repeat(9e6)", "more than 8,000,000 bytes"),
        ("new Array(1e8)", "more than 8,000,000 bytes"),
        ("({get a() { throw new Error('no') }})", "Error: no"),
        ("new Proxy({a: 1}, {get() { throw 'caught' }})", "caught"),
        ("null.x", "TypeError: cannot read property 'x' of null"),
        ("input.x", "there is no `input` here; the data are $, and every argument begins with $: $context; the argument is called $input"),
        ("$nobody", "`$nobody` is not available here"),
        ("JSON.parse('{')", "SyntaxError"),
        ("(() => { throw {a: 1} })()", "throws what is no error"),
        ("x = 1", "there is no `x` here"),
        ("eval('1')", "there is no `eval` here"),
        ("Function('return 1')()", "code cannot be made of a text"),
        ("(() => 1).constructor('return 1')()", "code cannot be made of a text"),
        ("Reflect.construct((async () => 1).constructor, ['1'])", "code cannot be made of a text"),
        ("a b", "Unexpected identifier 'b' (line 1, column 3)"),
        ("1 +\n 2 3", "(line 2, column 4)"),
        ("1 +", "it ends too soon"),
        ("await 1", "Unexpected number"),
        ("return 1", "(line 1, column 1)"),
        ("", "is empty"),
        ("// nothing", "it ends too soon"),
        ("1\0", "NUL"),
    ],
)
def test_what_is_refused(evaluator, expression, said):
    assert said in refusal(evaluator, expression, "text")


@pytest.mark.parametrize("expression", ["1) , (2", "1] , [2", "1)}), (() => { return (2", "1), (() => 2)(", "1 */", "1\n)//"])
def test_an_expression_cannot_leave_its_place(evaluator, expression):
    assert refusal(evaluator, expression)


# ── exactness ─────────────────────────────────────────────────────────────────────────────────────

KEYS = st.sampled_from(["a", "10", "2", "0", "4294967295", "__proto__", "constructor", "toJSON", "length", "", "b"]) | st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


def text_of(found):
    """A value as JSON, whole doubles as the integers they are."""
    if isinstance(found, float) and found.is_integer() and abs(found) < 2**53 and (found or math.copysign(1, found) > 0):
        return text_of(int(found))
    if isinstance(found, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text_of(item)}" for key, item in found.items()) + "}"
    return "[" + ",".join(map(text_of, found)) + "]" if isinstance(found, list) else json.dumps(found)


@settings(deadline=None, max_examples=60)
@given(VALUES)
def test_every_value_passes_through_as_it_is_with_the_order_of_its_keys(evaluator, given_value):
    through = "[$].map(x => x)[0]"  # no plain path: QuickJS is asked
    assert member_paths.compiled(through) is None

    assert text_of(value(evaluator, through, given_value)) == text_of(given_value)
    assert json.dumps(value(evaluator, "$", given_value)) == json.dumps(given_value)


def test_long_integers_are_exact_or_an_error(evaluator):
    data = {"id": 9007199254740993, "small": 5}

    assert value(evaluator, "$.id", data) == 9007199254740993
    assert value(evaluator, "({id: $.id})", data) == {"id": 9007199254740993}
    assert value(evaluator, "`${$.id}`", data) == "9007199254740993"
    assert value(evaluator, "$.id + 1n", data) == 9007199254740994
    assert value(evaluator, "$.id === 9007199254740993n", data) is True
    assert "BigInt" in refusal(evaluator, "$.id + 1", data)
    assert "BigInt" in refusal(evaluator, "$.id * $.small", data)


def test_a_computed_double_does_not_come_back_as_exact_digits(evaluator):
    found = value(evaluator, "2 ** 60 + 1")

    assert isinstance(found, float)
    assert value(evaluator, "$ / 2", found) == 2.0**59


def test_deep_data_go_in_and_out(evaluator):
    deep: list[object] = []
    for _ in range(255):
        deep = [deep]

    assert value(evaluator, "[$][0]", deep) == deep
    assert "deeper than 256" in refusal(evaluator, "[[$]]", deep)


PATHS = st.lists(
    st.sampled_from([".a", ".b", "?.a", "?.b", "[0]", "[1]", '["a"]', "['10']", ".length", ".toString", ".constructor", "?.[0]", "[10]"]),
    max_size=4,
).map(lambda steps: "$" + "".join(steps))


@settings(deadline=None, max_examples=80)
@given(PATHS, VALUES | st.fixed_dictionaries({"a": VALUES, "b": VALUES, "10": VALUES}) | st.lists(VALUES, min_size=1, max_size=2))
def test_plain_paths_give_what_quickjs_gives(evaluator, path, dot):
    read = member_paths.compiled(path)
    assert read is not None
    found = evaluator.evaluate([path], dot, {}, NOW, PLACE, language="javascript") if read(dot, {}) is not member_paths.BEYOND else None
    if found is not None:
        assert found.cost == 0
        assert text_of(found.values[0]) == text_of(value(evaluator, f"(() => {path})()", dot))


@pytest.mark.parametrize(("literal", "expected"), [("null", None), ("true", True), ("'a'", "a"), ('"b"', "b"), ("-12", -12), ("0", 0)])
def test_literals_need_no_child(evaluator, literal, expected):
    assert evaluator.evaluate([literal], None, {}, NOW, PLACE, language="javascript") == ([expected], 0)


# ── determinism, and what must not be reached ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "expression",
    [
        "Date.now()",
        "+new Date()",
        "new Date().getTime()",
        "+new (class extends Date {})()",
        "new Date(0).constructor.now()",
        "+new (Object.getPrototypeOf(new Date(0)).constructor)()",
        "+Reflect.construct(Date, [], class extends Date {})",
        "Date.parse(Date()) + 500",
        "Date.parse(new Date(0).constructor()) + 500",
    ],
)
def test_the_clock_is_the_runs(evaluator, expression):
    assert value(evaluator, expression) == NOW


def test_there_is_no_zone_and_no_locale(evaluator):
    assert value(evaluator, "[new Date(0).getTimezoneOffset(), new Date(2024, 5, 1).toISOString(), typeof Intl]") == [
        0,
        "2024-06-01T00:00:00.000Z",
        "undefined",
    ]


def test_chance_depends_on_the_run_and_the_place_and_on_nothing_else(evaluator):
    one = asked(evaluator, "Math.random()", "Math.random()", "[Math.random(), Math.random()]")

    assert asked(evaluator, "Math.random()", "Math.random()", "[Math.random(), Math.random()]") == one
    assert asked(evaluator, "'plain'", "Math.random()")[1] == one[1]
    assert len({one[0], one[1], *one[2]}) == 4
    assert value(evaluator, "Math.random()", seed="another") != one[0]
    assert value(evaluator, "Math.random()", place="/do/1/other") != one[0]
    assert all(0 <= number < 1 for number in value(evaluator, "Array.from({length: 1000}, Math.random)"))


def test_nothing_of_the_host_is_there(evaluator):
    absent = "performance Atomics SharedArrayBuffer WeakRef FinalizationRegistry queueMicrotask eval process require fetch setTimeout console std os"

    assert value(evaluator, f"'{absent}'.split(' ').filter(name => name in globalThis)") == []


POLLUTING = [
    "Object.prototype.polluted = 1",
    "globalThis.polluted = 1",
    "Array.prototype.map = () => 'polluted', 1",
    "Object.defineProperty(Object.prototype, 'polluted', {get: () => 1}), 1",
    "JSON.parse = JSON.stringify = () => '\"polluted\"', 1",
    "Math.random = () => 'polluted', 1",
    "Date.now = () => 'polluted', 1",
    "$.polluted = 1",
    "$.list.push('polluted')",
    "delete $.list",
]


@pytest.mark.parametrize("expression", POLLUTING)
def test_an_expression_leaves_nothing_for_the_next_one(evaluator, expression):
    look = "[globalThis.polluted, ({}).polluted, [1].map(x => x), typeof Math.random(), typeof Date.now(), $.polluted, $.list]"
    expected = [None, None, [1], "number", "number", None, [1]]
    dot = {"list": [1]}

    together = asked(evaluator, expression, look, dot=dot)

    assert together[1] == expected
    assert value(evaluator, look, dot) == expected
    assert dot == {"list": [1]}


@pytest.mark.parametrize(
    "expression",
    [
        "JSON.stringify = null, Object.keys = null, Array.isArray = null, [1, {a: 2}]",
        "Object.prototype.toJSON = () => 'forged', [1, {a: 2}]",
        "String.prototype.isWellFormed = () => true, '\\ud800'",
        "Array.prototype.join = () => 'VNaN', 1",
        "Array.prototype.join = () => 'V[[[', 1",
        "Array.prototype.join = () => 'V', 1",
        "Array.prototype.join = () => 'V1e999', 1",
        "Array.prototype.join = () => 'V1,2', 1",
        "Array.prototype.join = () => 'V1,\\n2', 1",
        "Number.prototype.toExponential = () => '1,2', 2 ** 70",
        "Array.prototype.join = () => ({}), 1",
        "Array.prototype.push = () => { throw 1 }, [1]",
        "(() => { String.prototype.toWellFormed = () => 5; throw 1 })()",
        "(() => { String.prototype.replaceAll = () => '\\ud800\\0'; throw 1 })()",
        "(() => { Error.prototype.toString = () => { throw 1 }; throw new Error({toString() { throw 2 }}) })()",
        "(() => { throw new Proxy({}, {getPrototypeOf() { throw 3 }}) })()",
        "Object.defineProperty([], 'length', {value: 4294967295})",
        "new Proxy([], {get: (t, k) => k === 'length' ? Infinity : 1})",
        "new Proxy({}, {ownKeys: () => Array.from({length: 1e4}, (_, i) => `k${i}`), getOwnPropertyDescriptor: () => ({enumerable: true, configurable: true})})",
    ],
)
def test_who_spoils_the_built_in_objects_spoils_at_most_the_own_result(evaluator, expression):
    try:
        found = value(evaluator, expression)
    except Fault:
        pass
    else:
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
    assert value(evaluator, "[1].concat([2])") == [1, 2]


def test_expressions_that_forge_their_results_cannot_forge_one_together(evaluator):
    with pytest.raises(Fault) as raised:
        asked(evaluator, "1 + 1", "Array.prototype.join = () => 'V1,[2', 1", "Array.prototype.join = () => 'V3]', 1")
    assert raised.value.problem.detail.startswith("`Array.prototype.join = () => 'V1,[2', 1`: the result cannot be read")


@pytest.mark.parametrize(
    "error",
    [
        "new Error('x')",
        "(() => { try { null.x } catch (error) { return error } })()",
        "(() => { const o = {}; Error.captureStackTrace(o); return o })()",
    ],
)
def test_where_something_was_thrown_tells_nothing_of_what_stands_around_expressions(evaluator, error):
    assert value(evaluator, f"{error}.stack") == ""
    assert "read-only" in refusal(evaluator, f"(Error.stackTraceLimit = 10, {error}.stack)")
    assert value(evaluator, f"(Error.prepareStackTrace = (error, way) => way.length, {error}.stack)") in {"", 0}


COST = [
    "(() => { for (;;); })()",
    "(function f() { return 1 + f() })()",
    "(() => { const a = []; for (;;) a.push('x'.repeat(1e6) + a.length) })()",
    "'x'.repeat(2e9)",
    "/(a*)*b/.test('a'.repeat(5000))",
    "Array.from({length: 1e9})",
    "new Proxy({}, {ownKeys() { for (;;); }})",
    "({toJSON() { for (;;); }})",
    "2n ** 10n ** 9n",
    "[...function* () { for (;;) yield 1 }()]",
    "JSON.parse('['.repeat(1e6))",
    f"{'(' * 20000}1{')' * 20000}",
]


@pytest.mark.parametrize("expression", COST, ids=range(len(COST)))
def test_what_costs_too_much_is_stopped_and_the_next_one_is_not(expression):
    evaluator = ChildEvaluator(Settings(deadline=0.2, activation=30, memory=400 * 1024 * 1024))
    with pytest.raises((Fault, Held)) as stopped:
        value(evaluator, expression)
    after = value(evaluator, "1 + 1")
    evaluator.close()

    assert getattr(stopped.value, "counted", True)
    assert "\n" not in str(stopped.value)
    assert after == 2


def test_a_stopped_expression_is_remembered(evaluator):
    endless = "(function f() { return 1 + f() })() // once"
    for said in ("called functions too deep in each other", "was stopped a short while ago"):
        with pytest.raises(Held, match=said) as held:
            asked(evaluator, endless)
        assert held.value.counted
    assert PLACE in held.value.message


def test_a_worker_without_the_engine_faults_nobodys_run(monkeypatch):
    monkeypatch.setattr("interpreter.evaluation.process._packages", lambda: "/nowhere")
    evaluator = ChildEvaluator()
    try:
        with pytest.raises(Held, match=r"pip install 'swtemporal\[js\]'") as held:
            value(evaluator, "1 + 1")
        assert not held.value.counted
        assert value(evaluator, "$.a", {"a": 1}) == 1
        assert evaluator.compile_check(["$.a"], JAVASCRIPT) is None
    finally:
        evaluator.close()


# ── only what is named ────────────────────────────────────────────────────────────────────────────


def test_only_what_is_named_is_asked_for(evaluator):
    class Lazy(dict):
        def __getitem__(self, name):
            if name == "secrets":
                raise AssertionError("nobody asked for it")
            return super().__getitem__(name)

    arguments = Lazy(context={"a": 1, "b": 2}, secrets={})

    found = evaluator.evaluate(["$context.a + 1", "'$' + 'secrets'"], None, arguments, NOW, PLACE, language="javascript")

    assert found.values == [2, "$secrets"]


def test_the_context_is_whole_where_it_is_looked_at_as_a_whole(evaluator):
    context = {"a": 1, "b": 2}

    assert value(evaluator, "Object.keys($context).length", context=context) == 2
    assert value(evaluator, "$context.hasOwnProperty('b')", context=context) is True


def test_a_name_that_is_none_in_javascript_spoils_nothing(evaluator):
    texts = ["'5 $m² and $größe'", "$größe + 1"]

    assert evaluator.compile_check(texts, JAVASCRIPT) == [None, None]
    assert asked(evaluator, *texts, **{"m²": 1, "größe": 2}) == ["5 $m² and $größe", 3]


def test_compiling_names_the_place_and_runs_nothing(evaluator):
    expressions = [
        "$.a",
        "a b",
        "1 +\n 2 3",
        "1) , (2",
        "",
        "`${$.a}`",
        "1 +",
        "$anything.at.all",
        "1)}), (() => { for (;;); })(), (() => { return (2",
    ]

    found = evaluator.compile_check(expressions, JAVASCRIPT)

    assert found[:8] == [
        None,
        "Unexpected identifier 'b' (line 1, column 3)",
        "Unexpected number (line 2, column 4)",
        "Unexpected token ')' (line 1, column 2)",
        "is empty",
        None,
        "it ends too soon, or closes what is not open (at its end)",
        None,
    ]
    assert "(line 1, column 3)" in found[8]
