from __future__ import annotations

import pytest

from interpreter.document.catalogs import Reference, addressed, catalogued, reference, written

GREET = Reference("greet", "1.0.0", "hub")
PATH = "functions/greet/1.0.0/function.yaml"
RAW = "https://raw.githubusercontent.com"


@pytest.mark.parametrize(
    ("root", "found"),
    [
        ("https://example.com/catalog", [f"https://example.com/catalog/{PATH}"]),
        ("https://example.com/catalog/", [f"https://example.com/catalog/{PATH}"]),
        ("http://localhost:8080", [f"http://localhost:8080/{PATH}"]),
        ("https://github.com/acme/fn", [f"{RAW}/acme/fn/refs/heads/main/{PATH}", f"{RAW}/acme/fn/HEAD/{PATH}"]),
        ("https://github.com/acme/fn.git", [f"{RAW}/acme/fn/refs/heads/main/{PATH}", f"{RAW}/acme/fn/HEAD/{PATH}"]),
        ("https://github.com/acme/fn/tree/dev", [f"{RAW}/acme/fn/refs/heads/dev/{PATH}", f"{RAW}/acme/fn/dev/{PATH}"]),
        ("https://github.com/acme/fn/tree/dev/sub/", [f"{RAW}/acme/fn/refs/heads/dev/sub/{PATH}", f"{RAW}/acme/fn/dev/sub/{PATH}"]),
        (f"{RAW}/acme/fn/main", [f"{RAW}/acme/fn/main/{PATH}"]),
        ("https://gitlab.com/acme/fn", [f"https://gitlab.com/acme/fn/-/raw/{branch}/{PATH}" for branch in ("main", "HEAD")]),
        ("https://gitlab.com/acme/sub/fn/-/tree/dev", [f"https://gitlab.com/acme/sub/fn/-/raw/dev/{PATH}"]),
        ("https://git.example.com/a/fn/-/tree/dev/x?ref_type=heads", [f"https://git.example.com/a/fn/-/raw/dev/x/{PATH}"]),
    ],
)
def test_where_a_catalog_keeps_a_function(root: str, found: list[str]):
    assert list(catalogued(root, GREET)) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://example.com/greet.yaml", ["https://example.com/greet.yaml"]),
        ("https://example.com/greet", ["https://example.com/greet"]),
        (f"{RAW}/acme/fn/main/{PATH}", [f"{RAW}/acme/fn/main/{PATH}"]),
        (f"https://github.com/acme/fn/blob/main/{PATH}", [f"{RAW}/acme/fn/refs/heads/main/{PATH}", f"{RAW}/acme/fn/main/{PATH}"]),
        (
            "https://github.com/acme/fn/tree/main/functions/greet/1.0.0",
            [f"{RAW}/acme/fn/refs/heads/main/{PATH}", f"{RAW}/acme/fn/main/{PATH}"],
        ),
        ("https://github.com/acme/fn/greet@v1.0.0", [f"{RAW}/acme/fn/{ref}/greet/function.yaml" for ref in ("refs/tags/v1.0.0", "v1.0.0")]),
        (f"https://gitlab.com/acme/fn/-/blob/main/{PATH}", [f"https://gitlab.com/acme/fn/-/raw/main/{PATH}"]),
    ],
)
def test_where_the_function_of_a_url_stands(url: str, found: list[str]):
    assert list(addressed(url)) == found


@pytest.mark.parametrize(
    "call", ["greet", "greet:1.0.0", "greet@hub", "../x:1.0.0@hub", "a/b:1.0.0@hub", "greet:..@hub", "g:1@a/b", "https://a.b/c:1@d"]
)
def test_what_is_no_name_of_a_catalog_s_function(call: str):
    assert reference(call) is None


def test_the_name_of_a_catalog_s_function():
    assert reference("greet:1.0.0-rc.1+b@hub") == Reference("greet", "1.0.0-rc.1+b", "hub")
    assert written(GREET.carried) == "greet:1.0.0@hub"
    assert written("https://example.com/functions/a/b/function.yaml") == ""
