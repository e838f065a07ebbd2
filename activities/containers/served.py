"""One container that is a function: started, asked once when it listens, and removed."""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePosixPath

from activities.containers.answer import FOLDER, outcome, request
from activities.containers.beginning import begun, left
from activities.containers.config import config_of, name_of
from activities.containers.ending import GRACE, dropped, goes_on_elsewhere, whatever_comes
from activities.containers.engine import Engine, Found
from activities.containers.labels import Owner, labels_of
from activities.granted import under
from activities.http.client import Answer, Http
from activities.invocation import Invocation
from activities.process.output import Output
from interpreter.faults import Fault, fault
from interpreter.idempotency import key_of
from interpreter.templates import spliced
from interpreter.values import Json

ANSWER_SECONDS = 3600.0
"""How long a container may take over its answer where the task has no timeout; as long as scripts may."""

_HOST = "127.0.0.1"
_PAUSE = 0.05
_HELD = 0.25
"""Seconds that a connection must live to be one with the container: what Docker listens with itself closes those that lead nowhere, at once."""
_LINES = 100
"""Of what a container wrote, as much as its last words may be; all of it may be gigabytes."""
_LAST = 2.0
"""Seconds between the end of a container and that of its connections, or the other way round."""


class Served:
    """What an invocation of `function.http-container` asks for, as an effect of its `owner`."""

    def __init__(self, engine: Engine, http: Http, invocation: Invocation, owner: Owner) -> None:
        with_ = invocation.with_
        self._engine = engine
        self._http = http
        self._invocation = invocation
        self._name = name_of(with_, key_of(invocation.key, owner.effect))
        self._port: int = with_["port"]
        self._within: float = with_["startWithin"] / 1000
        labels = labels_of({"cleanup": "always"}, owner, invocation.key)
        ports = {f"{_HOST}:0": self._port}
        self._config = config_of({**with_, "ports": ports, "stdin": None}, labels, removes_itself=False)
        self._files = _archive(with_.get("files") or {})
        self._output = Output(())

    async def perform(self) -> Json:
        """What the container answers. Cancelled, it is stopped; a worker that shuts down leaves it to the next one."""
        if not await self._engine.local():
            where = "on another machine, or outside the container in which the worker runs"
            raise fault("configuration", f"the worker's Docker is {where}; the ports of its containers cannot be reached from here")
        self._invocation.tell(self._told)
        id = await left(self._engine, self._name, self._config["Labels"], _runs) or await self._begun()
        try:
            answer = await self._answered(id)
        except asyncio.CancelledError:
            if not goes_on_elsewhere():
                await whatever_comes(self._stopped(id))
            raise
        except BaseException:
            await whatever_comes(self._engine.remove(id))
            raise
        await whatever_comes(self._engine.remove(id))
        return answer

    def _told(self) -> Json:
        return {"container": self._name, "lines": self._output.lines(self._invocation.redaction)}

    async def _begun(self) -> str:
        id, _ = await begun(
            self._engine, self._name, self._config, self._invocation.with_["pullPolicy"], lambda made: self._engine.put(made, self._files)
        )
        return id

    async def _stopped(self, id: str) -> None:
        await self._engine.stop(id, GRACE)
        await self._engine.remove(id)

    async def _answered(self, id: str) -> Json:
        ended, following = asyncio.create_task(self._engine.wait(id)), asyncio.create_task(self._followed(id))
        try:
            port = await self._listening(id, ended)
            asked = request(self._invocation, f"http://{_HOST}:{port}")
            with under(None):  # where the container is, the document has no say in
                asking = asyncio.create_task(self._http.exchange(asked, within=self._invocation.timeout or ANSWER_SECONDS))
            return outcome(asked, await self._won(id, asking, ended), self._invocation.redaction)
        finally:
            await dropped(ended, following)

    async def _listening(self, id: str, ended: asyncio.Task[int]) -> int:
        """The port of this machine behind which the container listens."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._within
        while not ended.done():
            port = await self._engine.published(id, self._port)
            if port is not None and await _listens(port):
                return port
            if loop.time() > until:
                said = await self._last_words(id)
                raise fault(
                    "communication",
                    f"nothing listens on port {self._port} of the container after {self._within:g} s: {said}",
                    status=504,
                    title="No answer in time",
                )
            await asyncio.wait((ended,), timeout=_PAUSE)
        raise await self._ended(id, ended)

    async def _won(self, id: str, asking: asyncio.Task[Answer], ended: asyncio.Task[int]) -> Answer:
        """The answer; a container that ends may have given it before, and one whose connection breaks may be about to end."""
        try:
            await asyncio.wait((asking, ended), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((asking,), timeout=_LAST if ended.done() else None)
            if asking.done() and asking.exception() is None:
                return asking.result()
            await asyncio.wait((ended,), timeout=_LAST)
            if ended.done():
                raise await self._ended(id, ended)
            return await asking
        finally:
            await dropped(asking)

    async def _ended(self, id: str, ended: asyncio.Task[int]) -> Fault:
        code, said = await ended, await self._last_words(id)
        return fault("runtime", f"the container ended with code {code} before it answered: {said}", title="Container failed")

    async def _last_words(self, id: str) -> str:
        """The end of what it wrote, read anew: who follows it may be behind."""
        output = Output(())
        async for stream, piece in self._engine.logs(id, follow=False, last=_LINES):
            output.take(stream, piece)
        return output.end(self._invocation.redaction) or "it wrote nothing"

    async def _followed(self, id: str) -> None:
        """What it writes as it comes, for whoever looks on."""
        async for stream, piece in self._engine.logs(id, follow=True):
            self._output.take(stream, piece)


def _runs(found: Found) -> bool:
    return found.status == "running"


async def _listens(port: int) -> bool:
    """Whether a connection to the port is held, by whoever is behind it."""
    try:
        reader, writer = await asyncio.open_connection(_HOST, port)
    except OSError:
        return False
    try:
        return bool(await asyncio.wait_for(reader.read(1), _HELD))
    except TimeoutError:
        return True
    except OSError:
        return False
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _archive(files: Mapping[str, Json]) -> bytes:
    """The folder of the call with its files: texts as they are, everything else as JSON."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        folder = tarfile.TarInfo(FOLDER)
        folder.type, folder.mode = tarfile.DIRTYPE, 0o777
        archive.addfile(folder)
        for name, value in files.items():
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not path.name or "\0" in name:
                raise fault("configuration", f"a file of the container cannot be called {name!r}: give a name, or a path without '..'")
            body = spliced(value).encode("utf-8", "replace")
            file = tarfile.TarInfo(f"{FOLDER}/{path}")
            file.size, file.mode = len(body), 0o644
            archive.addfile(file, io.BytesIO(body))
    return content.getvalue()
