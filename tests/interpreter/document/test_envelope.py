from __future__ import annotations

import json
import random

import pytest

from interpreter.defaults import Limits
from interpreter.document.envelope import Envelope, UnknownVersion
from interpreter.document.load import define
from interpreter.document.versions import precedence
from interpreter.values import digest


def workflow(name, version="1.0.0", *children, resource=None):
    tasks = [
        {f"t{i}": {"run": {"workflow": {"namespace": "test", "name": child, "version": at}}}} for i, (child, at) in enumerate(children)
    ]
    if resource:
        tasks.append({"check": {"set": {"a": 1}, "input": {"schema": {"resource": {"endpoint": resource}}}}})
    header = {"dsl": "1.0.3", "namespace": "test", "name": name, "version": version}
    return define({"document": header, "do": [*tasks, {"last": {"set": {"ünï": "✓"}}}]})


def envelope(root, *others, **more):
    return Envelope(root=root.digest, documents={one.digest: one.text for one in (root, *others)}, **more)


def test_survives_json_unchanged():
    one = envelope(workflow("a"), options={"limits": Limits(steps=7).as_json()}, resources={"file:///x": "{}"})

    again = Envelope.from_json(json.loads(json.dumps(one.as_json())))

    assert again == one
    assert again.limits == Limits(steps=7)


def test_what_is_carried_beside_the_document_is_known_by_its_hashes():
    root, child = workflow("a", "1.0.0", ("b", "1.0.0")), workflow("b")
    function = "catalog:mine/functions/f/1.0.0/function.yaml"
    resources = {"file:///x": "{}", function: "set: {a: 1} # a comment"}
    hashes = {child.digest: "", **{digest(f"{digest(text)} {uri}"): uri for uri, text in resources.items()}}

    carrying = envelope(root, child, resources=resources)

    assert carrying.carried() == hashes
    assert carrying.identity() == {"document": root.digest, "carried": sorted(hashes)}
    assert carrying.functions() == {digest('{"set":{"a":1}}'): "f:1.0.0@mine"}
    assert envelope(root).identity() == {"document": root.digest}


def test_texts_that_change_places_are_others():
    root = workflow("a")
    one, other = (envelope(root, resources=dict(zip(("file:///x", "file:///y"), texts, strict=True))) for texts in (("1", "2"), ("2", "1")))

    assert not one.carried().keys() & other.carried().keys()


def test_a_document_that_is_carried_under_a_false_hash_has_its_own():
    root, child, forged = workflow("a"), workflow("b"), workflow("b", "2.0.0")
    one = Envelope(root=root.digest, documents={root.digest: root.text, child.digest: forged.text})

    assert one.carried() == {forged.digest: ""}


def test_limits_not_given_are_the_defaults():
    assert envelope(workflow("a")).limits == Limits()


def test_definition_is_the_document_with_that_digest():
    root = workflow("a")

    found = envelope(root).definition(root.digest)

    assert found.raw == root.raw
    assert found.document == root.document
    assert found.digest == root.digest


def test_equal_documents_are_parsed_once():
    root = workflow("shared")

    assert envelope(root).definition(root.digest) is envelope(root, workflow("b")).definition(root.digest)


def test_a_document_that_is_not_what_its_digest_says_is_refused():
    root = workflow("a")
    forged = Envelope(root=root.digest, documents={root.digest: workflow("b").text})

    with pytest.raises(ValueError, match="has the digest"):
        forged.definition(root.digest)


FUNCTION = "catalog:shop/functions/price/1.0.0/function.yaml"


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"v": 2}, UnknownVersion, "newer worker"),
        ({"semantics": 99}, UnknownVersion, "newer worker"),
        ({"v": None}, ValueError, "positive number"),
        ({"v": True}, ValueError, "positive number"),
        ({"root": "none"}, ValueError, "digest of one"),
        ({"documents": []}, ValueError, "must be an object"),
        ({"resources": {"file:///x": 3}}, ValueError, "must hold texts"),
        ({"resources": {f"file:///{at}": "" for at in range(401)}}, ValueError, "at most 400 texts beside its document, not 401"),
        ({"options": "x"}, ValueError, "must be an object"),
        ({"options": {"x": [[]] * 30_000}}, ValueError, "'options' of the envelope is larger than 64,000 bytes"),
        ({"engine": {"x": "y" * 64_000}}, ValueError, "'engine' of the envelope is larger"),
        (
            {"resources": {"catalog:c/functions/f/1.0.0/function.yaml": "x" * 256_001}},
            ValueError,
            "the function carried as catalog:c/functions/f/1.0.0/function.yaml is larger than 256,000 bytes",
        ),
    ],
)
def test_what_is_no_envelope_is_refused(change, error, says):
    with pytest.raises(error, match=says):
        Envelope.from_json(envelope(workflow("a")).as_json() | change)


def test_a_plain_value_is_no_envelope():
    with pytest.raises(ValueError, match="an envelope is an object"):
        Envelope.from_json([])


def test_resolve_by_exact_version_and_latest():
    versions = [workflow("b", version) for version in ("1.9.0", "1.10.0", "1.10.0-rc.1", "0.99.99")]
    one = envelope(workflow("a"), *versions)

    assert one.resolve("test", "b", "1.9.0") == versions[0].digest
    assert one.resolve("test", "b", "latest") == versions[1].digest
    assert one.resolve("test", "b", "2.0.0") is None
    assert one.resolve("test", "c", "latest") is None
    assert one.resolve("other", "b", "latest") is None


def test_a_child_gets_only_what_it_can_reach():
    leaf = workflow("leaf", resource="file:///leaf.json")
    middle = workflow("middle", "1.0.0", ("leaf", "latest"), ("middle", "1.0.0"))
    root = workflow("root", "1.0.0", ("middle", "1.0.0"), resource="file:///root.json")
    whole = envelope(root, middle, leaf, resources={"file:///leaf.json": "{}", "file:///root.json": "{}"}, options={"limits": {"steps": 5}})

    child = whole.reachable(middle.digest)

    assert child.root == middle.digest
    assert set(child.documents) == {middle.digest, leaf.digest}
    assert set(child.resources) == {"file:///leaf.json"}
    assert child.options == whole.options


def test_a_child_gets_the_files_that_its_proto_files_import():
    service = {"name": "p.S", "host": "example.com"}
    call = {"call": "grpc", "with": {"proto": {"endpoint": "file://p/a.proto"}, "service": service, "method": "M"}}
    child = define({"document": {"dsl": "1.0.3", "namespace": "test", "name": "child", "version": "1.0.0"}, "do": [{"call": call}]})
    resources = {
        "file://p/a.proto": 'import "b.proto";',
        "file://p/b.proto": 'import "c/c.proto";',
        "file://p/c/c.proto": "",
        "file://p/d.proto": "",
    }

    whole = Envelope(root=child.digest, documents={child.digest: child.text}, resources=resources)

    assert set(whole.reachable(child.digest).resources) == {"file://p/a.proto", "file://p/b.proto", "file://p/c/c.proto"}


def test_precedence_is_that_of_semantic_versions():
    ordered = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.2.0",
        "1.10.0",
    ]

    assert sorted(random.Random(1).sample(ordered, len(ordered)), key=precedence) == ordered
    assert precedence("1.0.0+build") == precedence("1.0.0")
