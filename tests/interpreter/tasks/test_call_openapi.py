from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import custom, fault_of, flow

DOCUMENT = "document: {endpoint: 'https://example.com/openapi.json'}, operationId: find"


def sent(arguments: str, input=..., **root):
    """The arguments of the one call of a document, and how its run ended."""
    ran = World({"a": {}}).run(flow(f"[a: {{call: openapi, with: {arguments}}}]", **root), input)
    return (ran.started[0].arguments if ran.started else None), ran


def test_the_least_one_can_say():
    arguments, ran = sent(f"{{{DOCUMENT}}}")
    assert arguments == {
        "task": "a",
        "reference": "/do/0/a",
        "key": ran.started[0].key,
        "with": {
            "document": {"uri": "https://example.com/openapi.json"},
            "operationId": "find",
            "output": "content",
            "redirect": False,
        },
    }
    assert ran.started[0].kind == "call.openapi"


def test_everything_is_filled_in_from_the_transformed_input():
    arguments = """
      {document: {endpoint: 'https://{host}/${ .path }'}, operationId: '${ "find" + .what }', parameters: {n: '${ .n }', deep: [{s: 'n${ .n }'}], none: null},
       authentication: {bearer: {token: '${ .token }'}}, output: response, redirect: true}
    """
    found, ran = sent(arguments, {"host": "h.example", "path": "doc", "what": "Pet", "n": 5, "token": "t"})
    assert ran.completed
    assert found["with"] == {
        "document": {"uri": "https://h.example/doc"},
        "operationId": "findPet",
        "parameters": {"n": 5, "deep": [{"s": "n5"}], "none": None},
        "authentication": {"bearer": {"token": "t"}},
        "output": "response",
        "redirect": True,
    }


@pytest.mark.parametrize("value", [None, 5, "", ["find"]])
def test_an_operation_expression_that_gives_no_name_is_an_expression_error(value):
    _, ran = sent("{document: {endpoint: 'https://example.com'}, operationId: '${ .id }'}", {"id": value})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")
    assert ran.started == []


SECRETS = "{secrets: [token, other], authentications: {mine: {basic: {use: other}}}}"


def test_an_expression_that_names_secrets_is_left_to_the_activity():
    text = """
      {document: {endpoint: {uri: 'https://example.com/?k=${ $secrets.token }', authentication: {bearer: {token: '${ $secrets.other }'}}}},
       operationId: find, parameters: {key: '${ $secrets.token }', n: '${ .n }'}, authentication: {bearer: {token: 'x${ $secrets.token }'}}}
    """
    arguments, ran = sent(text, {"n": 5}, use=SECRETS)
    assert arguments["with"]["parameters"] == {"key": "${ $secrets.token }", "n": 5}
    assert arguments["deferred"].keys() == {
        "/document/uri",
        "/document/authentication/bearer/token",
        "/parameters/key",
        "/authentication/bearer/token",
    }
    assert arguments["secrets"] == ["token", "other"]
    assert ran.completed


@pytest.mark.parametrize(
    "text",
    [
        f"{{{DOCUMENT}, authentication: {{use: mine}}}}",
        "{document: {endpoint: {uri: 'https://example.com', authentication: {use: mine}}}, operationId: find}",
    ],
)
def test_a_policy_by_a_whole_secret_names_what_may_be_read(text):
    arguments, _ = sent(text, use=SECRETS)
    assert (arguments["secrets"], "deferred" in arguments) == (["token", "other"], False)


def test_a_policy_that_use_does_not_have_is_a_configuration_error():
    _, ran = sent(f"{{{DOCUMENT}, authentication: {{use: absent}}}}")
    assert fault_of(ran) == ("configuration", 400, "/do/0/a")


def test_a_summary_shows_operation_and_document_without_query_and_user():
    seen = []
    document = "document: {endpoint: 'https://ada:secret@example.com/{id}?key=1'}, operationId: find"
    World({"a": lambda effect: seen.append(effect.summary)}).run(flow(f"[a: {{call: openapi, with: {{{document}}}}}]"), {"id": "private"})
    assert seen == ["a · find of https://example.com/{id}"]


def test_a_retry_of_one_call_is_handed_to_the_activity():
    catch = "{errors: {with: {status: 503}}, retry: {delay: PT1S, limit: {attempt: {count: 3}}}}"
    text = f"[t: {{try: [a: {{call: openapi, with: {{{DOCUMENT}}}}}], catch: {catch}}}]"
    ran = World({"a": custom("https://example.com/busy", 503)}).run(flow(text))
    assert ran.started[0].arguments["retry"]["count"] == 3
