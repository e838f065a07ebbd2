from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.protos import CHARACTERS, FILES, Import, beside, collected, imported, imports, name_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('import "a.proto";', ["a.proto"]),
        ("import 'a/b.proto' ;", ["a/b.proto"]),
        (
            'syntax = "proto3"; import public "a.proto"; import weak "b.proto";\nimport\n  option /* why? */ "c.proto";',
            ["a.proto", "b.proto", "c.proto"],
        ),
        ('import "a.proto"; import "a.proto";', ["a.proto"]),
        ('import "google/protobuf/any.proto"; import "google/rpc/status.proto";', ["google/rpc/status.proto"]),
        ('// import "a.proto";\n/* import "b.proto"; */ message M { string s = 1 [default = "import \\"c.proto\\";"]; }', []),
        ('message import { string import = 1; } option x = "a.proto";', []),
        ('/* import "a.proto";', []),
        ('import "a.proto', ["a.proto"]),
        ('import "a.proto\nimport "b.proto";', ["a.proto", "b.proto"]),
        ("", []),
    ],
)
def test_import_statements_are_found_and_nothing_else(text, names):
    assert list(imports(text)) == names


@given(st.lists(st.sampled_from(["import", " ", '"', "'", "/*", "*/", "//", "\n", "\\", ";", "a.proto", "public"])).map("".join))
def test_what_is_no_proto_has_names_that_stand_in_it(text):
    assert all(name in text for name in imports(text))


@pytest.mark.parametrize("piece", [";", "/*", '"', "import ", "'\\", "*/", "import'"])
def test_long_texts_take_no_more_time_than_their_length(piece):
    assert len(imports(piece * (CHARACTERS // len(piece)))) <= 2


@pytest.mark.parametrize(
    ("uri", "at"),
    [
        ("https://example.com/p/a.proto", "https://example.com/p/b/c.proto"),
        ("https://example.com/p/a.proto?token=x#y", "https://example.com/p/b/c.proto"),
        ("https://example.com", "https://example.com/b/c.proto"),
        ("file://a.proto", "file://b/c.proto"),
        ("file://p/a.proto", "file://p/b/c.proto"),
        ("file:///p/a.proto", "file:///p/b/c.proto"),
        ("file:a.proto", "file:b/c.proto"),
    ],
)
def test_imports_stand_beneath_the_folder_of_the_first_file(uri, at):
    assert beside(uri, "b/c.proto") == at
    assert name_of(uri) == ("example.com" if uri == "https://example.com" else "a.proto")


def test_a_name_stays_one_in_an_address():
    assert beside("https://example.com/a.proto", "b c+1@2.proto") == "https://example.com/b%20c%2B1%402.proto"


@pytest.mark.parametrize(
    "uri", ["https://example.com/", "https://example.com/..", "https://example.com/a%2Fb", "file://", "file:@options.proto"]
)
def test_a_file_whose_name_cannot_be_used_has_another(uri):
    assert name_of(uri) == "document.proto"


FOUND = {"a.proto": 'import "b/b.proto"; import "c.proto";', "b/b.proto": 'import "c.proto"; import "first.proto";', "c.proto": ""}


def test_everything_that_is_needed_is_read_once_and_circles_end():
    asked = []
    assert collected("first.proto", 'import "a.proto";', lambda wanted: asked.append(wanted) or FOUND[wanted.name]) == FOUND
    assert asked == [Import("first.proto", "a.proto"), Import("a.proto", "b/b.proto"), Import("a.proto", "c.proto")]


@pytest.mark.parametrize(
    "name", ["../b.proto", "a/../b.proto", "/etc/passwd", "https://example.com/b.proto", "a//b.proto", "./b.proto", "a\\\\b", "-o.proto", "a?b", "a/" * 32 + "b", "", "ä.proto"]
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused_with_who_imports_it(name):
    texts = {"a.proto": f'import "{name}";'}
    with pytest.raises(ValueError, match=r"'a.proto' imports .*, which is no plain path beneath the folder of 'first.proto'"):
        collected("first.proto", 'import "a.proto";', lambda wanted: texts[wanted.name])


def test_too_many_files_are_refused():
    def read(wanted: Import) -> str:
        return f'import "{int(wanted.name) + 1}";'

    with pytest.raises(ValueError, match=f"'{FILES - 1}' imports '{FILES}', which is one file too many: at most {FILES}"):
        collected("0", 'import "1";', read)


def test_too_long_files_are_refused_before_others_are_read():
    asked = []
    with pytest.raises(ValueError, match=r"'first' and what it imports \(so far 2 more\) are larger than 1,000,000 characters"):
        collected("first", 'import "a"; import "b"; import "c";', lambda wanted: asked.append(wanted.name) or " " * (CHARACTERS // 2))
    assert asked == ["a", "b"]
    with pytest.raises(ValueError, match="'first' is larger"):
        collected("first", 'import "a";' + " " * CHARACTERS, lambda wanted: asked.append(wanted.name) or "")


def test_of_what_a_run_carries_only_what_is_needed_goes_along():
    resources = {
        "file://p/first.proto": 'import "a.proto";',
        **{f"file://p/{name}": text for name, text in FOUND.items()},
        "file://c.proto": "other",
    }
    first = resources["file://p/first.proto"]
    assert imported("file://p/first.proto", first, resources) == FOUND
    assert imported("file://elsewhere/first.proto", first, resources) == {}
    assert imported("file://p/first.proto", 'import "../c.proto";', resources) == {}
    assert imported("file://p/first.proto", first + " " * CHARACTERS, resources) == {}


@pytest.mark.parametrize(
    ("uri", "name"), [("file://a.proto", "\ud800"), ("https://example.com/a.proto", "\ud800"), ("https://[x/a.proto", "b")]
)
def test_what_is_no_address_has_nothing_beside_it(uri, name):
    assert imported(uri, f'import "{name}";', {uri: ""}) == {}
