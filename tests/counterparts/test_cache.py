"""The result cache in PostgreSQL and in Redis: what stores do, and what a run sees of one that is down, silent, spoilt, or not ours to use."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis as Client

from activities.boundary import effect
from activities.cache.places import parse
from activities.cache.postgres import Postgres
from activities.cache.results import Results
from activities.cache.store import Shelf
from cli.main import invoke
from tests.activities.cache.stories import HOUR, NOW, gives_back_what_was_kept, keep, key, lets_others_look, removes, value
from tests.activities.performing import arguments, environment, preparation
from tests.counterparts import Counterpart, brokers
from tests.counterparts.brokers import PASSWORD, USER
from tests.counterparts.postgres import postgres
from tests.counterparts.serving import Serving
from tests.server import free_port

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(180)]

WANTED = {"ttl": HOUR, "scope": ["workflow", "test", "flow"], "varies": "0" * 64}
PATIENCE = 60.0


@dataclass(frozen=True)
class Kind:
    """A database: how it is started, addressed, and spoken to by others."""

    start: Callable[[Path], Serving]
    url: str

    def at(self, port: int, password: str = PASSWORD) -> str:
        return self.url.format(user=USER, password=password, port=port)


POSTGRES = Kind(postgres, "postgresql://{user}:{password}@127.0.0.1:{port}/postgres")
REDIS = Kind(brokers.redis, "redis://:{password}@127.0.0.1:{port}/0")
KINDS = [pytest.param(POSTGRES, id="postgres"), pytest.param(REDIS, id="redis")]


@dataclass
class Running:
    kind: Kind
    serving: Serving

    @property
    def url(self) -> str:
        return self.kind.at(self.serving.port)

    async def ready(self) -> None:
        """Wait until it not only listens but answers, too."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                async with shelf(self.url) as one:
                    await one.get(key(0))
            except Exception:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.05)
            else:
                return

    async def clear(self) -> None:
        async with shelf(self.url) as one:
            await one.remove()


@pytest.fixture(scope="module")
def databases() -> Iterator[Callable[[Kind], Running]]:
    running: dict[str, Running] = {}
    with tempfile.TemporaryDirectory(prefix="swtemporal-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)

        def start(kind: Kind) -> Running:
            if kind.url not in running:
                one = Running(kind, kind.start(Path(folder) / kind.start.__name__))
                one.serving.start()
                running[kind.url] = one
                asyncio.run(one.ready())
            return running[kind.url]

        yield start
        for one in running.values():
            one.serving.kill()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Callable[[Kind], Running]) -> Running:
    found = databases(request.param)
    asyncio.run(found.clear())
    return found


@asynccontextmanager
async def shelf(url: str) -> AsyncIterator[Shelf]:
    one = parse(url).shelf()
    try:
        yield one
    finally:
        await one.close()


class Task:
    """A task that says how often it was performed, with a cache at `url`."""

    def __init__(self, url: str, *, patience: float = 2.0) -> None:
        self.url = url
        self.now = 0.0
        self.performed = 0
        self._patience = patience

    async def _perform(self, _: Any) -> int:
        self.performed += 1
        return self.performed

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Callable[[], Coroutine[Any, Any, Any]]]:
        place = parse(self.url)
        store = place.store()
        assert store is not None
        results = Results(place, store, {}, patience=self._patience, clock=lambda: self.now)
        run = effect("test", results.around("test", self._perform), preparation())
        yield lambda: environment().run(run, arguments({}, cache=WANTED))
        await store.close()

    def once(self) -> Any:
        async def story() -> Any:
            async with self.worker() as run:
                return await run()

        return asyncio.run(story())


@pytest.mark.parametrize("story", [gives_back_what_was_kept, lets_others_look, removes])
def test_it_is_a_store(story: Callable[[Shelf], Coroutine[Any, Any, None]], database: Running) -> None:
    async def whole() -> None:
        async with shelf(database.url) as one:
            await story(one)

    asyncio.run(whole())


def test_many_at_once_use_it_from_its_first_moment(database: Running) -> None:
    async def nothing_there() -> None:
        if database.kind is POSTGRES:
            connection = await asyncpg.connect(database.url)
            await connection.execute("DROP TABLE swtemporal_cache")
            await connection.close()

    async def one(number: int) -> None:
        async with shelf(database.url) as mine:
            for each in range(10):
                await keep(mine, number * 10 + each, each)

    async def story() -> list[Any]:
        await nothing_there()
        await asyncio.gather(*(one(number) for number in range(8)))
        async with shelf(database.url) as mine:
            return [await value(mine, number) for number in range(80)]

    assert asyncio.run(story()) == [*range(10)] * 8


def test_the_second_run_is_answered_from_it_whichever_worker_it_is(database: Running) -> None:
    task = Task(database.url)
    first, second = task.once(), task.once()
    assert (first["value"], first["cached"], first["trouble"]) == (1, None, None)
    assert (second["value"], second["trouble"]) == (1, None)
    assert second["cached"] is not None


def test_one_that_is_down_does_no_harm_and_helps_again_when_it_is_back(database: Running, caplog: pytest.LogCaptureFixture) -> None:
    task = Task(database.url)

    async def story() -> list[Any]:
        async with task.worker() as run:
            answers = [await run()]
            database.serving.kill()
            task.now += 100
            answers.append(await run())
            answers.append(await run())
            database.serving.start()
            await database.ready()
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until:
                task.now += 100
                answers.append(await run())
                if answers[-1]["cached"] is not None:
                    break
            return answers

    with caplog.at_level(logging.ERROR):
        first, down, resting, *_, back = asyncio.run(story())
    assert first["trouble"] is None
    assert (down["value"], down["cached"]) == (2, None)
    assert "cannot be used" in down["trouble"]
    assert "a moment ago" in resting["trouble"]
    assert back["trouble"] is None
    assert PASSWORD not in caplog.text + json.dumps([first, down, resting, back])


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_says_nothing_is_not_waited_for(kind: Kind) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = Task(kind.at(silent.getsockname()[1]), patience=0.2).once()
    assert answer["value"] == 1
    assert "no answer within 0.2 s" in answer["trouble"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_speaks_something_else_does_no_harm(kind: Kind) -> None:
    with Counterpart() as counterpart:
        answer = Task(kind.at(int(counterpart.origin.rpartition(":")[2]))).once()
    assert answer["value"] == 1
    assert "cannot be used" in answer["trouble"]


def test_wrong_credentials_do_no_harm_and_are_not_shown(database: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = Task(database.kind.at(database.serving.port, "hunter2")).once()
    assert answer["value"] == 1
    assert "cannot be used" in answer["trouble"]
    assert "cannot be used" in caplog.text
    assert "hunter2" not in caplog.text + json.dumps(answer)


def test_what_somebody_has_spoilt_is_a_miss_and_is_mended(database: Running) -> None:
    task = Task(database.url)

    async def spoil() -> None:
        if database.kind is POSTGRES:
            connection = await asyncpg.connect(database.url)
            await connection.execute("UPDATE swtemporal_cache SET about = '[]', value = '7'")
            await connection.close()
            return
        async with Client.from_url(database.url) as client:
            (name,) = await client.keys("*")
            await client.delete(name)
            await client.set(name, b"\xff")

    task.once()
    asyncio.run(spoil())
    spoilt, mended = task.once(), task.once()
    assert (spoilt["value"], spoilt["cached"]) == (2, None)
    assert "not usable" in spoilt["trouble"]
    assert (mended["value"], mended["trouble"]) == (2, None)


def test_redis_forgets_by_itself_what_has_expired(databases: Callable[[Kind], Running]) -> None:
    async def story() -> int:
        async with shelf(databases(REDIS).url) as one:
            await keep(one, 1, "a")
        async with Client.from_url(databases(REDIS).url) as client:
            return int(await client.pttl(f"swtemporal:cache:{key(1)}"))

    assert HOUR - 60_000 < asyncio.run(story()) <= HOUR


def test_postgres_loses_what_has_expired_and_what_is_too_much(databases: Callable[[Kind], Running]) -> None:
    url = databases(POSTGRES).url

    async def story() -> list[int]:
        async with shelf(url) as one:
            await one.remove()
            await keep(one, 9, "old", stored=NOW - HOUR, expires=NOW - 1)
            for number in range(5):
                await keep(one, number, "x" * 100, stored=NOW + number, expires=NOW + HOUR - number)
        small = Postgres(url, most=450)
        await keep(small, 5, "x" * 100, stored=NOW + 5, expires=NOW + HOUR // 2)
        left = [number for number in range(10) if await value(small, number) is not ...]
        await small.close()
        return left

    assert asyncio.run(story()) == [2, 3, 4, 5]


def test_who_may_only_use_the_table_can(databases: Callable[[Kind], Running]) -> None:
    running = databases(POSTGRES)

    async def prepared() -> None:
        connection = await asyncpg.connect(running.url)
        await connection.execute(
            "CREATE ROLE guest LOGIN PASSWORD 'guest-4711'; REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON swtemporal_cache TO guest"
        )
        await connection.close()

    asyncio.run(running.clear())
    asyncio.run(prepared())
    task = Task(f"postgresql://guest:guest-4711@127.0.0.1:{running.serving.port}/postgres")
    assert [task.once()["value"] for _ in range(2)] == [1, 1]


def test_the_command_looks_into_it_and_clears_it(database: Running, capsys: pytest.CaptureFixture[str]) -> None:
    Task(database.url).once()
    assert invoke(["cache", "list", "--cache", database.url, "-o", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["workflow"], found["kind"], found["bytes"]) == ("test/flow", "test", 1)
    assert invoke(["cache", "clear", found["key"][:12], "--cache", database.url, "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": 1}


def test_the_command_shows_no_password(database: Running, capsys: pytest.CaptureFixture[str]) -> None:
    for url in (database.kind.at(database.serving.port, "hunter2"), database.kind.at(free_port(), "hunter2")):
        assert invoke(["cache", "list", "--cache", url]) == 1
        said = capsys.readouterr().err
        assert "cannot be used" in said
        assert "hunter2" not in said
