"""Results that are kept: a second run, a look at what is kept, and having it done anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.stories.service import Service
from tests.cli.stories.shell import Shell

pytestmark = pytest.mark.story

HEAD = "document: {dsl: 1.0.3, namespace: stories, name: %s, version: 1.0.0}\n"


def slow(shell: Shell, name: str, service: Service, hint: str = "metadata: {swtemporal: {cache: {ttl: PT1H}}}, ") -> str:
    """A document whose one call is answered when the service lets it."""
    call = f"{{{hint}call: http, with: {{method: get, endpoint: {service.url}/held}}}}"
    return shell.write(f"{name}.yaml", HEAD % name + f"do: [{{ask: {call}}}]")


@pytest.fixture
def own(shell: Shell, tmp_path: Path) -> Shell:
    """With a cache of its own."""
    shell.environment["SWTEMPORAL_CACHE"] = f"sqlite:{tmp_path / 'results.db'}"
    return shell


def test_the_second_run_asks_nobody(own: Shell, service: Service) -> None:
    service.release.set()
    file = slow(own, "slow", service)

    first, second = (own.run("run", file, "-o", "json") for _ in range(2))

    assert first.stdout == second.stdout == '{"ok":true}\n'
    assert len(service.of("/held")) == 1
    assert "result cache" not in first.stderr
    assert "· ask  call.http  INFO answered from the result cache, where it was put at " in second.stderr


def test_without_the_hint_two_equal_calls_make_two_requests(own: Shell, service: Service) -> None:
    service.release.set()
    file = slow(own, "plain", service, hint="")

    for _ in range(2):
        own.run("run", file)

    assert len(service.of("/held")) == 2


def test_a_call_that_would_never_end_is_answered_from_the_cache(own: Shell, service: Service) -> None:
    service.release.set()
    file = slow(own, "stuck", service)
    own.run("run", file, "-q")
    service.release.clear()  # from now on the service answers nobody

    assert own.run("run", file, "-q", "-o", "json").stdout == '{"ok":true}\n'


def test_what_is_kept_is_seen_and_removed(own: Shell, service: Service) -> None:
    service.release.set()
    files = [slow(own, name, service) for name in ("one", "two")]
    for file in files:
        own.run("run", file, "-q")

    found = own.json("cache", "list")
    table = own.run("cache", "list").stdout.splitlines()

    assert sorted((one["workflow"], one["task"], one["kind"], one["bytes"]) for one in found) == [
        ("stories/one", "ask", "call.http", 11),
        ("stories/two", "ask", "call.http", 11),
    ]
    assert [line.split()[0] for line in table] == ["KEY", *(one["key"][:12] for one in found)]
    assert own.json("cache", "clear", "--workflow", "stories/two") == {"removed": 1}
    assert [one["workflow"] for one in own.json("cache", "list")] == ["stories/one"]
    own.run("run", files[1], "-q")
    latest = own.json("cache", "list")[0]
    assert latest["workflow"] == "stories/two"
    assert "1 result removed" in own.run("cache", "clear", latest["key"][:12]).stderr
    assert own.json("cache", "clear") == {"removed": 1}
    assert len(service.of("/held")) == 3


def test_anew_is_asked_and_kept(own: Shell, service: Service) -> None:
    service.release.set()
    file = slow(own, "anew", service)
    own.run("run", file, "-q")
    (before,) = own.json("cache", "list")

    own.run("run", file, "-q", "--no-cache")
    (after,) = own.json("cache", "list")
    own.run("run", file, "-q")

    assert len(service.of("/held")) == 2
    assert (after["key"], after["stored"] > before["stored"]) == (before["key"], True)


def test_a_worker_and_what_is_submitted_share_a_file_with_other_runs(own: Shell, service: Service) -> None:
    service.release.set()
    file = slow(own, "shared", service)

    with own.running("worker", "--task-queue", "cache-story", "--allow", "127.0.0.1"):
        for _ in range(2):
            own.run("submit", file, "--task-queue", "cache-story", "--wait", "-q")
        own.run("submit", file, "--task-queue", "cache-story", "--wait", "-q", "--no-cache")

    assert len(service.of("/held")) == 2


def test_a_cache_that_is_broken_is_told_and_does_no_harm(own: Shell, service: Service, tmp_path: Path) -> None:
    service.release.set()
    (tmp_path / "results.db").write_text("this is no database" * 100)

    done = own.run("run", slow(own, "broken", service), "-o", "json")

    assert done.stdout == '{"ok":true}\n'
    assert "WARNING the result cache cannot be used (DatabaseError; the worker's log tells more)" in done.stderr
    assert f"({tmp_path / 'results.db'}) cannot be used: DatabaseError: file is not a database" in done.stderr


def test_by_default_runs_keep_results_in_the_users_cache_folder(shell: Shell, service: Service) -> None:
    service.release.set()
    shell.run("run", slow(shell, "home", service), "-q")

    path = Path(shell.environment["XDG_CACHE_HOME"]) / "swtemporal" / "results.db"
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT COUNT(*) FROM result WHERE workflow = 'stories/home'").fetchone() == (1,)
    assert [one["workflow"] for one in shell.json("cache", "list")] == ["stories/home"]
