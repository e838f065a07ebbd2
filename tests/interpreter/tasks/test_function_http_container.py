from __future__ import annotations

import pytest

from interpreter.document.load import load
from tests.fakes import World
from tests.interpreter.documents import fault_of, flow

KIND = "function.http-container"


def ran(arguments: str, answer=None, input=...):
    return World({KIND: answer}).run(flow(f"[a: {{call: 'http-container:1.0.0@default', with: {arguments}}}]"), input)


def test_its_answer_is_the_output_and_the_call_s_input_what_it_gets():
    done = ran("{image: shop/prices}", {"total": 5}, {"n": 7})
    sent = done.started[0].arguments["with"]
    assert done.output == {"total": 5}
    assert {name: sent[name] for name in ("image", "input", "port", "path", "pullPolicy", "startWithin")} == {
        "image": "shop/prices",
        "input": {"n": 7},
        "port": 8080,
        "path": "/",
        "pullPolicy": "ifNotPresent",
        "startWithin": 60_000,
    }
    assert sent["of"]["task"] == "a"


def test_everything_can_be_said():
    sent = ran(
        "{image: 'shop/${ .n }', input: '${ .n }', port: 80, path: /total, command: serve, environment: {A: '${ .n }'}, files: {f: {}},"
        " pullPolicy: never, startWithin: {seconds: 5}}",
        input={"n": 7},
    )
    asked = sent.started[0].arguments["with"]
    del asked["of"]
    assert asked == {
        "image": "shop/7",
        "input": 7,
        "port": 80,
        "path": "/total",
        "command": "serve",
        "environment": {"A": 7},
        "files": {"f": {}},
        "pullPolicy": "never",
        "startWithin": 5_000,
    }


def test_without_arguments_the_input_has_them():
    done = World({KIND: 5}).run(flow("[a: {call: 'http-container:1.0.0@default'}]"), {"image": "shop/prices", "input": [1]})
    assert done.started[0].arguments["with"]["input"] == [1]


@pytest.mark.parametrize(
    "arguments",
    [
        "{}",
        "{image: ''}",
        "{image: 5}",
        "{image: x, port: 0}",
        "{image: x, port: 70000}",
        "{image: x, port: '80'}",
        "{image: x, port: true}",
        "{image: x, path: total}",
        "{image: x, command: [a]}",
        "{image: x, environment: [a]}",
        "{image: x, files: a}",
        "{image: x, pullPolicy: sometimes}",
        "{image: x, size: small}",
    ],
)
def test_what_makes_no_sense_is_an_error(arguments: str):
    assert fault_of(ran(arguments)) == ("validation", 400, "/do/0/a")


def test_a_path_begins_where_no_secret_is_named():
    done = ran("{image: x, path: '${ $secrets.key }'}")
    assert fault_of(done) == ("validation", 400, "/do/0/a")
    assert "before what names a secret" in done.problem["detail"]


def test_a_duration_that_is_none_is_an_error():
    assert fault_of(ran("{image: x, startWithin: soon}")) == ("expression", 400, "/do/0/a")


DOCUMENT = """
document: {{dsl: '1.0.3', namespace: n, name: w, version: '1.0.0'}}
use: {{secrets: [key]{catalogs}}}
do:
  - a: {{call: '{call}', with: {{image: x, environment: {{KEY: '${{ $secrets.key }}'}}}}}}
"""


def test_secrets_may_be_named_and_stay_out_of_what_is_recorded():
    loaded = load(DOCUMENT.format(call="http-container:1.0.0@default", catalogs=""))
    assert loaded.findings == ()
    sent = World({KIND: None}).run(loaded.definition).started[0].arguments
    assert sent["with"]["environment"] == {"KEY": "${ $secrets.key }"}
    assert (list(sent["deferred"]), sent["secrets"]) == (["/environment/KEY"], ["key"])


@pytest.mark.parametrize(
    ("call", "catalogs"),
    [("python:1.0.0@default", ""), ("http-container:1.0.0@mine", ", catalogs: {mine: {endpoint: 'https://example.com'}}")],
)
def test_other_functions_get_no_secrets(call: str, catalogs: str):
    found = load(DOCUMENT.format(call=call, catalogs=catalogs)).findings
    assert "secret-in-data" in {finding.code for finding in found}
