"""A container at its beginning: the one that an earlier attempt left, or a new one, from its image on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from activities.containers.ending import whatever_comes
from activities.containers.engine import Engine, Found
from activities.containers.labels import EFFECT, KEY
from interpreter.faults import fault
from interpreter.values import Json

T = TypeVar("T")


async def left(engine: Engine, name: str, labels: Json, usable: Callable[[Found], bool]) -> str | None:
    """The container of an earlier attempt of the effect that `labels` tell, where it is `usable`; one that is not is removed.

    A `runtime` fault of status 409 where the name belongs to something else.
    """
    found = await engine.find(name)
    if found is None:
        return None
    if found.labels.get(KEY) != labels[KEY]:
        raise fault("runtime", f"there is another container called '{name}'", status=409, title="Container name taken")
    if found.labels[EFFECT] == labels[EFFECT] and usable(found):
        return found.id
    await engine.remove(found.id)
    return None


async def begun(engine: Engine, name: str, config: Json, pull_policy: str, before: Callable[[str], Awaitable[T]]) -> tuple[str, T]:
    """A new container that runs, and what was done `before` its start; where it cannot run, nothing is left of it."""
    await _provide(engine, config["Image"], pull_policy)
    try:
        id = await engine.create(name, config)
        done = await before(id)
        await engine.start(id)
    except BaseException:
        await whatever_comes(_discard(engine, name, config["Labels"][EFFECT]))
        raise
    return id, done


async def _provide(engine: Engine, image: str, pull_policy: str) -> None:
    if pull_policy != "always" and await engine.has_image(image):
        return
    if pull_policy == "never":
        raise fault("configuration", f"the image '{image}' is not on the worker's host, and 'pullPolicy' is never")
    await engine.pull(image)


async def _discard(engine: Engine, name: str, effect: str) -> None:
    found = await engine.find(name)
    if found is not None and found.labels.get(EFFECT) == effect:
        await engine.remove(found.id)
