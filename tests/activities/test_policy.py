"""What is granted, and each way around it."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from activities.boundary import effect
from activities.call_grpc import _address
from activities.granted import under
from activities.policy import Grant, Policy, Rule, everything, harmless
from interpreter.faults import Fault
from tests.activities.performing import arguments, environment, perform, preparation
from tests.settings import Settings

DANGEROUS = ("run.script", "run.shell", "run.container", "mcp.stdio", "function.python", "function.activity", "function.http-container")


def refused(act) -> str:
    with pytest.raises(Fault) as raised:
        act()
    assert raised.value.problem.type.endswith("/authorization")
    assert raised.value.problem.status == 403
    return raised.value.problem.detail


def reaching(*hosts: str) -> Grant:
    return Grant((Rule(hosts=hosts),))


def test_nothing_is_granted_by_no_rule():
    grant = Policy(()).grant("q", "d")
    for act in (
        lambda: grant.kind("call.http"),
        lambda: grant.secret("s"),
        lambda: grant.image("alpine"),
        lambda: grant.command("ls"),
        lambda: grant.volume("/data"),
        lambda: grant.host("example.com", 443, ["93.184.216.34"]),
    ):
        refused(act)


def test_rules_count_by_queue_and_by_hash():
    policy = Policy((Rule(queues=("pay-*",), kinds=("run.shell",)), Rule(documents=("abc",), kinds=("run.script",))))

    policy.grant("pay-1", None).kind("run.shell")
    policy.grant("other", "abc").kind("run.script")
    policy.grant("pay-1", "abc").kind("run.script")
    refused(lambda: policy.grant("other", "abd").kind("run.script"))
    refused(lambda: policy.grant("other", "*").kind("run.script"))
    assert "'run.shell' under 'kinds'" in refused(lambda: policy.grant("other", "abc").kind("run.shell"))


def test_without_a_policy_no_dangerous_kind_is_done():
    grant = Policy((harmless(["localhost"]),)).grant("q", "d")

    for kind in ("call.http", "call.grpc", "asyncapi.poll", "emit", "resource.fetch"):
        grant.kind(kind)
    grant.host("localhost", 80, ["127.0.0.1"])
    refused(lambda: grant.host("127.0.0.1", 80, ["127.0.0.1"]))
    for kind in DANGEROUS:
        refused(lambda kind=kind: grant.kind(kind))


def test_everything_is_everything_for_these_documents_only():
    policy = Policy((everything(documents=("abc",)),))
    grant = policy.grant("q", "abc")

    for kind in DANGEROUS:
        grant.kind(kind)
    grant.host("localhost", 80, ["127.0.0.1", "::1"])
    grant.volume("/")
    grant.volume("a-volume-of-dockers")
    refused(lambda: policy.grant("q", "abd").kind("emit"))


@pytest.mark.parametrize(
    "address",
    [
        *["127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"],
        *["::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "255.255.255.255"],
        *["64:ff9b::7f00:1", "64:ff9b::a00:1", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "64:ff9b:1::7f00:1"],
    ],
)
def test_public_is_no_address_of_the_neighbourhood(address):
    assert not reaching("public").reaches(address, 80)
    assert reaching("*").reaches(address, 80)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_is_the_rest(address):
    assert reaching("public").reaches(address, 80)


@pytest.mark.parametrize(
    ("pattern", "name", "port", "addresses", "granted"),
    [
        ("localhost", "localhost", 8080, ["127.0.0.1"], True),
        ("localhost", "LOCALHOST.", 8080, ["127.0.0.1"], True),
        ("localhost:8080", "localhost", 8080, ["127.0.0.1"], True),
        ("localhost:8080", "localhost", 8081, ["127.0.0.1"], False),
        ("localhost", "localhost.evil.example", 80, ["127.0.0.1"], False),
        ("*.example.com", "api.example.com", 443, ["10.0.0.1"], True),
        ("*.example.com", "example.com", 443, ["10.0.0.1"], False),
        ("10.0.0.0/8", "api.internal", 443, ["10.0.0.1"], True),
        ("10.0.0.0/8", "api.internal", 443, ["10.0.0.1", "192.168.0.1"], False),
        ("10.0.0.0/8:443", "api.internal", 80, ["10.0.0.1"], False),
        ("::1", "::1", 80, ["::1"], True),
        ("[::1]:80", "::1", 80, ["::1"], True),
        ("[::1]:80", "::1", 81, ["::1"], False),
        ("public", "rebound.example", 80, ["93.184.216.34", "127.0.0.1"], False),
        ("public", "public", 80, ["127.0.0.1"], False),
        ("*.internal", "10.0.0.5,x.internal", 9092, ["10.0.0.5"], False),
        ("*.internal", "dns://evil.example/x.internal", 443, ["10.0.0.5"], False),
        ("api.*", "api.x@127.0.0.1", 80, ["127.0.0.1"], False),
        ("*", "fe80::1%eth0", 80, ["fe80::1"], True),
    ],
)
def test_hosts(pattern, name, port, addresses, granted):
    if granted:
        reaching(pattern).host(name, port, addresses)
    else:
        assert "under 'hosts'" in refused(lambda: reaching(pattern).host(name, port, addresses))


@pytest.mark.parametrize(
    ("folder", "granted"),
    [
        ("/data", True),
        ("/data/in/deep", True),
        ("/database", False),
        ("/data/../etc", False),
        ("data", False),
        ("/", False),
        ("/var/run/docker.sock", False),
    ],
)
def test_volumes(folder, granted):
    grant = Grant((Rule(volumes=("/data/",)),))
    if granted:
        grant.volume(folder)
    else:
        refused(lambda: grant.volume(folder))


def test_patterns_of_names():
    grant = Grant((Rule(images=("alpine:*",), commands=("jq",), secrets=("api-*",)),))

    grant.image("alpine:3")
    grant.command("jq")
    grant.secret("api-key")
    for act in (lambda: grant.image("evil/alpine:3"), lambda: grant.command("/tmp/jq"), lambda: grant.secret("db")):
        refused(act)


def test_what_a_url_leaves_out_of_a_host_does_not_make_it_the_operators():
    service = {"host": "127.0.0.1\t", "port": 50051}
    with pytest.raises(Fault), under(reaching("public")):
        asyncio.run(_address({"service": service}, {}))


def test_an_activity_that_no_run_asks_for_is_refused():
    async def perform(_):
        return "done"

    with pytest.raises(ApplicationError, match="403") as raised:
        asyncio.run(environment(workflow_id=None).run(effect("call.http", perform, preparation()), arguments({})))
    assert "runs only" in raised.value.details[0]["detail"]
    assert asyncio.run(environment().run(effect("call.http", perform, preparation()), arguments({}))) == "done"


def granting(*rules: Rule, functions=(), carried=()) -> Grant:
    return Policy(rules).grant("q", "D", functions, carried)


def test_what_a_run_carries_has_to_be_named_by_the_rule_that_names_its_document():
    rule = Rule(documents=("D",), carries=("openapi",), hosts=("api.internal",), secrets=("key",))

    granting(rule).secret("key")
    granting(rule, carried=("openapi",)).host("api.internal", 443, ["10.0.0.1"])
    detail = refused(lambda: granting(rule, carried=("openapi", "forged")).secret("key"))
    assert detail.endswith("under 'carries': forged")
    refused(lambda: granting(rule, carried=("forged",)).host("api.internal", 443, ["10.0.0.1"]))


def test_documents_of_one_rule_may_carry_each_other():
    both = Rule(documents=("D", "child"), secrets=("key",))

    granting(both, carried=("child",)).secret("key")
    refused(lambda: granting(Rule(documents=("D",), secrets=("key",)), Rule(documents=("child",)), carried=("child",)).secret("key"))


def test_a_rule_may_let_its_documents_carry_anything():
    granting(Rule(documents=("D",), carries=("*",), secrets=("key",)), carried=("forged",)).secret("key")


def test_for_what_everybody_may_do_nothing_can_be_forged():
    grant = granting(Rule(secrets=("all-*",)), Rule(documents=("D",), secrets=("own",)), carried=("forged",))

    grant.secret("all-1")
    refused(lambda: grant.secret("own"))


@pytest.mark.parametrize(
    "act",
    [
        lambda grant: grant.kind("run.container"),
        lambda grant: grant.image("alpine"),
        lambda grant: grant.volume("/data"),
        lambda grant: grant.command("ls"),
        lambda grant: grant.variables(["TEAM"]),
    ],
)
def test_a_function_from_elsewhere_has_its_own_grants_and_no_more_than_its_caller(act):
    caller = everything(documents=("D",))
    own = Rule(documents=("F",), kinds=("run.container",), images=("alpine",), volumes=("/data",), commands=("ls",), environment=("TEAM",))

    act(granting(caller, own, functions=("F",)))
    assert "the function it stands in (hash F)" in refused(lambda: act(granting(caller, functions=("F",))))
    assert "the function it stands in (hash G)" in refused(lambda: act(granting(caller, own, functions=("F", "G"))))
    refused(lambda: act(granting(own, functions=("F",))))


def test_a_function_calls_as_its_caller_may():
    grant = granting(Rule(documents=("D",), kinds=("call.http",), hosts=("api.internal",), secrets=("key",)), functions=("F",))

    grant.kind("call.http")
    grant.host("api.internal", 443, ["10.0.0.1"])
    grant.secret("key")
    refused(lambda: grant.kind("call.grpc"))


def test_the_border_tells_documents_from_what_is_carried():
    async def perform(_):
        return "done"

    def asked(policy: Policy, **identity):
        prepared = preparation()
        prepared.policy = policy
        return asyncio.run(environment().run(effect("run.script", perform, prepared), arguments({}) | {"document": "abc"} | identity))

    policy = Policy((everything(documents=("abc", "script")),))
    assert asked(policy) == asked(policy, carried=["script"]) == "done"
    with pytest.raises(ApplicationError, match="authorization") as raised:
        asked(policy, carried=["forged"])
    assert "forged" in raised.value.details[0]["detail"]


def test_a_command_is_given_no_variables_but_those_granted():
    policy = Policy((Rule(kinds=("run.shell",), commands=("ls",), environment=("TEAM_*",)),))

    def asked(environment):
        with_ = {"command": "ls", "environment": environment, "await": True, "return": "code", "stdout": None}
        return lambda: perform("run.shell", arguments(with_), Settings(policy=policy))

    assert asked({"TEAM_A": "a"})() == 0
    for name in ("PATH", "LD_PRELOAD", "BASH_FUNC_ls%%", "NODE_OPTIONS"):
        with pytest.raises(ApplicationError, match="403") as raised:
            asked({name: "x"})()
        assert f"{name!r} under 'environment'" in raised.value.details[0]["detail"]
