"""Secrets in files, as Kubernetes and Docker mount them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from activities.secrets.secrets import structured
from interpreter.faults import fault
from interpreter.values import Json

_BYTES = 1_048_576
"""The largest file; Kubernetes' own limit for a secret."""


class Folder:
    """A file for each secret (a text or a JSON object), or a folder for each, with a file for each member.

    Read anew each time, so that a changed secret is found at once. One line break at the end is not part of a value.
    Names that begin with a dot or hold a slash are not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def find(self, name: str) -> Json:
        """What the files hold, None where there are none; a `configuration` fault for what cannot be read."""
        if not _plain(name):
            return None
        try:
            return await asyncio.to_thread(_value, self._path / name)
        except OSError as error:
            raise fault("configuration", f"the worker cannot read the secret {name!r} in its folder: {error.strerror}") from None
        except ValueError as error:
            raise fault("configuration", f"the secret {name!r} in the worker's folder {error}") from None

    def cure(self, name: str) -> str:
        """Which file to write."""
        return f"put a file or a folder {name!r} into its folder of secrets"


def _value(path: Path) -> Json:
    if path.is_dir():
        return {file.name: _text(file) for file in sorted(path.iterdir()) if _plain(file.name) and file.is_file()}
    # The folder itself must be there: a mount that is gone is not the same as a secret that never was.
    return structured(_text(path)) if path.name in {file.name for file in path.parent.iterdir()} else None


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_BYTES + 1)
    if len(content) > _BYTES:
        raise ValueError(f"is larger than {_BYTES} bytes")
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None


def _plain(name: str) -> bool:
    return bool(name) and not name.startswith(".") and not {"/", "\0"} & set(name)
