"""The samples as cases: what each must do stands in `cases.yaml` beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from interpreter.values import Json
from samples import peers
from samples.service import CLIENT, PORT, serving
from tests.canaries import watched
from tests.conformance.case import Case, case_of
from tests.conformance.yaml12 import read_all

FOLDER = Path(__file__).parents[2] / "samples"
DESCRIBED = Path(__file__).parent / "cases.yaml"

watched(CLIENT[1])


def samples() -> list[Case]:
    """Everything that a sample must do."""
    return [_case(raw) for raw in read_all(DESCRIBED)]


def described() -> set[str]:
    """The names of the samples that are described."""
    return {raw["sample"] for raw in read_all(DESCRIBED)}


@contextmanager
def _service() -> Iterator[Mapping[str, str]]:
    with serving() as origin:
        yield {f"http://localhost:{PORT}": origin}


@contextmanager
def _peers() -> Iterator[Mapping[str, str]]:
    with peers.serving() as (http, grpc):
        yield {
            f"http://localhost:{peers.HTTP_PORT}": f"http://127.0.0.1:{http}",
            f"http://localhost:{peers.GRPC_PORT}": f"http://127.0.0.1:{grpc}",
        }


def _text(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text()


def _case(raw: Json) -> Case:
    name = f"{raw['sample']}: {raw['why']}" if "why" in raw else raw["sample"]
    serve = _service if raw.get("service") else _peers if raw.get("peers") else None
    files = {f"file://{file}": (FOLDER / file).read_text() for file in raw.get("files", ())}
    return case_of(name, {**raw, "resources": files}, _text(raw["sample"]), [_text(child) for child in raw.get("with", ())], serve)
