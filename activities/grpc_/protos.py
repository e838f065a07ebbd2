"""`.proto` documents, compiled as they come.

The compiler runs in a process of its own: it writes its complaints to stderr only, and what makes it crash ends nobody else.
Each document has a pool of descriptors of its own, since two documents may give one name to different messages.
"""

from __future__ import annotations

import asyncio
import math
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import NamedTuple

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from activities.extras import missing
from activities.kept import Kept, Made
from interpreter.faults import fault
from interpreter.values import cut

KEPT_PROTOS = 64
_SECONDS = 20
"""How long the compiler may take."""
_COMPLAINTS = 500
"""Characters of the compiler's complaints that an error quotes."""
_LOGGED = re.compile(r"WARNING: All log messages|[IWEF]\d{4} ")
_SOURCES, _COMPILED, _STDERR = "sources", "compiled", "stderr"


class Sources(NamedTuple):
    """A first proto file, by its name, and the texts of those that it imports, by theirs: paths beneath its folder."""

    name: str
    text: str
    imports: Mapping[str, str] = MappingProxyType({})

    @property
    def digest(self) -> str:
        """Of all that is compiled."""
        return sha256("\0".join((self.name, self.text, *chain(*sorted(self.imports.items())))).encode("utf-8", "replace")).hexdigest()


class Proto:
    """A compiled document: its own messages and services, and those of Google's well-known documents that it imports."""

    def __init__(self, compiled: bytes) -> None:
        self.pool = DescriptorPool()
        files = FileDescriptorSet.FromString(compiled).file  # what a file imports comes before it
        for file in files:
            self.pool.Add(file)
        self._own = files[-1]

    def method(self, service: str, name: str) -> MethodDescriptor:
        """A method by the full name of its service (`package.Service`); a `configuration` fault says which there are."""
        if service not in self._services():
            raise fault("configuration", f"the proto has no service {service!r}; it has {_listed(self._services())}")
        found = self.pool.FindServiceByName(service)
        if name not in found.methods_by_name:
            raise fault("configuration", f"the service {service!r} has no method {name!r}; it has {_listed(found.methods_by_name)}")
        return found.methods_by_name[name]

    def _services(self) -> list[str]:
        package = f"{self._own.package}." if self._own.package else ""
        return [package + service.name for service in self._own.service]


class Protos:
    """The documents that a worker compiled, the latest ones, by content."""

    def __init__(self) -> None:
        self._kept: Kept[Proto] = Kept(KEPT_PROTOS)

    async def compiled(self, sources: Sources) -> Proto:
        """The document; a `configuration` fault with the compiler's words where it is none."""

        async def compiling() -> Made[Proto]:
            return Made(await asyncio.to_thread(_compile, sources), math.inf)

        return await self._kept.value(sources.digest, compiling)


def _compile(sources: Sources) -> Proto:
    if find_spec("grpc_tools") is None:
        raise missing("call: grpc", "grpc")
    with TemporaryDirectory(prefix="swtemporal-proto-") as name:
        folder = Path(name)
        _write(sources, folder / _SOURCES)
        code = _run_compiler(folder, sources.name)
        if code != 0:
            raise fault("configuration", f"the proto cannot be compiled: {_complaints(folder) or f'the compiler ended with {code}'}")
        return Proto((folder / _COMPILED).read_bytes())


def _write(sources: Sources, folder: Path) -> None:
    for name, text in ((sources.name, sources.text), *sources.imports.items()):
        file = folder / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", errors="replace")
        except OSError as error:  # one file's name may be another one's folder
            raise fault("configuration", f"the proto files cannot be laid out beside each other: '{name}': {error.strerror}") from None


def _run_compiler(folder: Path, source: str) -> int:
    paths = [f"--proto_path={_SOURCES}", "--include_imports", f"--descriptor_set_out={_COMPILED}"]
    command = [sys.executable, "-I", "-m", "grpc_tools.protoc", *paths, source]
    with (folder / _STDERR).open("wb") as stderr:
        try:
            return subprocess.run(
                command,
                cwd=folder,
                env={},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                timeout=_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            raise fault("configuration", f"the proto cannot be compiled: the compiler took longer than {_SECONDS} s") from None


def _complaints(folder: Path) -> str:
    """What the compiler said of the document, on one line; not what its library logs, with instants and process ids."""
    with (folder / _STDERR).open("rb") as stderr:
        lines = stderr.read(8 * _COMPLAINTS).decode("utf-8", "replace").split("\n")
    said = " · ".join(line for line in lines if not _LOGGED.match(line)).strip(" ·")
    return cut(said, _COMPLAINTS)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
