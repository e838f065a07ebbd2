from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.document.load import define, load, parse, unsupported
from interpreter.document.model import HttpCall, Set
from tests.interpreter.document.documents import own

KEYS = st.sampled_from(
    [
        "document",
        "do",
        "a",
        "call",
        "with",
        "set",
        "try",
        "catch",
        "listen",
        "to",
        "any",
        "until",
        "run",
        "shell",
        "wait",
        "use",
        "then",
        "x",
    ]
)
VALUES = st.sampled_from([None, True, 0, 1.5, "", "http", "end", "${ .x }", "PT1S", "https://x.io", [], {}])
HEADER = "document: {dsl: '1.0.3', namespace: test, name: x, version: '1.0.0'}\n"


def document(*tasks, **members):
    return {"document": {"dsl": "1.0.3", "namespace": "test", "name": "x", "version": "1.0.0"}, "do": list(tasks), **members}


def test_a_good_document():
    loaded = load(HEADER + "do:\n  - a: {set: {x: '${ .y }'}}\n", "good.yaml")

    assert loaded.findings == ()
    assert loaded.definition.raw == document({"a": {"set": {"x": "${ .y }"}}})
    assert loaded.definition.document.do[0].name == "a"
    assert loaded.definition.document.do[0].body == Set(set={"x": "${ .y }"})
    assert loaded.definition.raw_at("/do/0/a/set/x") == "${ .y }"
    assert loaded.definition.marks.value("/do/0/a/set").line == 3


def test_a_definition_travels_as_text():
    definition = load(HEADER + "do:\n  - ä: {set: {b: 1, a: 2}}\n").definition

    again = parse(definition.text)

    assert json.loads(definition.text) == definition.raw
    assert definition.digest == hashlib.sha256(definition.text.encode()).hexdigest()
    assert (again.document, again.raw, again.digest, again.text) == (
        definition.document,
        definition.raw,
        definition.digest,
        definition.text,
    )
    assert list(again.raw["do"][0]["ä"]["set"]) == ["b", "a"]


@pytest.mark.parametrize("path", own(), ids=lambda path: path.name)
def test_yaml_and_json_are_the_same_definition(path):
    definition = load(path.read_bytes()).definition

    assert load(definition.text).definition.digest == definition.digest == parse(definition.text).digest


def test_equal_texts_are_parsed_once_also_by_threads():
    text = define(document({"once": {"set": {"x": 1}}})).text

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(parse, [text] * 20))

    assert all(one == found[0] for one in found)
    assert parse(text) is parse(str(json.loads(json.dumps(text))))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"do": []}', r"no document: .* needs 'document'"),
        ("[" * 100_000, "nested too deep"),
        ('{"do": NaN}', "NaN is no value of JSON"),
        ("{", "Expecting property name"),
    ],
)
def test_what_is_no_document_is_refused_when_parsed(text, says):
    with pytest.raises(ValueError, match=says):
        parse(text)


@given(st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=25))
def test_whatever_is_written_is_judged(value):
    loaded = load(json.dumps(value))

    assert loaded.definition is not None or any(finding.severity == "error" for finding in loaded.findings)


def test_a_finding_says_where_and_what():
    (finding,) = load(HEADER + "do:\n  - a: {wiat: PT1S}\n", "flow.yaml").findings

    assert str(finding) == "flow.yaml:3:9: error[misspelt-kind] 'wiat' is not known here; did you mean 'wait'?"
    assert finding.as_json() == {
        "severity": "error",
        "code": "misspelt-kind",
        "message": "'wiat' is not known here; did you mean 'wait'?",
        "pointer": "/do/0/a/wiat",
        "file": "flow.yaml",
        "line": 3,
        "column": 9,
        "nearest": "wait",
    }


def test_a_fault_behind_an_alias_is_told_once_for_each_place():
    text = HEADER + "do:\n  - a: &task {wait: 30s}\n  - b: *task\n"

    assert [(one.line, one.pointer) for one in load(text).findings] == [(3, "/do/0/a/wait"), (4, "/do/1/b/wait")]


def test_expressions_are_compiled_each_once():
    asked = []

    def compile_check(expressions, _language):
        asked.append(list(expressions))
        return ["unexpected '|'" if "|" in expression else None for expression in expressions]

    text = HEADER + "do:\n  - a: {if: '.x |', set: {x: '${ .x }-${ .x }', y: '${ .x | }'}}\n  - b: {if: '.x |', set: {z: plain}}\n"
    found = load(text, compile_check=compile_check).findings

    assert asked == [[".x |", ".x"]]
    assert {(one.code, one.pointer) for one in found} == {
        ("bad-expression", "/do/0/a/if"),
        ("bad-expression", "/do/0/a/set/y"),
        ("bad-expression", "/do/1/b/if"),
    }
    assert "does not compile: unexpected '|'" in found[0].message


def test_where_nothing_reads_the_language_it_is_said_that_expressions_are_not_checked():
    text = HEADER + "evaluate: {language: javascript}\ndo:\n  - a: {if: 'x =>', set: {x: '${ ( }'}}\n"

    loaded = load(text, compile_check=lambda _expressions, _language: None)

    assert [(one.code, one.severity, one.pointer) for one in loaded.findings] == [
        ("unchecked", "warning", "/evaluate/language"),
        ("bad-expression", "error", "/do/0/a/set/x"),
    ]
    assert "pip install 'swtemporal[js]'" in loaded.findings[0].message


def test_expressions_of_another_language_are_not_judged():
    text = HEADER + "evaluate: {language: cel}\ndo:\n  - a: {if: 'x =>', set: {x: 1}}\n"

    found = load(text, compile_check=lambda expressions, _language: ["no"] * len(expressions)).findings

    assert [(one.code, one.severity) for one in found] == [("unsupported", "warning")]


@pytest.mark.parametrize(
    ("version", "known", "told"),
    [
        ("1.0.0", [], True),
        ("1.0.0", [("test", "other", "1.0.0")], False),
        ("1.0.0", [("test", "other", "2.0.0")], True),
        ("latest", [("test", "other", "2.0.0")], False),
        ("latest", [("test", "another", "2.0.0")], True),
    ],
)
def test_a_workflow_that_is_run_must_be_known(version, known, told):
    text = json.dumps(document({"a": {"run": {"workflow": {"namespace": "test", "name": "other", "version": version}}}}))

    assert [one.code for one in load(text, known=known).findings] == (["missing-workflow"] if told else [])


def test_secrets_may_be_recorded_where_the_author_says_so():
    raw = document({"a": {"set": {"x": "${ $secrets.key }"}}}, use={"secrets": ["key"]})
    raw["document"]["metadata"] = {"swtemporal": {"secretsInData": True}}

    assert load(json.dumps(raw)).findings == ()


def test_in_loose_mode_a_secret_needs_no_marks():
    raw = document({"a": {"set": {"x": "$secrets.key"}}}, use={"secrets": ["key"]})

    assert load(json.dumps(raw)).findings == ()
    assert [one.code for one in load(json.dumps(raw | {"evaluate": {"mode": "loose"}})).findings] == ["secret-in-data"]


@pytest.mark.parametrize(
    ("task", "feature"),
    [
        ({"run": {"script": {"language": "ruby", "code": "exit"}}}, "'ruby'"),
        ({"set": ".x", "input": {"schema": {"format": "avro", "document": {}}}}, "'avro'"),
    ],
)
def test_what_cannot_run_yet_is_a_warning_that_forbids_to_run(task, feature):
    loaded = load(json.dumps(document({"a": task})), "x.json")

    assert [(one.severity, one.code) for one in loaded.findings] == [("warning", "unsupported")]
    assert feature in loaded.findings[0].message
    assert unsupported(loaded.definition, "x.json") == loaded.findings


def test_what_can_run_is_not_unsupported():
    task = {"call": "http", "with": {"method": "get", "endpoint": {"uri": "https://x.io", "authentication": {"basic": {"use": "s"}}}}}
    definition = define(document({"a": task}, use={"secrets": ["s"]}))

    assert isinstance(definition.document.do[0].body, HttpCall)
    assert unsupported(definition) == ()


def test_a_schedule_is_only_warned_about():
    loaded = load(json.dumps(document(schedule={"every": "PT1H"})))

    assert [(one.severity, one.code) for one in loaded.findings] == [("warning", "schedule")]
    assert unsupported(loaded.definition) == ()


@pytest.mark.parametrize(("depth", "told"), [(64, False), (65, True), (90, True)])
def test_tasks_are_nested_64_deep_at_most(depth, told):
    tasks = []
    for _ in range(depth):
        tasks = [{"a": {"do": tasks}}]

    found = load(json.dumps(document(*tasks))).findings

    assert [one.code for one in found] == (["too-deep"] if told else [])
    assert all(one.pointer.count("/a") == 65 for one in found)


def test_what_is_far_too_deep_is_told_too():
    tasks = []
    for _ in range(130):
        tasks = [{"a": {"do": tasks}}]

    assert [one.code for one in load(json.dumps(document(*tasks))).findings] == ["too-deep"]


@pytest.mark.parametrize(("depth", "told"), [(256, False), (257, True)])
def test_data_is_256_deep_at_most(depth, told):
    value = "x"
    for _ in range(depth - 1):
        value = [value]

    found = load(json.dumps(document({"a": {"set": {"x": value}}}))).findings

    assert [one.code for one in found] == (["too-deep"] if told else [])
