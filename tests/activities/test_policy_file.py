from __future__ import annotations

import pytest

from activities.policy import Policy, Rule
from activities.policy_file import __doc__ as example
from activities.policy_file import policy_of, read

HASH = "a" * 64


def test_the_example_is_a_policy():
    policy = read(example.partition("\n\n")[2])

    assert [rule.documents for rule in policy.rules] == [("*",), ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",)]
    policy.grant("reports", policy.rules[1].documents[0]).image("alpine:3")


def test_no_rules_grant_nothing():
    assert read("rules: []") == Policy(())


def test_a_rule_of_every_member():
    text = f"rules: [{{queues: [q], documents: [{HASH}], carries: [{HASH}], kinds: [k], hosts: ['10.0.0.0/8:80'], secrets: [s], images: [i], volumes: [/v], commands: [c], environment: [e]}}]"
    members = {"kinds": ("k",), "hosts": ("10.0.0.0/8:80",), "secrets": ("s",), "images": ("i",), "volumes": ("/v",), "commands": ("c",)}
    members |= {"carries": (HASH,), "environment": ("e",)}
    assert read(text) == Policy((Rule(queues=("q",), documents=(HASH,), **members),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "no YAML"),
        ("", "'rules'"),
        ("rules: {}", "'rules'"),
        ("rules: []\nmore: 1", "'rules'"),
        ("rules: [x]", "rules[0]: expected an object"),
        ("rules: [{kind: [a]}]", "rules[0]: there is no 'kind'"),
        ("rules: [{}, {kinds: a}]", "rules[1].kinds: expected a list"),
        ("rules: [{kinds: [1]}]", "rules[0].kinds: expected a list"),
        ("rules: [{kinds: ['']}]", "rules[0].kinds: expected a list"),
        ("rules: [{documents: [orders]}]", "'orders' is no hash"),
        ("rules: [{documents: ['%s'], carries: [order.yaml]}]" % HASH, "rules[0].carries: 'order.yaml' is no hash"),  # noqa: UP031
        ("rules: [{carries: ['*']}]", "rules[0].carries: say under 'documents'"),
        (
            "rules: [{hosts: ['10.*']}]",
            "rules[0].hosts: '10.*' would be a pattern of names; addresses are written as a network: 10.0.0.0/8",
        ),
        ("rules: [{hosts: ['192.168.*.*:8080']}]", "a network: 192.168.0.0/16"),
        ("rules: [{hosts: ['10.?.0.1']}]", "a network, such as 10.0.0.0/8"),
        ("rules: [{hosts: ['fd00:*:1']}]", "a network, such as fd00::/8"),
        ("rules: [{hosts: ['http://a.example']}]", "rules[0].hosts: 'http://a.example' is no network"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    with pytest.raises(ValueError, match=r".") as raised:
        read(text)
    assert said in str(raised.value)


@pytest.mark.parametrize("host", ["http://localhost:8080", "10.0.0.0/33", "10.*"])
def test_what_is_allowed_without_a_policy_is_looked_at_too(host):
    with pytest.raises(ValueError, match="--allow"):
        policy_of(None, [host])


@pytest.mark.parametrize("host", ["*", "*.example.com", "api-?.internal:443", "10.0.0.1", "[::1]:80", "node1.*.internal", "s3.*"])
def test_patterns_of_names_are_fine(host):
    assert policy_of(None, [host])
