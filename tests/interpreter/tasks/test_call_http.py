from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import fault_of, flow, read


def sent(arguments: str, input=..., task: str = "", **root):
    """The arguments of the one call of a document, and how its run ended."""
    ran = World({"a": {}}).run(flow(f"[a: {{call: http, with: {arguments}{task}}}]", **root), input)
    return (ran.started[0].arguments if ran.started else None), ran


def with_of(arguments: str, input=..., **root):
    found, ran = sent(arguments, input, **root)
    assert ran.completed, ran.problem
    return found["with"]


GET = "method: get, endpoint: 'https://example.com/things'"


def test_the_least_one_can_say():
    arguments, ran = sent(f"{{{GET}}}")
    assert arguments == {
        "task": "a",
        "reference": "/do/0/a",
        "key": ran.started[0].key,
        "with": {"method": "GET", "uri": "https://example.com/things", "output": "content", "redirect": False},
    }


def test_everything_is_filled_in_from_the_transformed_input():
    arguments = """
      {method: '${ .how }', endpoint: {uri: 'https://example.com/${ .id }'}, headers: {X-N: 'n${ .n }', X-Plain: plain},
       query: {q: '${ .n }', list: ['${ .n }', 2]}, body: {deep: [{n: '${ .n }'}]}, output: response, redirect: true}
    """
    assert with_of(arguments, {"how": "post", "id": "x", "n": 5}) == {
        "method": "POST",
        "uri": "https://example.com/x",
        "headers": {"X-N": "n5", "X-Plain": "plain"},
        "query": {"q": 5, "list": [5, 2]},
        "body": {"deep": [{"n": 5}]},
        "output": "response",
        "redirect": True,
    }


def test_headers_and_query_may_be_one_expression():
    found = with_of(f"{{{GET}, headers: '${{ .h }}', query: '${{ .q }}'}}", {"h": {"A": "1"}, "q": {"b": 2}})
    assert (found["headers"], found["query"]) == ({"A": "1"}, {"b": 2})


@pytest.mark.parametrize("body", ["null", "0", "false", "''", "[]", "{}"])
def test_a_body_that_is_falsy_is_a_body(body):
    assert with_of(f"{{{GET}, body: {body}}}")["body"] == read(body)


def test_without_body_there_is_none():
    assert "body" not in with_of(f"{{{GET}}}")


@pytest.mark.parametrize(
    ("endpoint", "input", "uri"),
    [
        ("https://example.com/{id}", {"id": 7}, "https://example.com/7"),
        ("https://example.com/{id}/{id}", {"id": "x"}, "https://example.com/x/x"),
        ("https://example.com/{pet.id}", {"pet.id": "flat", "pet": {"id": "deep"}}, "https://example.com/flat"),
        ("https://example.com/{id}", {}, "https://example.com/"),
        ("https://example.com/{id}", {"id": None}, "https://example.com/"),
        ("https://example.com/{id}", {"id": False}, "https://example.com/false"),
        ("https://example.com/{id}", {"id": 1.5}, "https://example.com/1.5"),
        ("https://example.com/{id}", {"id": "a b/ü?&{x}${ .y }"}, "https://example.com/a%20b%2F%C3%BC%3F%26%7Bx%7D%24%7B%20.y%20%7D"),
        ("https://example.com/{id}", [1], "https://example.com/"),
        ("${ .uri }", {"uri": "https://example.com/{id}", "id": 7}, "https://example.com/{id}"),
        ("${ .base }/{id}", {"base": "https://example.com", "id": 7}, "https://example.com/7"),
        ("https://example.com/${ .id }?q={q}", {"id": 7, "q": "x y"}, "https://example.com/7?q=x%20y"),
        ("https://example.com/{context}", {}, "https://example.com/"),
    ],
)
def test_templates_in_endpoints(endpoint, input, uri):
    assert with_of(f"{{method: get, endpoint: '{endpoint}'}}", input)["uri"] == uri
    assert with_of(f"{{method: get, endpoint: {{uri: '{endpoint}'}}}}", input)["uri"] == uri


@pytest.mark.parametrize("value", [{"a": 1}, [1]])
def test_a_template_with_an_object_or_array_is_an_expression_error(value):
    _, ran = sent("{method: get, endpoint: 'https://example.com/{id}'}", {"id": value})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")
    assert ran.started == []


@pytest.mark.parametrize("value", [None, 5, {"a": 1}, ["https://example.com"], True])
def test_an_endpoint_expression_that_gives_no_text_is_an_expression_error(value):
    _, ran = sent("{method: get, endpoint: '${ .uri }'}", {"uri": value})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


@pytest.mark.parametrize("value", [None, 5, "", "GE T", ["get"]])
def test_a_method_expression_that_gives_no_method_is_an_expression_error(value):
    _, ran = sent("{method: '${ .m }', endpoint: 'https://example.com'}", {"m": value})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


# Secrets stay outside

SECRETS = "{secrets: [token, other]}"


def test_an_expression_that_names_secrets_is_left_to_the_activity():
    text = f"{{{GET}, headers: {{Authorization: 'Bearer ${{ $secrets.token }} ${{ .n }}', X: '${{ .n }}'}}, body: {{deep: ['${{ $secrets.other }}']}}}}"
    arguments, ran = sent(text, {"n": 5}, use=SECRETS)
    assert arguments["with"]["headers"] == {"Authorization": "Bearer ${ $secrets.token } ${ .n }", "X": 5}
    assert arguments["with"]["body"] == {"deep": ["${ $secrets.other }"]}
    assert arguments["deferred"] == {
        "/headers/Authorization": {"dot": {"n": 5}, "variables": {}},
        "/body/deep/0": {"dot": {"n": 5}, "variables": {}},
    }
    assert arguments["secrets"] == ["token", "other"]
    assert "now" in arguments
    assert ran.completed


def test_what_else_a_deferred_expression_names_goes_with_it():
    text = f"[l: {{for: {{in: '[7]'}}, do: [a: {{call: http, with: {{{GET}, headers: {{K: '${{ $secrets.token + $item + $task.name + $context.c }}'}}}}}}]}}]"
    ran = World({"a": {}}).run(flow(text, use=SECRETS), {})
    needs = ran.started[0].arguments["deferred"]["/headers/K"]
    assert needs["variables"].keys() == {"item", "task", "context"}
    assert needs["variables"]["item"] == 7


def test_secrets_in_an_endpoint_and_its_template():
    text = "{method: get, endpoint: 'https://example.com/{id}?key=${ $secrets.token }'}"
    arguments, _ = sent(text, {"id": "a b"}, use=SECRETS)
    assert arguments["with"]["uri"] == "https://example.com/a%20b?key=${$secrets.token}"
    assert arguments["deferred"].keys() == {"/uri"}


def test_text_from_data_is_never_taken_for_an_expression_by_the_activity():
    arguments, _ = sent(
        f"{{{GET}, body: {{given: '${{ .x }}', mine: '${{ $secrets.token }}'}}}}", {"x": "${ $secrets.other }"}, use=SECRETS
    )
    assert arguments["with"]["body"]["given"] == "${ $secrets.other }"
    assert arguments["deferred"].keys() == {"/body/mine"}


def test_authentication_is_handed_on_filled_in():
    endpoint = "{uri: 'https://example.com', authentication: {basic: {username: '${ .user }', password: '${ $secrets.token }'}}}"
    arguments, _ = sent(f"{{method: get, endpoint: {endpoint}}}", {"user": "ada"}, use=SECRETS)
    assert arguments["with"]["authentication"] == {"basic": {"username": "ada", "password": "${ $secrets.token }"}}
    assert arguments["deferred"].keys() == {"/authentication/basic/password"}
    assert "endpoint" not in arguments["with"]


def test_authentication_by_a_secret_names_the_secrets_that_may_be_read():
    endpoint = "{uri: 'https://example.com', authentication: {bearer: {use: token}}}"
    arguments, _ = sent(f"{{method: get, endpoint: {endpoint}}}", use=SECRETS)
    assert arguments["with"]["authentication"] == {"bearer": {"use": "token"}}
    assert (arguments["secrets"], "deferred" in arguments) == (["token", "other"], False)


def test_authentication_by_name():
    use = "{authentications: {mine: {bearer: {token: '${ .t }'}}}}"
    arguments, _ = sent("{method: get, endpoint: {uri: 'https://example.com', authentication: {use: mine}}}", {"t": "x"}, use=use)
    assert arguments["with"]["authentication"] == {"bearer": {"token": "x"}}


def test_an_authority_is_a_template_as_an_endpoint_is():
    policy = "{oidc: {authority: 'https://id.example/{realm}/${ .n }', grant: client_credentials, client: {id: '${ .id }', secret: '${ $secrets.token }'}}}"
    endpoint = f"{{uri: 'https://example.com', authentication: {policy}}}"
    arguments, _ = sent(f"{{method: get, endpoint: {endpoint}}}", {"realm": "a/b", "n": 1, "id": "me"}, use=SECRETS)
    assert arguments["with"]["authentication"] == {
        "oidc": {
            "authority": "https://id.example/a%2Fb/1",
            "grant": "client_credentials",
            "client": {"id": "me", "secret": "${ $secrets.token }"},
        }
    }
    assert arguments["deferred"].keys() == {"/authentication/oidc/client/secret"}


def test_an_authority_may_come_from_a_secret():
    policy = "{oauth2: {authority: 'https://${ $secrets.token }/{realm}', grant: client_credentials}}"
    endpoint = f"{{uri: 'https://example.com', authentication: {policy}}}"
    arguments, _ = sent(f"{{method: get, endpoint: {endpoint}}}", {"realm": "a"}, use=SECRETS)
    assert arguments["with"]["authentication"]["oauth2"]["authority"] == "https://${$secrets.token}/a"
    assert arguments["deferred"].keys() == {"/authentication/oauth2/authority"}


def test_a_client_certificate_is_named_with_the_secrets_that_may_be_read():
    arguments, _ = sent(f"{{{GET}}}", task=", metadata: {swtemporal: {clientCertificate: token}}", use=SECRETS)
    assert (arguments["certificate"], arguments["secrets"]) == ("token", ["token", "other"])


def test_a_name_that_use_does_not_have_is_a_configuration_error():
    _, ran = sent("{method: get, endpoint: {uri: 'https://example.com', authentication: {use: absent}}}")
    assert fault_of(ran) == ("configuration", 400, "/do/0/a")


def test_secrets_where_their_value_would_stand_in_history_are_refused():
    ran = World().run(flow("[a: {set: {v: '${ $secrets.token }'}}]", use=SECRETS))
    assert fault_of(ran) == ("authorization", 403, "/do/0/a")


# What the timeline shows


@pytest.mark.parametrize(
    ("endpoint", "summary"),
    [
        ("https://example.com/things?key=1", "a · GET https://example.com/things"),
        ("https://ada:secret@example.com/x", "a · GET https://example.com/x"),
        ("https://example.com/{id}", "a · GET https://example.com/{id}"),
        ("https://example.com/${ .id }", "a · GET https://example.com/${ .id }"),
    ],
)
def test_a_summary_shows_the_documents_text_without_query_and_user(endpoint, summary):
    seen = []

    def answer(effect):
        seen.append(effect.summary)
        return {}

    World({"a": answer}).run(flow(f"[a: {{call: http, with: {{method: get, endpoint: '{endpoint}'}}}}]"), {"id": "private"})
    assert seen == [summary]


def test_summaries_in_loops_have_indices():
    seen = []

    def answer(effect):
        seen.append(effect.summary)
        return {}

    World({"a": answer}).run(flow("[l: {for: {in: '[1, 2]'}, do: [m: {for: {in: '[1]'}, do: [a: CALL]}]}]"))
    assert [text.split(" · ")[0] for text in seen] == ["a[0][0]", "a[1][0]"]


def test_the_output_is_what_the_activity_gives():
    assert World({"a": [1, {"x": None}]}).run(flow("[a: CALL]")).output == 1


def test_hints_for_how_it_is_run_go_with_the_effect():
    seen = []

    def answer(effect):
        seen.append(dict(effect.options))
        return {}

    World({"a": answer}).run(flow(f"[a: {{call: http, with: {{{GET}}}, metadata: {{swtemporal: {{atMostOnce: true}}, other: 1}}}}]"))
    assert seen == [{"atMostOnce": True}]
