"""The secrets one task may read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from activities.granted import granted, under
from activities.redact import Redaction
from interpreter.faults import fault
from interpreter.values import Json


class Provider(Protocol):
    """A place that the operator of a worker keeps secrets in."""

    async def find(self, name: str) -> Json:
        """The secret of that name, a text or an object; None where there is none. A fault where the place cannot be asked."""
        ...

    def cure(self, name: str) -> str:
        """What an operator does so that the secret is here, as the end of a sentence."""
        ...


class Secrets:
    """Those that the document declares in `use.secrets`, as far as the worker has them; the first place that has one gives it.

    Every value read is hidden by `redaction`.
    """

    def __init__(self, declared: Sequence[str], providers: Sequence[Provider], redaction: Redaction) -> None:
        self.declared = tuple(declared)
        self._providers = providers
        self._redaction = redaction
        self._known: dict[str, Json] = {}

    @property
    def known(self) -> Mapping[str, Json]:
        """Those that were read so far."""
        return self._known

    async def read(self, names: Iterable[str]) -> dict[str, Json]:
        """Secrets by name; see `value`."""
        return {name: await self.value(name) for name in sorted(set(names))}

    async def value(self, name: str) -> Json:
        """One secret, a text or an object; an `authorization` fault (403) that names it where it is not declared, or nowhere.

        A place that cannot be asked is a fault, too: what a later place has under that name may be another thing.
        """
        if name not in self.declared:
            raise fault("authorization", f"the secret {name!r} is not declared; name it in use.secrets")
        grant = granted()
        if grant is not None:
            grant.secret(name)
        for provider in self._providers:
            with under(None):  # where the operator keeps secrets is no place of the document's
                value = await provider.find(name)
            if value is not None:
                self._redaction.hide(value)
                self._known[name] = value
                return value
        cures = " or ".join(provider.cure(name) for provider in self._providers)
        raise fault("authorization", f"the worker has no secret {name!r}; {cures or 'it was started without any'}")


def structured(text: str) -> Json:
    """The object where a text is a JSON object, else the text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text
