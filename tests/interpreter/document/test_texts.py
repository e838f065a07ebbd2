from __future__ import annotations

from interpreter.document.load import load
from interpreter.document.texts import texts
from interpreter.document.walk import walk
from interpreter.values import lookup
from tests.interpreter.document.documents import own

HEADER = "document: {dsl: '1.0.3', namespace: test, name: x, version: '1.0.0'}\n"


def found(tasks):
    return {one.pointer: one for one in texts(load(HEADER + "do:\n" + tasks).definition.document)}


def test_roles():
    one = found(
        "  - a:\n      if: .x\n      input: {from: .y}\n      output: {as: {z: [.not, '${ .z }']}}\n      call: http\n"
        "      with: {method: get, endpoint: 'https://x.io/{id}', query: {q: 1, r: [a]}, headers: '${ .h }', body: b, output: raw}\n"
    )

    assert {pointer.removeprefix("/do/0/a/"): text.role for pointer, text in one.items()} == {
        "if": "expression",
        "input/from": "expression",
        "output/as/z/0": "data",
        "output/as/z/1": "data",
        "with/method": "marked",
        "with/endpoint": "marked",
        "with/headers": "marked",
        "with/query/r/0": "data",
        "with/body": "data",
    }


def test_only_what_is_sent_may_hold_secrets():
    one = found(
        "  - a: {call: http, with: {method: get, endpoint: {uri: 'https://x.io', authentication: {bearer: {token: t}}}}, if: .x}\n"
        "  - b: {run: {shell: {command: c, environment: {A: b}}}}\n"
        "  - c: {set: {x: y}}\n"
        "  - d: {call: asyncapi, with: {document: {endpoint: 'https://x.io'}, channel: c,\n"
        "      subscription: {consume: {amount: 1}, foreach: {do: [{e: {set: {x: y}}}], output: {as: .x}}}}}\n"
        "  - f: {call: 'log:1.0.0@default', with: {message: y}}\n"
    )

    assert {pointer for pointer, text in one.items() if not text.deferred} == {
        "/do/0/a/if",
        "/do/2/c/set/x",
        "/do/3/d/with/subscription/foreach/do/0/e/set/x",
        "/do/3/d/with/subscription/foreach/output/as",
        "/do/4/f/with/message",
    }


def test_every_pointer_leads_to_what_was_written():
    for path in own():
        definition = load(path.read_bytes()).definition

        for one in texts(definition.document):
            assert definition.raw_at(one.pointer) == one.text
        for pointer, node in walk(definition.document):
            assert isinstance(lookup(definition.raw, pointer), dict), node
