from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from activities.cache import places
from activities.cache.places import parse


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("memory", "memory", "memory"),
        ("off", "off", "off"),
        ("sqlite:/tmp/x.db", "sqlite", "/tmp/x.db"),
        ("postgresql://ada:s%2Fecret@db:5433/cache?sslmode=require", "postgres", "postgresql://db:5433/cache"),
        ("postgres://db/cache?user=ada&password=secret", "postgres", "postgres://db/cache"),
        ("redis://:secret@[::1]:6380/2", "redis", "redis://[::1]:6380/2"),
        ("rediss://cache", "redis", "rediss://cache"),
    ],
)
def test_a_place_is_read_and_shown_without_credentials(text, kind, shown):
    place = parse(text)
    assert (place.kind, place.shown) == (kind, shown)
    assert "secret" not in f"{place} {place!r} {place.shown}"


def test_a_relative_file_is_one_of_the_folder_where_the_worker_starts():
    assert parse("sqlite:x.db").at == str(Path.cwd() / "x.db")
    assert parse("sqlite:~/x.db").at == str(Path.home() / "x.db")


def test_credentials_are_hidden_as_written_and_as_meant():
    assert {"s%2Fecret", "s/ecret"} <= set(parse("redis://:s%2Fecret@a/0").hidden)
    assert "hunter2" in parse("postgresql://a/b?password=hunter2").hidden
    assert "hunter2" in parse("postgresql://a/b?sslkey=/key&sslpassword=hunter2").hidden


@pytest.mark.parametrize(
    "text",
    [
        "",
        "disk",
        "sqlite:",
        "sqlite://a/b",
        "redis:hunter2",
        "redis://",
        "redis://:hunter2/x@host/0",
        "redis://ada:12/hunter2@host/0",
        "redis://:hun#ter2@host/0",
        "redis://host/hunter2",
        "postgresql://ada:hunter2@host:port/db",
        "mysql://ada:hunter2@host/db",
    ],
)
def test_what_is_no_place_is_refused_without_a_word_of_it(text):
    with pytest.raises(ValueError, match=r"place of results|address") as caught:
        parse(text)
    assert "ter2" not in str(caught.value)


def test_an_extra_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(places, "find_spec", lambda name: None if name == "asyncpg" else importlib.util.find_spec(name))
    with pytest.raises(ValueError, match=r"pip install 'swtemporal\[postgres\]'"):
        parse("postgresql://db/cache")


@pytest.mark.parametrize("text", ["memory", "off"])
def test_what_only_its_worker_sees_is_no_shelf(text):
    with pytest.raises(ValueError, match="by its worker only"):
        parse(text).shelf()
