"""Under which key a result is kept: everything that it depends on, in one hash.

Two effects have the same key if and only if all of these are equal: the Temporal namespace; the workflow's (or only the document's)
namespace; the kind and what the document says varies (`interpreter.caching`); what the worker grants the document; the
origins that the worker maps; the values of all secrets that were read for it, and what was made of them. With a key of the document's own,
what the run carries is one of them, too: whoever starts a run brings that along, and such a key tells nothing of what came of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from interpreter.values import Json, canonical, digest

_VERSION = 1

_COST = {"n": 1 << 13, "r": 8, "p": 1}
"""Of stretching secrets: about 20 ms and 8 MB. Whoever can read keys must not be able to try all passwords of a list quickly."""


class Surroundings(NamedTuple):
    """What a result depends on beside the task: where it is asked for, and what its worker does and allows."""

    namespace: str
    """Temporal's."""
    granted: Json
    origins: Mapping[str, str]
    carried: Sequence[str] = ()


def key_of(wanted: Json, kind: str, around: Surroundings, secrets: Mapping[str, Json], made: Json) -> str:
    """The key, 64 hexadecimal digits. `wanted` is the `cache` of the effect's arguments, `made` its `with` where secrets were put into it, else null."""
    parts: list[Json] = [_VERSION, around.namespace, around.granted, around.origins, wanted["scope"], kind, wanted["varies"]]
    plain = digest(canonical([*parts, sorted(around.carried)] if wanted.get("own") else parts))
    if not secrets and made is None:
        return plain
    hidden = canonical([dict(secrets), None if wanted.get("own") else made])
    return hashlib.scrypt(hidden.encode(), salt=bytes.fromhex(plain), dklen=32, maxmem=1 << 25, **_COST).hex()
